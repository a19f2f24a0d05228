"""Files that people hand in (材料检查): what they are by their content, and that they do nothing.

A file is what its first bytes say, not what its name says. Whatever could run (macros, scripts, attachments within a
document), swells (bombs), or is two things at once is refused. What archives hide is inspected by the room that reads
departments' files, through a port; without it no archive is taken.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from shuzhi.foundation.errors import PlatformError
from shuzhi.support.forms.errors import FileRefused

LONGEST_NAME = 120
MOST_PIXELS = 60_000_000
MOST_INFLATED = 64_000_000
ENDINGS = {
    "pdf": {"pdf"}, "jpeg": {"jpg", "jpeg", "jfif"}, "png": {"png"}, "docx": {"docx"}, "xlsx": {"xlsx"},
}  # fmt: skip
RUNNING = frozenset({
    "exe", "com", "scr", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "mjs", "wsf", "hta", "msi", "dll", "lnk", "jar",
    "sh", "py", "php", "jsp", "asp", "aspx", "html", "htm", "svg", "xhtml", "xml", "docm", "xlsm", "dotm", "xlam", "iso",
})  # fmt: skip
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_PDF_WORDS = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Movie|Sound)(?![A-Za-z])"
)
_PDF_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_OFFICE_PARTS = re.compile(
    r"vbaproject|vbadata|macrosheets|dialogsheets|activex|oleobject|/embeddings/|externallink|attachedtoolbars",
    re.IGNORECASE,
)
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*>", re.IGNORECASE)
InspectArchive = Callable[[Path, str], Sequence[str]]
_archives: list[InspectArchive] = []


def inspect_archives_by(inspect: InspectArchive) -> None:
    """Fill the port: the names in an archive that is safe to open, or a refusal; called when its room is ready."""
    _archives[:] = [inspect]


def safe_name(name: str) -> str:
    """A file's name without its folder and without characters that hide something.

    Raises:
        FileRefused: it has an ending of something that runs before its last one.
    """
    plain = name.replace("\\", "/").rpartition("/")[2]
    shown = _UNSEEN.sub("", plain).strip(" .")[-LONGEST_NAME:] or "file"
    if shown != plain.strip(" .")[-LONGEST_NAME:]:
        raise _refused(shown, "文件名中有看不见的字符", "its name has hidden characters")
    endings = [each.strip().lower() for each in shown.split(".")[1:]]
    if RUNNING.intersection(endings):
        raise _refused(shown, "文件名像是程序或网页", "its name is that of a program or a page")
    return shown


def inspect_file(path: Path, name: str, accepted: Sequence[str]) -> str:
    """What a file is; it is of an accepted kind, named so, and does nothing.

    Raises:
        FileRefused: it is not.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise _refused(name, "文件是空的", "it is empty")
    kind = _kind(path, head)
    if kind is None or kind not in accepted:
        kinds = "、".join(each.upper() for each in accepted), ", ".join(each.upper() for each in accepted)
        raise _refused(name, f"只收 {kinds[0]}", f"only {kinds[1]} are taken")
    ending = name.rpartition(".")[2].lower()
    if "." not in name or ending not in ENDINGS[kind]:
        raise _refused(
            name,
            f"内容是 {kind.upper()}，与文件名不符",
            f"its content is {kind.upper()}, its name says otherwise",
        )
    _CHECKS[kind](path, name)
    return kind


def _kind(path: Path, head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return _office_kind(path) if head.startswith(b"PK\x03\x04") else None


def _office_kind(path: Path) -> str | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename for entry in archive.infolist()[:10_000]}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error):
        return None
    if "[Content_Types].xml" not in names:
        return None
    found = [
        kind for kind, part in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")) if part in names
    ]
    return found[0] if len(found) == 1 else None


def _refused(name: str, zh: str, en: str) -> FileRefused:
    return FileRefused(name=name, reason=en, reason_zh=zh)


def _check_one_thing(path: Path, name: str) -> None:
    if zipfile.is_zipfile(path):
        raise _refused(name, "文件里还藏着一个压缩包", "an archive is hidden in it")


def _check_pdf(path: Path, name: str) -> None:
    _check_one_thing(path, name)
    content = path.read_bytes()
    if b"%%EOF" not in content[-2048:]:
        raise _refused(name, "PDF 不完整", "the PDF is not complete")
    if re.search(rb"/Encrypt(?![A-Za-z])", content):
        raise _refused(name, "PDF 已加密，请去掉密码后再交", "the PDF is encrypted; take the password off")
    for piece in _pdf_texts(content, name):
        if found := _PDF_WORDS.search(_plain(piece)):
            what = found[1].decode()
            raise _refused(
                name,
                f"PDF 中有脚本、附件或动作（{what}）",
                f"the PDF has scripts, attachments or actions ({what})",
            )


def _plain(piece: bytes) -> bytes:
    """The names of a piece without their escapes."""
    return _PDF_NAME.sub(lambda found: bytes([int(found[1], 16)]), piece) if b"#" in piece else piece


def _pdf_texts(content: bytes, name: str) -> Iterator[bytes]:
    """What a PDF says outside its streams, and in those that hold objects; pictures and fonts are passed over."""
    at, left = 0, MOST_INFLATED
    for found in re.finditer(rb"stream\r?\n", content):
        if found.start() < at:
            continue
        before = content[at : found.start()]
        yield before
        end = content.find(b"endstream", found.end())
        end = len(content) if end < 0 else end
        about = _plain(before[-2000:])
        if b"/ObjStm" in about:
            inside = _inflated(content[found.end() : end], about, left, name)
            left -= len(inside)
            yield inside
        at = end
    yield content[at:]


def _inflated(body: bytes, about: bytes, most: int, name: str) -> bytes:
    if b"/Filter" not in about:
        return body
    if re.search(rb"/(LZWDecode|ASCII85Decode|ASCIIHexDecode|RunLengthDecode|Crypt)", about):
        raise _refused(name, "PDF 的内部写法无法检查", "the PDF is packed in a way that can't be inspected")
    inflate, made = zlib.decompressobj(), bytearray()
    try:
        for start in range(0, len(body), 65536):
            made += inflate.decompress(body[start : start + 65536], most + 1)
            if inflate.unconsumed_tail or len(made) > most:
                raise _refused(name, "PDF 展开后过大", "the PDF swells when it is opened")
    except zlib.error:
        pass  # readers show what came before the damage, so that is what counts
    return bytes(made)


def _check_png(path: Path, name: str) -> None:
    _check_one_thing(path, name)
    content = path.read_bytes()
    at, last = 8, b""
    while at + 12 <= len(content) and last != b"IEND":
        (length,), last = struct.unpack(">I", content[at : at + 4]), content[at + 4 : at + 8]
        if last == b"IHDR":
            width, height = struct.unpack(">II", content[at + 8 : at + 16].ljust(8, b"\0"))
            _check_pixels(width, height, name)
        at += 12 + length
    if last != b"IEND" or at != len(content):
        raise _refused(
            name, "图片不完整，或后面还有别的内容", "the picture is not complete, or more follows it"
        )


def _check_jpeg(path: Path, name: str) -> None:
    _check_one_thing(path, name)
    content = path.read_bytes()
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004 - every marker begins so
        marker, (length,) = content[at + 1], struct.unpack(">H", content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 - frames begin so
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            _check_pixels(width, height, name)
            break
        if marker == 0xDA:  # noqa: PLR2004 - the scan: no frame came before
            break
        at += 2 + length
    else:
        raise _refused(name, "图片不完整", "the picture is not complete")
    if b"\xff\xd9" not in content[at:]:
        raise _refused(name, "图片不完整", "the picture is not complete")


def _check_pixels(width: int, height: int, name: str) -> None:
    if not width or not height or width * height > MOST_PIXELS:
        raise _refused(name, "图片尺寸过大或为零", "the picture is too large, or has no size")


def _check_office(path: Path, name: str) -> None:
    if not _archives:
        raise _refused(name, "本节点不能检查这类文件", "this node can't inspect such files")
    try:
        names = _archives[0](path, name)
    except PlatformError as error:
        raise _refused(name, error.message_zh.rstrip("。"), str(error).rstrip(".")) from error
    if any(_OFFICE_PARTS.search("/" + each) for each in names):
        raise _refused(
            name, "文件中有宏、嵌入的程序或外部链接", "it has macros, embedded programs or outside links"
        )
    with zipfile.ZipFile(path) as archive:
        for each in names:
            if each == "[Content_Types].xml" or each.endswith(".rels"):
                _check_part(archive.read(each), name)


def _check_part(content: bytes, name: str) -> None:
    if b"macroEnabled" in content or b"vbaProject" in content:
        raise _refused(name, "文件中有宏", "it has macros")
    for relation in _EXTERNAL.findall(content):
        is_outside = re.search(rb"TargetMode\s*=\s*[\"']External", relation, re.IGNORECASE)
        if is_outside and b"/hyperlink" not in relation:
            raise _refused(name, "文件会从外部加载内容", "it loads content from outside")


_CHECKS = {
    "pdf": _check_pdf, "png": _check_png, "jpeg": _check_jpeg, "docx": _check_office, "xlsx": _check_office,
}  # fmt: skip
