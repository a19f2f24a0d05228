"""Which encoding a text file is in, found over the whole file, and its lines.

A sample is not enough: departments' exports are often pure ASCII for megabytes before the first name.
The file is read once in blocks. A byte order mark decides; then UTF-16 by where its NULs stand; then
UTF-8 when every byte fits; otherwise every line votes between UTF-8 and GBK / GB18030.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from shuzhi.data.sources.reading.plausible import chinese_share, reads_as_chinese

CHUNK = 1024 * 1024
TWO_BYTES_FROM, THREE_BYTES_FROM = 0xC2, 0xE0
SURE, UNLIKELY = 0.9, 0.6
UTF_16_NUL_SHARE = 0.02
UTF_16_IMBALANCE = 3

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
KNOWN = frozenset(
    {"utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16-le", "utf-16-be", "big5", "iso8859-1", "cp1252"}
)
_NAMES = {
    "utf8": "utf-8",
    "utf_8": "utf-8",
    "ascii": "utf-8",
    "utf_8_sig": "utf-8-sig",
    "utf_16_le": "utf-16-le",
    "utf_16_be": "utf-16-be",
    "gb2312": "gbk",
}


class Line(NamedTuple):
    """One physical line with its ending; `fault` is None, "invalid", "cut", or the other encoding it is in."""

    text: str
    fault: str | None


def canonical(name: str) -> str:
    """The one name used for an encoding, whatever it was called.

    Raises:
        LookupError: no such encoding, or none that tables come in.
    """
    found = codecs.lookup(name).name.replace("-", "_")
    known = _NAMES.get(found, found.replace("_", "-"))
    if known not in KNOWN:
        raise LookupError(name)
    return known


def detect_encoding(path: Path) -> str:
    """One of utf-8, utf-8-sig, gbk, gb18030, utf-16-le, utf-16-be; pure ASCII is utf-8."""
    with path.open("rb") as file:
        head = file.read(4)
        for mark, name in _BOMS:
            if head.startswith(mark):
                return name
        file.seek(0)
        survey = _survey(file)
        if survey.utf_16:
            return survey.utf_16
        file.seek(0)
        if survey.utf_8:
            return "gbk" if survey.is_foreign and reads_as_chinese(file) else "utf-8"
        return _vote(file)


class _Survey(NamedTuple):
    utf_8: bool
    utf_16: str | None
    is_foreign: bool


def _survey(file: BinaryIO) -> _Survey:
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, size, even, odd = True, 0, 0, 0
    head, longest = b"", 0
    while chunk := file.read(CHUNK):
        head = head or chunk[: CHUNK // 16]
        even += chunk[::2].count(0)
        odd += chunk[1::2].count(0)
        size += len(chunk)
        if longest < THREE_BYTES_FROM and not chunk.isascii():
            longest = max(longest, max(chunk))  # noqa: PLW3301  (a chunk is a million bytes)
        valid = valid and _fits(decoder, chunk)
    valid = valid and _fits(decoder, b"", final=True)
    utf_16 = (utf_16_by_words(head) if even + odd else None) or _utf_16(size, even, odd)
    # Chinese in UTF-8 has three bytes a sign, the first of them E0 or above.
    return _Survey(valid, utf_16, is_foreign=TWO_BYTES_FROM <= longest < THREE_BYTES_FROM)


def _fits(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def utf_16_by_words(head: bytes) -> str | None:
    """Chinese text without a byte order mark: read the right way round it has everyday signs, the other way none."""
    even = head[: len(head) // 2 * 2]
    shares = {name: chinese_share(even.decode(name, "replace")) for name in ("utf-16-le", "utf-16-be")}
    likely = max(shares, key=shares.__getitem__)
    return likely if shares[likely] >= SURE and min(shares.values()) < UNLIKELY else None


def _utf_16(size: int, even: int, odd: int) -> str | None:
    """In UTF-16 the NULs of commas, digits and line ends all stand on the same side of their pair."""
    if even + odd < max(2, size * UTF_16_NUL_SHARE) or even + odd > size * 0.6:
        return None
    if odd > even * UTF_16_IMBALANCE:
        return "utf-16-le"
    if even > odd * UTF_16_IMBALANCE:
        return "utf-16-be"
    return None


def _vote(file: BinaryIO) -> str:
    utf_8 = gbk = gb18030 = 0
    for block in _blocks(file, b"\n"):
        for line in block.splitlines():
            if line.isascii():
                continue
            if _decodes(line, "utf-8"):
                utf_8 += 1
            elif _decodes(line, "gbk"):
                gbk += 1
            elif _decodes(line, "gb18030"):
                gb18030 += 1
    if gbk + gb18030 <= utf_8:
        return "utf-8"
    return "gb18030" if gb18030 else "gbk"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _blocks(file: BinaryIO, newline: bytes, limit: int = 16 * CHUNK) -> Iterator[bytes]:
    """The file in blocks that end at a line's end; a line longer than `limit` is cut into blocks."""
    rest = b""
    while chunk := file.read(CHUNK):
        data = rest + chunk
        end = _last_line_end(data, newline)
        if end:
            yield data[:end]
            rest = data[end:]
        elif len(data) > limit:
            keep = len(data) % len(newline)
            yield data[: len(data) - keep]
            rest = data[len(data) - keep :]
        else:
            rest = data
    if rest:
        yield rest


def _last_line_end(data: bytes, newline: bytes) -> int:
    """Where the last whole line ends; UTF-16 units are looked at on their own boundary."""
    width = len(newline)
    carriage_return = newline.replace(b"\n", b"\r")
    for mark in (newline, carriage_return):
        # A carriage return at the very end may be half of a CR LF pair: leave it for the next block.
        stop = len(data) - (width if mark == carriage_return else 0)
        at = data.rfind(mark, 0, stop)
        while at > 0 and at % width:
            at = data.rfind(mark, 0, at + width - 1)
        if at >= 0 and at % width == 0:
            return at + width
    return 0


def text_chunks(path: Path, encoding: str, errors: str = "strict") -> Iterator[str]:
    """The decoded text in blocks, wherever its lines end: for documents, which may be a single line.

    Raises:
        UnicodeDecodeError: a byte does not fit.
    """
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    decoder = codecs.getincrementaldecoder(codec)(errors)
    with path.open("rb") as file:
        _skip_mark(file, encoding)
        while chunk := file.read(CHUNK // 4):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def lines(path: Path, encoding: str, limit: int) -> Iterator[Line]:
    """Every physical line, decoded; a line that does not decode is kept, marked, with its bytes visible.

    A line longer than `limit` characters is cut there and marked, the rest of it skipped: memory stays flat.
    """
    newline = "\n".encode("utf-8" if encoding == "utf-8-sig" else encoding)
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    with path.open("rb") as file:
        _skip_mark(file, encoding)
        yield from _whole_lines(_decoded(_blocks(file, newline), codec), limit)


def _skip_mark(file: BinaryIO, encoding: str) -> None:
    head = file.read(4)
    for mark, name in _BOMS:
        if head.startswith(mark) and encoding in {name, "utf-8"}:
            file.seek(len(mark))
            return
    file.seek(0)


def _decoded(blocks: Iterator[bytes], codec: str) -> Iterator[Line]:
    for block in blocks:
        try:
            text = block.decode(codec)
        except UnicodeDecodeError:
            yield from _line_by_line(block, codec)
        else:
            for line in io.StringIO(text, newline=""):
                yield Line(line, None)


def _line_by_line(block: bytes, codec: str) -> Iterator[Line]:
    if codec.startswith("utf-16"):
        for line in io.StringIO(block.decode(codec, "replace"), newline=""):
            yield Line(line, "invalid" if "\ufffd" in line else None)
        return
    others = ("gb18030",) if codec == "utf-8" else ("utf-8",)
    for raw in block.splitlines(keepends=True):
        if _decodes(raw, codec):
            yield Line(raw.decode(codec), None)
            continue
        other = next((name for name in others if _decodes(raw, name)), None)
        yield Line(raw.decode(other or codec, "backslashreplace"), other or "invalid")


def _whole_lines(pieces: Iterator[Line], limit: int) -> Iterator[Line]:
    """Join the pieces of a very long line up to the limit."""
    held: list[str] = []
    fault: str | None = None
    size = 0
    for text, found in pieces:
        if not held and text[-1:] in "\r\n" and len(text) <= limit:
            yield Line(text, found)
            continue
        fault = fault or found
        if size < limit:
            held.append(text[: limit - size])
        size += len(text)
        if text[-1:] in {"\r", "\n"}:
            yield Line("".join(held), "cut" if size > limit else fault)
            held, fault, size = [], None, 0
    if held:
        yield Line("".join(held), "cut" if size > limit else fault)
