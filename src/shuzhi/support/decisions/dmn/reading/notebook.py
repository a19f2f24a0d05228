"""Where a reader writes down faults (记录), and reads names, types and texts the same way everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.model import Named, Spot, Text
from shuzhi.support.decisions.dmn.xml import Element
from shuzhi.support.decisions.types import Fault, Place

FEEL = "feel"


@dataclass
class Notebook:
    """The faults found so far, and the decision and row that are being read."""

    file: str
    most: int
    namespace: str = ""
    language: str = ""
    faults: list[Fault] = field(default_factory=list)
    decision: str = ""
    row: int | None = None
    heading: str = ""

    def note(self, spot: Spot | Element, code: str, zh: str, en: str) -> None:
        """Write a fault down at a spot."""
        if len(self.faults) < self.most:
            place = Place(self.file, spot.line, spot.column, self.decision, self.row, self.heading)
            self.faults.append(Fault(code, place, Words(zh=zh, en=en)))

    @contextmanager
    def within(self, decision: str) -> Iterator[None]:
        """Faults noted inside belong to this decision."""
        self.decision, before = decision, self.decision
        yield
        self.decision = before


def name_of(text: str) -> str:
    """A name with its white space made even."""
    return " ".join(text.split())


def spot_of(element: Element) -> Spot:
    """Where an element begins."""
    return Spot(element.line, element.column)


def type_of(element: Element, notes: Notebook) -> str:
    """The element's typeRef, from the attribute or (1.1) the child element; '' where there is none."""
    child = element.child("typeRef")
    written = element.get("typeRef") or (child.text if child is not None else "")
    return type_name(written, element, notes)


def type_name(written: str, element: Element, notes: Notebook) -> str:
    """`name` of a type of this file or of FEEL, `{namespace}name` of another file, prefixes undone."""
    name = name_of(written)
    if name.startswith("{"):  # a qualified name as some tools write it
        namespace, _, local = name[1:].partition("}")
        return _qualified(namespace, local, notes)
    prefix, colon, local = name.partition(":")
    if colon and prefix in element.prefixes:
        return _qualified(element.prefixes[prefix], local, notes)
    return name


def _qualified(namespace: str, local: str, notes: Notebook) -> str:
    if namespace == notes.namespace or FEEL in namespace.lower().rstrip("/").split("/"):
        return local
    return f"{{{namespace}}}{local}" if "XMLSchema" not in namespace else local


def named(element: Element, notes: Notebook) -> Named:
    """A variable, parameter or column."""
    name = name_of(element.get("name"))
    if not name:
        notes.note(element, "name-missing", f"{element.name} 缺少名称", f"{element.name} has no name")
    return Named(name, type_of(element, notes), spot_of(element))


def text_of(element: Element | None, notes: Notebook) -> Text | None:
    """The FEEL text of a box or cell; None where the element or its text is absent."""
    if element is None:
        return None
    language = element.get("expressionLanguage") or notes.language
    if is_feel(language):
        language = ""
    holder = element.child("text")
    if holder is None:
        return None
    spot = Spot(holder.text_line or holder.line, holder.text_column or holder.column)
    return Text(holder.text, spot, language)


def is_feel(language: str) -> bool:
    """Whether an expression language's address or name means FEEL."""
    return not language or FEEL in language.lower().rstrip("/").replace(":", "/").split("/")
