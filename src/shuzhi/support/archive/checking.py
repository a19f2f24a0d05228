"""The four checks (四性检测): genuine by signature and digests, complete by declaration, usable by format, safe by grade and content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from shuzhi.foundation.words import Words
from shuzhi.support.archive import packing
from shuzhi.support.archive.errors import PackageUnreadable
from shuzhi.support.archive.types import Check, Checked

GRADES = ("L1", "L2", "L3", "L4")
STARTS = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "ofd": b"PK\x03\x04",
}
TEXTS = ("txt", "csv", "xml", "md")
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe")
ACTIVE = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"<script", b"<!ENTITY")
ALWAYS = ("history", "facts")
Keys = Mapping[str, tuple[str, bytes]]


def check(package: bytes, *, keys: Keys, required: tuple[str, ...] = ()) -> Checked:
    """All four, of a package as it lies there."""
    try:
        found = packing.unpack(package)
    except PackageUnreadable as error:
        return Checked({Check.GENUINE: (Words(zh=error.message_zh, en=str(error)),)})
    faults = {
        Check.GENUINE: tuple(_genuine(found, keys)),
        Check.COMPLETE: tuple(_complete(found, (*ALWAYS, *required))),
        Check.USABLE: tuple(_usable(packing.payload_of(found))),
        Check.SAFE: tuple(_safe(found)),
    }
    return Checked({name: said for name, said in faults.items() if said})


def about(found: Mapping[str, bytes]) -> dict[str, object]:
    """What the package says of itself; nothing where that can't be read."""
    try:
        told = json.loads(found[packing.ABOUT])
    except (KeyError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _genuine(found: Mapping[str, bytes], keys: Keys) -> Iterator[Words]:
    for fault in packing.signature_faults(found, keys):
        yield Words(zh=f"与签名或摘要不符：{fault}", en=f"signature or digests: {fault}")


def _complete(found: Mapping[str, bytes], required: tuple[str, ...]) -> Iterator[Words]:
    there = {name.removeprefix("data/").rpartition(".")[0] for name in found}
    for part in required:
        if part not in there:
            yield Words(zh=f"缺少 {part}", en=f"{part} is missing")
    for name in ("number", "subject", "office", "kind", "closed_at", "filed_at", "grade"):
        if not about(found).get(name):
            yield Words(zh=f"元数据缺少 {name}", en=f"the metadata lack {name}")


def _usable(payload: Mapping[str, bytes]) -> Iterator[Words]:
    for name, content in payload.items():
        if not content or not _reads(name.rpartition(".")[2].lower(), content):
            file = name.removeprefix("data/")
            yield Words(zh=f"{file} 不是可长期读取的格式", en=f"{file} is in no lasting format")


def _reads(ending: str, content: bytes) -> bool:
    if ending in STARTS:
        return content.startswith(STARTS[ending]) and (ending != "pdf" or b"%%EOF" in content[-2048:])
    try:
        text = content.decode()
        if ending == "json":
            json.loads(text)
    except (ValueError, RecursionError):
        return False
    return ending in (*TEXTS, "json")


def _safe(found: Mapping[str, bytes]) -> Iterator[Words]:
    if about(found).get("grade") not in GRADES:
        yield Words(zh="没有定级", en="no grade")
    for name, content in packing.payload_of(found).items():
        is_text = name.endswith((".json", ".txt", ".csv", ".md"))
        if content.startswith(PROGRAMS) or (not is_text and any(mark in content for mark in ACTIVE)):
            file = name.removeprefix("data/")
            yield Words(zh=f"{file} 含可执行内容", en=f"{file} can run something")
