"""Reading a rule file (读取): XML of any version from 1.1 to 1.5 into the model, with every fault of its form."""

from __future__ import annotations

from shuzhi.support.decisions.dmn.model import Definitions
from shuzhi.support.decisions.dmn.reading.definitions import read_definitions
from shuzhi.support.decisions.dmn.reading.notebook import Notebook
from shuzhi.support.decisions.dmn.xml import read_xml
from shuzhi.support.decisions.errors import RuleFileRefused
from shuzhi.support.decisions.types import DEFAULT_LIMITS, Fault, FileLimits, Place

__all__ = ["read_rule_file"]

# Older tools wrote the first two in several spellings.
VERSIONS = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20151101/DMN/": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
    "https://www.omg.org/spec/DMN/20240513/MODEL/": "1.6",  # read as far as it is 1.5
}
_SPELLINGS = {_name.split("://")[1].rstrip("/").lower(): _name for _name in VERSIONS}


def read_rule_file(
    content: bytes, *, file: str, limits: FileLimits = DEFAULT_LIMITS
) -> tuple[Definitions, tuple[Fault, ...]]:
    """The model of a rule file and what is wrong with its form.

    Raises:
        RuleFileRefused: it is no XML that may be read, or no DMN.
    """
    root = read_xml(content, file=file, limits=limits)
    name = _SPELLINGS.get(root.namespace.split("://")[-1].rstrip("/").lower())
    if root.name != "definitions" or name is None:
        raise RuleFileRefused(
            place=Place(file, root.line, root.column),
            reason="namespace",
            zh=f"不是 DMN 1.1 至 1.5 的文件（根元素 {root.name}，命名空间 {root.namespace or '无'}）",
            en=f"no DMN 1.1 to 1.5: the root is {root.name} of namespace {root.namespace or '(none)'}",
        )
    notes = Notebook(file, limits.faults)
    return read_definitions(root, VERSIONS[name], notes), tuple(notes.faults)
