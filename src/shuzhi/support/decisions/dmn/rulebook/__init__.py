"""A rulebook (规则集): rule files that were read, joined, checked and compiled, ready to decide."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from shuzhi.support.decisions.dmn.answers import Answer, Problem
from shuzhi.support.decisions.dmn.graph import UNNAMED, imported, join
from shuzhi.support.decisions.dmn.model import InputData
from shuzhi.support.decisions.dmn.reading import read_rule_file
from shuzhi.support.decisions.dmn.rulebook.book import Book, compile_models
from shuzhi.support.decisions.dmn.rulebook.deciding import Asking, ask
from shuzhi.support.decisions.dmn.rulebook.door import adopted
from shuzhi.support.decisions.dmn.rulebook.patience import patient
from shuzhi.support.decisions.dmn.rulebook.quick import quick_decider
from shuzhi.support.decisions.dmn.rulebook.units import (
    DecisionUnit,
    InputUnit,
    KnowledgeUnit,
    ServiceUnit,
    Unit,
)
from shuzhi.support.decisions.errors import DecisionAmbiguous, DecisionUnknown, RulesFaulty
from shuzhi.support.decisions.feel.names import normal_name
from shuzhi.support.decisions.feel.scope import Limits
from shuzhi.support.decisions.types import DEFAULT_LIMITS, Fault, FileLimits

__all__ = ["Rulebook", "read_rulebook"]

DEFAULT_WORK = Limits()
LARGE = 200_000  # bytes
MANY = 20  # decisions


@dataclass(eq=False)
class Rulebook:
    """Rules that can be asked. Faulty ones can be asked too: what is broken says so when it is needed."""

    books: tuple[Book, ...]
    faults: tuple[Fault, ...]
    digest: str  # of the files and of those that they import
    imports: tuple[str, ...] = ()  # the names of the files that they import
    limits: Limits = DEFAULT_WORK
    _named: dict[str, list[tuple[Book, Unit]]] = field(default_factory=dict)
    _borrowed: dict[str, list[tuple[Book, Unit]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know every part by its name, and those of files that are imported without a name as if they were here."""
        for book in self.books:
            _enter(self._named, book)
        for book in _imported_unnamed(self.books):
            _enter(self._borrowed, book)

    def sound(self) -> Rulebook:
        """Itself.

        Raises:
            RulesFaulty: some fault was found in the files.
        """
        if self.faults:
            raise RulesFaulty(self.faults)
        return self

    @property
    def decisions(self) -> tuple[str, ...]:
        """The names of all decisions."""
        return tuple(unit.name for _, unit in self._units() if isinstance(unit, DecisionUnit))

    def inputs(self, decision: str) -> tuple[str, ...]:
        """The names of the input data that a decision needs, itself or by way of others."""
        _, unit = self.part(decision)
        names: dict[str, None] = {}
        waiting, seen = [unit], set()
        for each in waiting:
            if isinstance(each, InputUnit):
                names.setdefault(each.name)
            elif isinstance(each, DecisionUnit) and id(each) not in seen:
                seen.add(id(each))
                waiting += [need.unit for need in each.needs]
                waiting += [form.unit for form in each.forms if form.unit]
        return tuple(names)

    def part(self, name: str, *, kind: type[Unit] | None = None) -> tuple[Book, Unit]:
        """A decision, service or knowledge model by its name, decisions first.

        Raises:
            DecisionUnknown: nothing has the name.
            DecisionAmbiguous: several of one kind have it.
        """
        for named in (self._named, self._borrowed):
            found = named.get(name) or named.get(normal_name(name), [])
            for wanted in (DecisionUnit, ServiceUnit, KnowledgeUnit) if kind is None else (kind,):
                of_kind = [pair for pair in found if isinstance(pair[1], wanted)]
                if len(of_kind) > 1:
                    known = "、".join(book.file for book, _ in of_kind)
                    raise DecisionAmbiguous(decision=name, known=known)
                if of_kind:
                    return of_kind[0]
        raise DecisionUnknown(decision=name, known="、".join(self.decisions) or "—")

    def decide(
        self,
        decision: str,
        inputs: Mapping[str, Any],
        *,
        as_of: date | None = None,
        at: dt.datetime | None = None,
        strict: bool = False,
        trace: bool = False,
    ) -> Answer:
        """The answer to a decision, a service or a knowledge model.

        `inputs` are by name; texts become dates and durations where the type says so. Dated rules need
        `as_of`; `at` is what FEEL's now() and today() say, by default the beginning of that day. By default
        nulls go on as the standard has it; with `strict` each null born of a wrong type is a reason for no answer.

        Raises:
            DecisionUnknown, DecisionAmbiguous: see `part`.
        """
        return self.decide_all([decision], inputs, as_of=as_of, at=at, strict=strict, trace=trace)[0]

    def decide_all(
        self,
        decisions: Iterable[str],
        inputs: Mapping[str, Any],
        *,
        as_of: date | None = None,
        at: dt.datetime | None = None,
        strict: bool = False,
        trace: bool = False,
    ) -> list[Answer]:
        """The answers to many decisions about the same inputs, which are taken in once; see `decide`."""
        if at is None and as_of is not None:
            at = dt.datetime.combine(as_of, dt.time(), dt.UTC)
        taken: dict[int, tuple[dict[str, Any], list[Problem]]] = {}
        answers = []
        names = list(decisions)
        with patient(wanted=trace and len(names) > MANY):
            for name in names:
                book, unit = self.part(name)
                key = id(book) if isinstance(unit, DecisionUnit) else id(unit)
                if key not in taken:
                    taken[key] = adopted(book, unit, inputs)
                given, problems = taken[key]
                asking = Asking(book, unit, as_of, at, strict, trace, self.limits, self.digest)
                answers.append(ask(asking, given, problems))
        return answers

    def decider(self, decision: str, *, as_of: date | None = None) -> Callable[[Mapping[str, Any]], Any]:
        """A function from inputs to the value alone, for millions of calls; null semantics of the standard.

        A decision that is one table over input data with constant outputs is looked up without any detour.
        """
        _, unit = self.part(decision)

        def slowly(inputs: Mapping[str, Any]) -> Any:
            return self.decide(decision, inputs, as_of=as_of).value

        return quick_decider(unit, as_of, slowly) or slowly

    def _units(self) -> Iterable[tuple[Book, Unit]]:
        return (pair for pairs in self._named.values() for pair in pairs)


def _enter(named: dict[str, list[tuple[Book, Unit]]], book: Book) -> None:
    for part in book.model.definitions.parts:
        if not isinstance(part, InputData):
            named.setdefault(normal_name(part.name), []).append((book, book.unit(part)))


def _imported_unnamed(books: Iterable[Book]) -> list[Book]:
    """The files that are reached through imports without a name, each once, but for the books themselves."""
    waiting, seen = list(books), {id(each) for each in books}
    found = []
    for book in waiting:
        for name, below in book.below.items():
            if name.startswith(UNNAMED) and id(below) not in seen:
                seen.add(id(below))
                waiting.append(below)
                found.append(below)
    return found


def read_rulebook(
    files: Sequence[Path | tuple[str, bytes]],
    *,
    beside: Sequence[Path | tuple[str, bytes]] = (),
    limits: FileLimits = DEFAULT_LIMITS,
    work: Limits = DEFAULT_WORK,
) -> Rulebook:
    """Read rule files, given by path or as name and content; `beside` are used only where they are imported.

    Raises:
        RuleFileRefused: a file is no XML that may be read, or no DMN.
    """
    contents = [_content(each) for each in files]
    with patient(wanted=sum(len(content) for _, content in contents) > LARGE):
        return _read(contents, beside, limits, work)


def _read(
    files: Sequence[tuple[str, bytes]],
    beside: Sequence[Path | tuple[str, bytes]],
    limits: FileLimits,
    work: Limits,
) -> Rulebook:
    digest = hashlib.sha256()
    faults: list[Fault] = []
    main, others = [], []
    for name, content in files:
        digest.update(content)
        definitions, found = read_rule_file(content, file=name, limits=limits)
        main.append(definitions)
        faults += found
    contents = dict(map(_content, beside))
    for name, content in contents.items():
        others.append(read_rule_file(content, file=name, limits=limits)[0])
    models = join(main, others)
    used = imported(models)
    for name in used:
        digest.update(contents.get(name, b""))
    for model in models:
        faults += model.faults
    books = compile_models(models)
    for book in books:
        faults += book.faults
    ordered = _ordered(faults)
    return Rulebook(tuple(books), ordered, digest.hexdigest()[:16], used, work)


def _ordered(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """By file, line and column, each once."""
    seen: dict[tuple[str, int, int, str, str], Fault] = {}
    for each in faults:
        place = each.place
        seen.setdefault((place.file, place.line, place.column, each.code, each.message.en), each)
    return tuple(seen[key] for key in sorted(seen))


def _content(each: Path | tuple[str, bytes]) -> tuple[str, bytes]:
    return (str(each), each.read_bytes()) if isinstance(each, Path) else each
