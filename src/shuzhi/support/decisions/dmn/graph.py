"""Files joined (需求图与引用): imports resolved, references followed, cycles found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shuzhi.foundation.words import Words
from shuzhi.support.decisions.dmn.model import (
    Decision,
    Definitions,
    Import,
    InputData,
    Knowledge,
    Link,
    Part,
    Service,
    Spot,
)
from shuzhi.support.decisions.types import Fault, Place

UNNAMED = "\x00"  # begins the key of an import without a name: its parts are used as if they were here


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a reference leads to: through which imports, in which file, and the part itself."""

    path: tuple[str, ...]
    model: Model
    part: Part


@dataclass(eq=False)
class Model:
    """One file with the files that it imports, by the name of the import."""

    definitions: Definitions
    imports: dict[str, Model] = field(default_factory=dict)
    by_id: dict[str, Part] = field(default_factory=dict)
    by_name: dict[str, Part] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def note(self, spot: Spot, code: str, zh: str, en: str, decision: str = "") -> None:
        """Write a fault of this file down."""
        place = Place(self.definitions.file, spot.line, spot.column, decision)
        self.faults.append(Fault(code, place, Words(zh=zh, en=en)))

    def find(self, link: Link) -> Found | None:
        """What a reference leads to; `#id` is of this file, `namespace#id` of this or an imported one."""
        namespace, _, identity = link.href.rpartition("#")
        if namespace in ("", self.definitions.namespace):
            return self.own(identity)
        for path, model in self.reachable():
            if model.definitions.namespace == namespace:
                found = model.own(identity)
                return Found(path, model, found.part) if found else None
        # Some tools write the file's own name before the #.
        return self.own(identity)

    def own(self, identity: str) -> Found | None:
        """A part of this very file by its id, or its name."""
        part = self.by_id.get(identity) or self.by_name.get(identity)
        return Found((), self, part) if part is not None else None

    def reachable(self) -> Iterator[tuple[tuple[str, ...], Model]]:
        """The imported models, the nearest first."""
        waiting: list[tuple[tuple[str, ...], Model]] = [((), self)]
        seen = {id(self)}
        for path, model in waiting:
            for name, below in model.imports.items():
                if id(below) not in seen:
                    seen.add(id(below))
                    waiting.append(((*path, name), below))
                    yield (*path, name), below


def join(main: Sequence[Definitions], beside: Iterable[Definitions] = ()) -> list[Model]:
    """The models of the main files; files beside them are used where they are imported."""
    models = [_Indexing(each).model() for each in main]
    known: dict[str, Model] = {}
    for model in models:
        _add(known, model)
    for each in beside:
        if each.namespace not in known:
            known[each.namespace] = _Indexing(each).model()
    _import_all(models, known)
    for model in models:
        _find_cycles(model)
    return models


def imported(models: Iterable[Model]) -> tuple[str, ...]:
    """The files that models import, directly or not, by name."""
    models = list(models)
    own = {model.definitions.file for model in models}
    below = {each.definitions.file for model in models for _, each in model.reachable()}
    return tuple(sorted(below - own))


def _add(known: dict[str, Model], model: Model) -> None:
    namespace = model.definitions.namespace
    if namespace in known:
        other = known[namespace].definitions.file
        zh, en = f"命名空间与 {other} 相同", f"the namespace is also that of {other}"
        model.note(Spot(1, 1), "namespace-twice", zh, en)
    known.setdefault(namespace, model)


def _import_all(models: list[Model], known: dict[str, Model]) -> None:
    waiting, seen = list(models), set()
    while waiting:
        model = waiting.pop()
        if id(model) in seen:
            continue
        seen.add(id(model))
        for each in model.definitions.imports:
            found = known.get(each.namespace)
            if found is not None:
                _import(model, each, found)
                waiting.append(found)
            elif _is_model(each):
                zh = f"没有提供所引用的模型 {each.name}（命名空间 {each.namespace}）"
                en = f"the imported model {each.name} (namespace {each.namespace}) is not among the files"
                model.note(each.spot, "import-missing", zh, en)


def _import(model: Model, each: Import, found: Model) -> None:
    if found is model:
        model.note(each.spot, "import-itself", "文件不能引用自己", "a file can't import itself")
    elif any(below is model for _, below in found.reachable()):
        zh, en = f"循环引用：{each.name} 又引用了本文件", f"{each.name} imports this file in turn"
        model.note(each.spot, "import-cycle", zh, en)
    elif not each.name:
        model.imports[f"{UNNAMED}{each.namespace}"] = found
    elif each.name in model.imports:
        zh, en = f"引用名“{each.name}”重复", f"two imports have the name “{each.name}”"
        model.note(each.spot, "import-twice", zh, en)
    else:
        model.imports[each.name] = found


def _is_model(each: Import) -> bool:
    return "/DMN/" in each.kind.upper() or not each.kind


class _Indexing:
    def __init__(self, definitions: Definitions) -> None:
        self.result = Model(definitions)

    def model(self) -> Model:
        one = self.result.definitions
        parts = one.parts
        for part in parts:
            if part.id in self.result.by_id:
                zh, en = f"标识 {part.id} 重复", f"the id {part.id} stands twice"
                self.result.note(_spot(part), "id-twice", zh, en, part.name)
            elif part.id:
                self.result.by_id[part.id] = part
            self.result.by_name.setdefault(part.name, part)
        counted = Counter(part.name for part in parts if part.name)
        for part in parts:
            if counted[part.name] > 1 and self.result.by_name[part.name] is not part:
                zh, en = f"名称“{part.name}”重复", f"the name “{part.name}” stands twice"
                self.result.note(_spot(part), "name-twice", zh, en, part.name)
        return self.result


def _spot(part: Part) -> Spot:
    return part.variable.spot if isinstance(part, InputData) else part.spot


def links_of(part: Part) -> tuple[Link, ...]:
    """What a part needs."""
    match part:
        case Decision():
            return (*part.inputs, *part.decisions, *part.knowledge)
        case Knowledge():
            return part.knowledge
        case Service():
            return (*part.outputs, *part.encapsulated)
        case _:
            return ()


def _find_cycles(model: Model) -> None:
    """Note every part that needs itself by way of others, and every reference that leads nowhere."""
    state: dict[int, int] = {}
    for part in model.definitions.parts:
        _note_dangling(model, part)
        _walk(model, part, state)


def _note_dangling(model: Model, part: Part) -> None:
    service_inputs = (*part.input_decisions, *part.input_data) if isinstance(part, Service) else ()
    for link in (*links_of(part), *service_inputs):
        if model.find(link) is None:
            zh, en = f"所引用的 {link.href} 不存在", f"{link.href} leads nowhere"
            model.note(link.spot, "reference-unknown", zh, en, part.name)


def _walk(model: Model, start: Part, state: dict[int, int]) -> None:
    """Depth first without recursion: 1 while a part is open, 2 when all below it is known to be sound."""
    trail: list[tuple[Part, Iterator[Link]]] = []
    _enter(start, state, trail)
    while trail:
        part, links = trail[-1]
        link = next(links, None)
        if link is None:
            state[id(part)] = 2
            trail.pop()
            continue
        found = model.find(link)
        if found is None or found.model is not model:
            continue
        if state.get(id(found.part)) == 1 and not (found.part is part and isinstance(part, Knowledge)):
            names = [each.name for each, _ in trail]
            ring = " → ".join([*names[names.index(found.part.name) :], found.part.name])
            model.note(link.spot, "cycle", f"循环依赖：{ring}", f"it needs itself: {ring}", part.name)
        elif id(found.part) not in state:
            _enter(found.part, state, trail)


def _enter(part: Part, state: dict[int, int], trail: list[tuple[Part, Iterator[Link]]]) -> None:
    if id(part) not in state:
        state[id(part)] = 1
        trail.append((part, iter(links_of(part))))
