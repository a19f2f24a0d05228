"""Elements of a BPMN file (元素): their names, lines and texts, and attributes as XML Schema means them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from shuzhi.support.workflow.processes.moments import DATE, DURATION, is_cycle
from shuzhi.support.workflow.processes.reading import BPMN, OWN

_BOOLEANS = frozenset(
    {
        *("triggeredByEvent", "cancelActivity", "isInterrupting", "isForCompensation", "instantiate"),
        *("cancelRemainingInstances", "parallelMultiple"),
    }
)
_REFERENCES = frozenset({"attachedToRef", "messageRef", "calledElement", "operationRef"})


def attributes(element: etree._Element) -> dict[str, str]:
    """A node's own attributes; `1` is true and `0` false, as XML Schema has it, and references lose their prefix."""
    found = {str(key): str(value) for key, value in element.attrib.items() if "{" not in str(key)}
    for key in _BOOLEANS & found.keys():
        found[key] = {"1": "true", "0": "false"}.get(found[key].strip(), found[key].strip())
    for key in _REFERENCES & found.keys():
        found[key] = reference(element, found[key])
    return found


def is_true(element: etree._Element, name: str, *, unsaid: bool = False) -> bool:
    """Whether an attribute says yes: `true` or `1`."""
    said = element.get(name)
    return unsaid if said is None else said.strip() in ("true", "1")


def reference(element: etree._Element, name: str) -> str:
    """A name without the prefix that stands for a namespace; a colon within an id stays."""
    prefix, colon, rest = name.strip().partition(":")
    return rest if colon and prefix in element.nsmap else name.strip()


def is_plain_time(text: str) -> bool:
    """Whether it is a day, a moment, a span or a cycle as ISO 8601 writes them, in whatever language."""
    return bool(DATE.fullmatch(text) or DURATION.fullmatch(text) or is_cycle(text))


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Its elements, comments left out."""
    return (child for child in element if isinstance(child.tag, str))


def is_bpmn(element: etree._Element) -> bool:
    """Whether it is of BPMN's own language."""
    return str(element.tag).startswith(f"{{{BPMN}}}")


def local(element: etree._Element) -> str:
    """Its name without the namespace."""
    return str(element.tag).rpartition("}")[2]


def own_words(element: etree._Element) -> dict[str, str]:
    """What it says in our words."""
    mark = f"{{{OWN}}}"
    return {str(k).removeprefix(mark): str(v) for k, v in element.attrib.items() if str(k).startswith(mark)}


def text_of(element: etree._Element) -> str:
    """Its text."""
    return (element.text or "").strip()


def line_of(element: etree._Element) -> int:
    """Where it stands."""
    line: Any = element.sourceline
    return int(line or 1)
