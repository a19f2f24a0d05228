"""How a value is written, apart from what it says: full-width characters, spaces, brackets."""

from __future__ import annotations

import re

# U+FF01..U+FF5E are the ASCII characters as Chinese input methods write them; U+3000 is their space.
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_BRACKETS = str.maketrans(dict.fromkeys("〔【[", "(") | dict.fromkeys("〕】]", ")"))
# The dot of transliterated names has many code points; they all mean the same.
_DOTS = str.maketrans(dict.fromkeys("•・‧∙●", "·"))
_SPACES = re.compile(r"[\s\u200b\u200c\u200d\ufeff\u00ad]+")


def full_to_half(text: str) -> str:
    """The text with full-width letters, digits, punctuation and spaces (全角) made half-width (半角)."""
    return text.translate(_HALF)


def without_spaces(text: str) -> str:
    """The text without any white space, the invisible kinds included."""
    return _SPACES.sub("", text)


def normalise_firm_name(text: str) -> str:
    """A firm's name in the one form that names are compared in.

    Brackets and letters half-width, Latin letters upper-case, no spaces: 「杭州Ａbc（中国） 有限公司」 becomes
    「杭州ABC(中国)有限公司」. The form is for comparing; show people the name as its office wrote it.
    """
    return without_spaces(full_to_half(text)).translate(_BRACKETS).translate(_DOTS).upper()
