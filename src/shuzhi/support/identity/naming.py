"""Names of accounts (账号名): what a name may be, so that no two look alike."""

from __future__ import annotations

import re
import unicodedata

# Latin letters, digits and Han characters: none of them looks like another, as Cyrillic or full-width letters would.
WELL_FORMED = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff._@-]{0,99}")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def is_well_formed(username: str) -> bool:
    """Whether an account may be called so."""
    return WELL_FORMED.fullmatch(username) is not None


def as_shown(text: str) -> str:
    """A name that somebody typed, as it may stand in a list: what hides or turns letters is shown as a mark."""
    return "".join("\ufffd" if unicodedata.category(one) in _HIDDEN else one for one in text)


def is_readable(name: str) -> bool:
    """Whether a person's name is what it seems to be."""
    return as_shown(name) == name and unicodedata.normalize("NFC", name) == name
