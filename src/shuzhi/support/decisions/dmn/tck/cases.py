"""Reading the kit's cases: what is given, what is asked, and what is expected, as it is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shuzhi.support.decisions.dmn.xml import Element, read_xml

XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text with its type: string, decimal, boolean, date, dateTime, time, duration … or '' for none."""

    type: str
    text: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """Values in their order."""

    items: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Named values."""

    entries: tuple[tuple[str, Written], ...]


Written = Scalar | Sequence | Record | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """A result that a case expects, by the name of its node."""

    name: str
    value: Written
    is_error: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One test case of a file."""

    file: str
    id: str
    kind: str  # decision, bkm, decisionService
    invoked: str
    inputs: tuple[tuple[str, Written], ...]
    expected: tuple[Expectation, ...]

    @property
    def expects_value(self) -> bool:
        """Whether every expected result is something else than null."""
        return all(each.value is not None for each in self.expected)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A file of cases for one model."""

    path: Path
    model: str
    cases: tuple[Case, ...]


def read_case_file(path: Path) -> CaseFile:
    """The cases of one file.

    Raises:
        RuleFileRefused: the file is no XML that may be read.
    """
    root = read_xml(path.read_bytes(), file=str(path))
    model = root.child("modelName")
    cases = tuple(_case(each, path.name, number) for number, each in enumerate(root.all("testCase"), 1))
    return CaseFile(path, model.text.strip() if model is not None else "", cases)


def _case(element: Element, file: str, number: int) -> Case:
    return Case(
        file,
        element.get("id") or str(number),
        element.get("type", "decision"),
        element.get("invocableName"),
        tuple((each.get("name"), _value(each)) for each in element.all("inputNode")),
        tuple(_expectation(each) for each in element.all("resultNode")),
    )


def _expectation(element: Element) -> Expectation:
    expected = element.child("expected")
    value = _value(expected) if expected is not None else None
    return Expectation(element.get("name"), value, element.get("errorResult") in ("true", "1"))


def _value(holder: Element) -> Written:
    """What a node, an item or a component holds: components, a list, or a value."""
    if _is_nil(holder):
        return None
    components = list(holder.all("component"))
    if components:
        return Record(tuple((each.get("name"), _value(each)) for each in components))
    found = holder.child("list", "value")
    if found is None or _is_nil(found):
        return None
    if found.name == "list":
        return Sequence(tuple(_value(each) for each in found.all("item")))
    kind = found.get("type").rpartition(":")[2]
    return Scalar(kind, found.text) if kind or found.text.strip() else None


def _is_nil(element: Element) -> bool:
    return element.get("nil") in ("true", "1")


def case_folders(root: Path) -> Iterator[tuple[str, Path]]:
    """Level and folder of every case below the repository's root, its TestCases, or one level."""
    for level in level_folders(root):
        for folder in sorted(each for each in level.iterdir() if each.is_dir()):
            if any(folder.glob("*.xml")) or any(folder.glob("*.dmn")):
                yield level.name, folder


LEVELS = ("compliance-level-2", "compliance-level-3", "non-compliant")


def level_folders(root: Path) -> list[Path]:
    """The folders of levels at, or right below, a folder; a folder that is none is taken for one level."""
    if root.name in LEVELS:
        return [root]
    for holder in (root / "TestCases", root):
        found = [holder / level for level in LEVELS if (holder / level).is_dir()]
        if found:
            return found
    return [root]
