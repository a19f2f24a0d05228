"""BPMN files of unknown hands (安全的 XML 读取): refused before anything is expanded or fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from lxml import etree

from shuzhi.foundation.words import Words

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
OWN = "urn:shuzhi:bpmn:1"

MOST_BYTES = 4_000_000
MOST_DEPTH = 64
MOST_ELEMENTS = 60_000


@dataclass(frozen=True)
class Fault:
    """One thing in a file that can't run: which element, on which line, and what to write instead."""

    rule: str
    line: int
    element: str
    message: Words


class Unreadable(Exception):
    """The whole file is refused."""

    def __init__(self, rule: str, line: int, zh: str, en: str) -> None:
        """Keep what is to be said."""
        super().__init__(en)
        self.fault = Fault(rule, line, "", Words(zh=zh, en=en))


@dataclass
class _Limits:
    depth: int = 0
    elements: int = 0
    parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def begin(self, _name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MOST_DEPTH:
            self.refuse(
                "file-too-deep", f"嵌套超过 {MOST_DEPTH} 层", f"elements nest deeper than {MOST_DEPTH}"
            )
        if self.elements > MOST_ELEMENTS:
            self.refuse(
                "file-too-large", f"元素超过 {MOST_ELEMENTS} 个", f"more than {MOST_ELEMENTS} elements"
            )

    def end(self, _name: str) -> None:
        self.depth -= 1

    def doctype(self, *_: object) -> None:
        self.refuse(
            "file-doctype", "文件不得含 DOCTYPE 或实体，请删去", "a file may have no DOCTYPE and no entities"
        )

    def refuse(self, rule: str, zh: str, en: str) -> None:
        raise Unreadable(rule, self.parser.CurrentLineNumber, zh, en)


def read_xml(content: bytes) -> etree._Element:
    """The root of a BPMN document.

    Raises:
        Unreadable: too large, too deep, with a document type, not well-formed, or no BPMN 2.0.
    """
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 1_000_000
        raise Unreadable("file-too-large", 1, f"文件超过 {most} MB", f"the file has more than {most} MB")
    content = in_known_encoding(content)
    _within_limits(content)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(
            "file-syntax", 1, f"不是合格的 XML（{error}）", f"not well-formed XML ({error})"
        ) from error
    if root.tag != f"{{{BPMN}}}definitions":
        raise Unreadable(
            "file-not-bpmn",
            1,
            "根元素应为 BPMN 2.0 的 definitions",
            "the root element must be definitions of BPMN 2.0",
        )
    return root


_DECLARED = re.compile(rb"""\A(<\?xml[^>]{0,80}encoding\s*=\s*["'])([A-Za-z0-9._-]{1,20})(["'])""")
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "cp936", "big5", "hz"})


def in_known_encoding(content: bytes) -> bytes:
    """A file in one of the Chinese encodings as UTF-8, line by line the same; any other as it is.

    Raises:
        Unreadable: it says one of them and is not in it.
    """
    declared = _DECLARED.match(content)
    said = declared[2].decode("ascii").lower() if declared else ""
    if declared is None or said not in _CHINESE:
        return content
    try:
        text = content.decode("gb18030" if said in ("gb2312", "gbk", "cp936") else said)
    except UnicodeDecodeError as error:
        raise _not_decoded(error) from error
    written = text.encode()
    return declared[1] + b"UTF-8" + declared[3] + written[len(declared[0]) :]


def in_utf8(content: bytes) -> bytes:
    """A file that has been read before, for a reader that takes everything as UTF-8 (the viewer)."""
    content = in_known_encoding(content)
    tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True)).getroottree()
    if (tree.docinfo.encoding or "UTF-8").upper() in ("UTF-8", "ASCII", "US-ASCII"):
        return content
    return bytes(etree.tostring(tree, encoding="UTF-8", xml_declaration=True))


def _not_decoded(error: Exception) -> Unreadable:
    zh, en = f"无法按其编码读取，请存为 UTF-8（{error}）", f"unreadable encoding, save as UTF-8 ({error})"
    return Unreadable("file-encoding", 1, zh, en)


def _within_limits(content: bytes) -> None:
    """Expat reads first: it tells of a document type before a single entity has been expanded."""
    limits = _Limits()
    parser = limits.parser
    parser.StartElementHandler, parser.EndElementHandler = limits.begin, limits.end
    parser.StartDoctypeDeclHandler = limits.doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes no names
    except expat.ExpatError as error:
        said = expat.errors.messages.get(error.code, "syntax")
        raise Unreadable(
            "file-syntax", error.lineno, f"不是合格的 XML（{said}）", f"not well-formed XML ({said})"
        ) from error
    except (LookupError, ValueError, UnicodeError) as error:
        raise _not_decoded(error) from error
