"""Running the kit: every case has its second, and whatever happens in it is a verdict, never a crash."""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shuzhi.support.decisions.dmn.answers import Problem
from shuzhi.support.decisions.dmn.graph import UNNAMED
from shuzhi.support.decisions.dmn.rulebook import Rulebook, read_rulebook
from shuzhi.support.decisions.dmn.rulebook.book import Book
from shuzhi.support.decisions.dmn.rulebook.deciding import Asking, evaluate
from shuzhi.support.decisions.dmn.rulebook.patience import patient
from shuzhi.support.decisions.dmn.rulebook.units import KnowledgeUnit, ServiceUnit, Unit
from shuzhi.support.decisions.dmn.tck.cases import (
    Case,
    CaseFile,
    Expectation,
    Written,
    case_folders,
    read_case_file,
)
from shuzhi.support.decisions.dmn.tck.values import agrees, value_of
from shuzhi.support.decisions.errors import CasesMissing, DecisionUnknown, RuleFileRefused
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.scope import Limits
from shuzhi.support.decisions.feel.values import to_python

SECONDS = 1.0
WORK = Limits(steps=300_000, items=300_000)


class CaseTooLong(BaseException):
    """The case took longer than it may: not an Exception, so that nothing on the way takes it for its own."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one case."""

    level: str
    folder: str
    file: str
    case: str
    passed: bool
    expects_value: bool
    reason: str = ""

    @property
    def name(self) -> str:
        """Level, folder, file and case."""
        return f"{self.level}/{self.folder}/{self.file}#{self.case}"


@dataclass
class _Models:
    """The models of one folder, read once."""

    folder: Path
    read: dict[str, Rulebook | Exception] = field(default_factory=dict)

    def model(self, name: str) -> Rulebook:
        if name not in self.read:
            try:
                self.read[name] = self._read(name)
            except Exception as error:  # noqa: BLE001 - a model that can't be read is a verdict on its cases
                self.read[name] = error
        found = self.read[name]
        if isinstance(found, Exception):
            raise found
        return found

    def _read(self, name: str) -> Rulebook:
        files = sorted(self.folder.glob("*.dmn"))
        own = [each for each in files if each.name in (name, f"{name}.dmn")]
        own = own or [each for each in files if each.stem == self.folder.name] or files[:1]
        if not own:
            raise CasesMissing(folder=self.folder)
        beside = [each for each in files if each != own[0]]
        return read_rulebook([own[0]], beside=beside, work=WORK)


def run_kit(root: Path, *, at: dt.datetime) -> Iterator[Verdict]:
    """The verdict on every case below a folder; `at` is what now() says.

    Raises:
        CasesMissing: there are no cases there.
    """
    found = False
    folders = case_folders(root) if root.is_dir() else iter(())
    for level, folder in folders:
        for verdict in _run_folder(level, folder, at):
            found = True
            yield verdict
    if not found:
        raise CasesMissing(folder=root)


def _run_folder(level: str, folder: Path, at: dt.datetime) -> Iterator[Verdict]:
    models = _Models(folder)
    for path in sorted(folder.glob("*.xml")):
        try:
            cases = read_case_file(path)
        except Exception as error:  # noqa: BLE001 - counted as a failed case and named
            yield Verdict(
                level, folder.name, path.name, "*", passed=False, expects_value=True, reason=str(error)
            )
            continue
        for case in cases.cases:
            reason = _reason(cases, case, models, at)
            yield Verdict(level, folder.name, case.file, case.id, not reason, case.expects_value, reason)


def _reason(cases: CaseFile, case: Case, models: _Models, at: dt.datetime) -> str:
    """Why a case fails; '' where it passes. The model is read once, and not on the case's time."""
    try:
        with limited(SECONDS * 30):
            model = models.model(cases.model)
    except RuleFileRefused as error:
        is_expected = case.expected and all(each.is_error for each in case.expected)
        return "" if is_expected else f"RuleFileRefused: {error}"
    except CaseTooLong:
        return f"the model took longer than {SECONDS * 30:g} s to read"
    except Exception as error:  # noqa: BLE001 - as below
        return f"{type(error).__name__}: {error}"
    try:
        with limited(SECONDS):
            return _judge(model, case, at)
    except CaseTooLong:
        return f"took longer than {SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - one case's misfortune must not end the others
        return f"{type(error).__name__}: {error}"


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Interrupt what takes too long, where the system lets us: on Unix, in the main thread.

    Garbage is collected afterwards, since an exception is lost where Python calls back; and it comes again.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_signal: int, _frame: object) -> None:
        raise CaseTooLong

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        with patient(wanted=True):
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _judge(model: Rulebook, case: Case, at: dt.datetime) -> str:
    """Why the case fails; '' where it passes."""
    given = _given(model, case)
    for expectation in case.expected:
        name = expectation.name if case.kind == "decision" else case.invoked or expectation.name
        actual, problems = _answer(model, case.kind, name, given, at, may_fail=expectation.is_error)
        if case.kind != "decision":
            actual = _output(actual, expectation)
        if not agrees(None if expectation.is_error else expectation.value, actual):
            return _difference(expectation, actual, problems)
    return ""


def _given(model: Rulebook, case: Case) -> dict[str, Any]:
    """The inputs by name; a dotted name stands in the contexts of the imports that it names."""
    given: dict[str, Any] = {}
    for name, written in case.inputs:
        key, value = normal_name(name), value_of(written)
        given[key] = value
        _put_below(given, model.books[0], key, value)
    return given


def _put_below(given: dict[str, Any], book: Book, name: str, value: Any) -> None:
    for imported, below in book.below.items():
        prefix = normal_name(imported)
        if not imported.startswith(UNNAMED) and name.startswith(f"{prefix}."):
            inside = given.setdefault(prefix, {})
            if isinstance(inside, dict):
                inside[name[len(prefix) + 1 :]] = value
                _put_below(inside, below, name[len(prefix) + 1 :], value)


def _answer(
    model: Rulebook, kind: str, name: str, given: dict[str, Any], at: dt.datetime, *, may_fail: bool
) -> tuple[Any, list[Problem]]:
    """The value and what was reported; a part that the model does not have is an error, where one is expected."""
    try:
        book, unit = _part(model, kind, name)
    except DecisionUnknown:
        if may_fail:
            return None, []
        raise
    asking = Asking(book, unit, None, at, strict=False, traced=False, limits=WORK, digest="")
    value, notes, _, _ = evaluate(asking, given)
    return value, [each for each in notes if isinstance(each, Problem)]


def _part(model: Rulebook, kind: str, name: str) -> tuple[Book, Unit]:
    """What a case invokes: of the kind that it names, else whatever has the name."""
    wanted: type[Unit] | None = {"bkm": KnowledgeUnit, "decisionService": ServiceUnit}.get(kind)
    try:
        return model.part(name, kind=wanted)
    except DecisionUnknown:
        return model.part(name)


def _output(actual: Any, expectation: Expectation) -> Any:
    """The output of a service that an expectation speaks of."""
    name = normal_name(expectation.name)
    if isinstance(actual, dict) and name in actual:
        return actual[name]
    return actual


def _difference(expectation: Expectation, actual: Any, problems: list[Problem]) -> str:
    wanted = "an error" if expectation.is_error else _said(expectation.value)
    reasons = "; ".join(each.message.en for each in problems[:3])
    found = repr(to_python(actual))
    return f"{expectation.name}: expected {wanted}, got {found}" + (f" ({reasons})" if reasons else "")


def _said(written: Written) -> str:
    return repr(to_python(value_of(written)))
