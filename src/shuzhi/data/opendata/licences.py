"""Licences (授权许可): one name for each, however a catalog writes it, with its text's address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shuzhi.foundation.words import Words

_URL = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?(/[A-Za-z0-9._~%!$&'()*+,;=:@/?#\-]*)?")


@dataclass(frozen=True)
class Licence:
    """A licence with its name, the address of its text, and whether it is an open one (Open Definition 2.1)."""

    id: str
    title: Words
    url: str | None
    is_open: bool


def _open(name: str, zh: str, en: str, url: str) -> Licence:
    return Licence(name, Words(zh=zh, en=en), url, is_open=True)


LICENCES = {
    licence.id: licence
    for licence in (
        _open(
            "CC-BY-4.0",
            "知识共享 署名 4.0",
            "Creative Commons Attribution 4.0",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        _open(
            "CC0-1.0",
            "CC0 1.0 公有领域贡献",
            "CC0 1.0 Universal",
            "https://creativecommons.org/publicdomain/zero/1.0/",
        ),
        _open(
            "Apache-2.0",
            "Apache 许可证 2.0",
            "Apache License 2.0",
            "https://www.apache.org/licenses/LICENSE-2.0",
        ),
        _open("MIT", "MIT 许可证", "MIT License", "https://opensource.org/license/mit"),
        _open(
            "ODbL-1.0",
            "开放数据库许可 1.0",
            "Open Database License 1.0",
            "https://opendatacommons.org/licenses/odbl/1-0/",
        ),
        _open(
            "public-domain", "公有领域", "Public domain", "https://creativecommons.org/publicdomain/mark/1.0/"
        ),
    )
}
UNSPECIFIED = Licence("unspecified", Words(zh="未注明", en="Not stated"), None, is_open=False)
_OTHER_NAMES = {
    "publicdomain": "public-domain",
    "ccby40": "CC-BY-4.0",
    "cc010": "CC0-1.0",
    "apache20": "Apache-2.0",
}


def licence(name: str | None) -> Licence:
    """The licence that a name means; an address or a name nobody knows stands for itself and is not called open."""
    text = (name or "").strip()
    if not text or text == UNSPECIFIED.id:
        return UNSPECIFIED
    bare = re.sub(r"[^a-z0-9]", "", text.lower())
    for known in LICENCES.values():
        if re.sub(r"[^a-z0-9]", "", known.id.lower()) == bare or _OTHER_NAMES.get(bare) == known.id:
            return known
    return Licence(text, Words(zh=text, en=text), text if _URL.fullmatch(text) else None, is_open=False)
