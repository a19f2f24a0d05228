"""Compiling a file (编译): its units, and those of the files it imports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from shuzhi.support.decisions.dmn import model as dmn
from shuzhi.support.decisions.dmn.boxes import Desk, compile_box
from shuzhi.support.decisions.dmn.boxes.shapes import external, function_parts, parameters_of
from shuzhi.support.decisions.dmn.graph import UNNAMED, Model
from shuzhi.support.decisions.dmn.kinds import Kinds
from shuzhi.support.decisions.dmn.model import Decision, InputData, Knowledge, Link, Part, Service
from shuzhi.support.decisions.dmn.rulebook.serving import knowledge_function, service_function
from shuzhi.support.decisions.dmn.rulebook.units import (
    DecisionUnit,
    Form,
    InputUnit,
    KnowledgeUnit,
    Need,
    ServiceUnit,
    Unit,
    put,
)
from shuzhi.support.decisions.dmn.tables import CompiledTable
from shuzhi.support.decisions.dmn.tables.dating import ALWAYS, faults_of_periods
from shuzhi.support.decisions.feel.names import PROPERTIES, Names, Trie, normal_name
from shuzhi.support.decisions.feel.values.types import ANY, ContextOf, FeelType, FunctionOf
from shuzhi.support.decisions.types import Fault, Place

Made = TypeVar("Made")


@dataclass(eq=False)
class Book:
    """One file, compiled."""

    model: Model
    kinds: Kinds
    below: dict[str, Book]
    units: dict[int, Unit] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    types: dict[str, FeelType] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    type_names: Trie = field(default_factory=Trie)
    member_names: Trie = field(default_factory=Trie)
    kept: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """Something made when it is first asked for, and kept."""
        if name not in self.kept:
            self.kept[name] = make()
        made: Made = self.kept[name]
        return made

    @property
    def file(self) -> str:
        """The file's name."""
        return self.model.definitions.file

    def unit(self, part: Part) -> Unit:
        """The unit of a part of this file, compiled when it is first asked for."""
        if id(part) not in self.units:
            _Compiling(self).compile(part)
        return self.units[id(part)]

    def need(self, link: Link) -> Need | None:
        """What a reference leads to."""
        found = self.model.find(link)
        return None if found is None else Need(found.path, self.at(found.path).unit(found.part))

    def at(self, path: Iterable[str]) -> Book:
        """The file reached through imports."""
        book = self
        for name in path:
            book = book.below[name]
        return book


def compile_models(models: Sequence[Model]) -> list[Book]:
    """All files compiled; the faults of each are with it."""
    made: dict[int, Book] = {}
    books = [_book(model, made) for model in models]
    everything = list(made.values())
    members = tuple(sorted({name for book in everything for name in _members(book)}))
    for book in everything:
        book.types = book.kinds.everything()
        book.type_names, book.member_names = Trie(book.types), Trie([*members, *PROPERTIES])
        book.members = members
        _check_items(book)
    for book in everything:
        for part in book.model.definitions.parts:
            book.unit(part)
    return books


def _book(model: Model, made: dict[int, Book]) -> Book:
    if id(model) in made:
        return made[id(model)]
    book = made[id(model)] = Book(model, Kinds(model), {})
    for name, below in model.imports.items():
        book.below[name] = _book(below, made)
    book.kinds.below = {name: below.kinds for name, below in book.below.items()}
    return book


def _check_items(book: Book) -> None:
    from shuzhi.foundation.words import Words

    for item, spot, code, zh, en in book.kinds.check():
        place = Place(book.file, spot.line, spot.column, item.name)
        book.faults.append(Fault(code, place, Words(zh=zh, en=en)))


def _members(book: Book) -> Iterator[str]:
    """Every name that may stand after a dot in some text."""
    definitions = book.model.definitions
    items = list(definitions.items)
    while items:
        item = items.pop()
        items.extend(item.components)
        yield from (normal_name(each.name) for each in item.components)
    boxes: list[dmn.Expression | None] = [each.expression for each in definitions.decisions]
    boxes += [each.function for each in definitions.knowledge]
    while boxes:
        box = boxes.pop()
        if box is not None:
            yield from _entries(box)
            boxes.extend(dmn.parts_of(box))
    for part in definitions.parts:
        yield normal_name(part.variable.name)


def _entries(box: dmn.Expression) -> Iterator[str]:
    match box:
        case dmn.Context():
            yield from (normal_name(each.variable.name) for each in box.entries if each.variable)
        case dmn.Relation():
            yield from (normal_name(each.name) for each in box.columns)
        case dmn.Table():
            yield from (normal_name(each.name) for each in box.outputs if each.name)


@dataclass(eq=False)
class _Compiling:
    book: Book

    def compile(self, part: Part) -> None:
        match part:
            case InputData():
                self._input(part)
            case Decision():
                self._decision(part)
            case Knowledge():
                self._knowledge(part)
            case Service():
                self._service(part)

    def _desk(self, part: Part, needs: Iterable[Need]) -> Desk:
        return desk_of(self.book, part, needs)

    def _kind(self, desk: Desk, variable: dmn.Named) -> FeelType:
        return desk.kind(variable.type, variable.spot)

    def _place(self, part: Part) -> Place:
        spot = part.variable.spot if isinstance(part, InputData) else part.spot
        return Place(self.book.file, spot.line, spot.column, part.name)

    def _input(self, part: InputData) -> None:
        kind = self._kind(self._desk(part, ()), part.variable)
        self.book.units[id(part)] = InputUnit(part.name, normal_name(part.variable.name), kind)

    def _needs(self, links: Iterable[Link]) -> list[Need]:
        return [need for link in links if (need := self.book.need(link)) is not None]

    def _decision(self, part: Decision) -> None:
        unit = DecisionUnit(part.name, normal_name(part.variable.name), self._place(part), bases=part.bases)
        self.book.units[id(part)] = unit  # known before its needs: a cycle ends here
        unit.needs = self._needs((*part.inputs, *part.decisions, *part.knowledge))
        desk = self._desk(part, unit.needs)
        unit.kind = self._kind(desk, part.variable)
        if part.expression is not None:
            made = compile_box(part.expression, desk)
            unit.run = desk.fitting(made, unit.kind, part.spot, part.name)
            unit.plain_table = made if isinstance(made, CompiledTable) else None
        elif not part.values:
            zh, en = "决策没有逻辑", "the decision has no logic"
            desk.note(part.spot, "logic-missing", zh, en)
        unit.forms = self._forms(part, unit, desk)

    def _forms(self, part: Decision, unit: DecisionUnit, desk: Desk) -> list[Form]:
        dated = [(version.period, version.spot, version) for version in part.values]
        forms = [
            Form(
                each.period,
                each.bases,
                desk.fitting(compile_box(each.value, desk), unit.kind, each.spot, part.name),
            )
            for each in part.values
        ]
        spots = [spot for _, spot, _ in dated]
        for other in self.book.model.definitions.decisions:
            found = self.book.model.find(other.version_of) if other.version_of else None
            if found is not None and found.part is part:
                version = self.book.unit(other)
                assert isinstance(version, DecisionUnit)
                forms.append(Form(other.period or ALWAYS, other.bases, None, version))
                spots.append(other.spot)
        if part.version_of is None and (part.period or forms) and not part.values:
            forms.append(Form(part.period or ALWAYS, part.bases, unit.run))
            spots.append(part.spot)
        self._check_forms(forms, spots, desk)
        return forms

    def _check_forms(self, forms: list[Form], spots: list[dmn.Spot], desk: Desk) -> None:
        dated = [
            (form.period, spot, form.unit.name if form.unit else desk.decision)
            for form, spot in zip(forms, spots, strict=True)
        ]
        for spot, code, zh, en in faults_of_periods(dated):
            desk.note(spot, code, zh, en)

    def _knowledge(self, part: Knowledge) -> None:
        self.book.units[id(part)] = unit = KnowledgeUnit(part.name, normal_name(part.variable.name))
        needs = [*self._needs(part.knowledge), Need((), unit)]  # it may call itself
        desk = self._desk(part, needs)
        kind = self._kind(desk, part.variable)
        box = part.function
        if box is None:
            zh, en = "业务知识没有函数", "the knowledge model has no function"
            desk.note(part.spot, "logic-missing", zh, en)
            unit.function = knowledge_function(part.name, (), desk.broken(part.spot), dict, ANY)
            return
        result: FeelType = ANY
        if box.kind == "FEEL":
            parameters, body = function_parts(box, desk)
            # What the body states decides where nothing else states a type.
            inner = box.body.type if box.body is not None and not (box.type or part.variable.type) else ""
            for declared in (desk.kind(inner, box.spot), desk.kind(box.type, box.spot), kind):
                result = declared.result if isinstance(declared, FunctionOf) else declared
                body = desk.fitting(body, result, box.spot, part.name)
        else:
            parameters, body = parameters_of(box, desk), external(box, desk)
        unit.function = knowledge_function(part.name, parameters, body, lambda: constants_of(needs), result)

    def _service(self, part: Service) -> None:
        unit = ServiceUnit(part.name, normal_name(part.variable.name))
        self.book.units[id(part)] = unit
        unit.inputs = self._needs((*part.input_data, *part.input_decisions))
        unit.outputs = self._needs(part.outputs)
        unit.encapsulated = self._needs(part.encapsulated)
        kind = self._kind(self._desk(part, ()), part.variable)
        unit.kind = kind.result if isinstance(kind, FunctionOf) else kind
        if not part.outputs:
            self._desk(part, ()).note(
                part.spot, "service-empty", "决策服务没有输出决策", "the service has no output"
            )
        unit.function = service_function(self.book, unit)


def desk_of(book: Book, part: Part, needs: Iterable[Need]) -> Desk:
    """The desk at which the texts of a part are read: it knows the names of what the part needs."""
    names = Names(Trie(variables_of(needs)), book.member_names, book.type_names)
    return Desk(book.file, book.kinds, book.types, names, book.members, book.faults, {}, part.name)


def variables_of(needs: Iterable[Need]) -> dict[str, FeelType]:
    """The names that a text may speak of, with their types; what is imported stands under the import's name."""
    variables: dict[str, FeelType] = {}
    for need in needs:
        kind = need.unit.kind if isinstance(need.unit, (InputUnit, DecisionUnit)) else ANY
        names = [
            *(normal_name(each) for each in need.path if not each.startswith(UNNAMED)),
            need.unit.variable,
        ]
        for name in reversed(names[1:]):
            kind = ContextOf(((name, kind),))
        variables[names[0]] = kind
    return variables


def constants_of(needs: Iterable[Need]) -> dict[str, Any]:
    """The functions among the needs, under their names."""
    found: dict[str, Any] = {}
    for need in needs:
        if isinstance(need.unit, (KnowledgeUnit, ServiceUnit)):
            put(found, need.path, need.unit.variable, need.unit.function)
    return found
