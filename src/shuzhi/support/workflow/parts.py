from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Role
from shuzhi.support.workflow import queries, services
from shuzhi.support.workflow.types import LoopDeclaration, Who

Loop = Declaration[LoopDeclaration]


def install_loop(declaration: Loop, installation: Installation) -> None:
    """Make the definition the current one; dossiers on their way keep theirs."""
    services.install_loop(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def check_loops(declarations: Sequence[Loop], known: Known) -> Iterable[Finding]:
    """Every state is named once, can be reached and can end; every action starts and ends somewhere."""
    del known
    for declaration in declarations:
        yield from _names(declaration)
        yield from _states(declaration)
        yield from _actions(declaration)
        yield from _ways(declaration)


def _names(declaration: Loop) -> Iterator[Finding]:
    loop = declaration.value
    for kind, names in (("states", [s.id for s in loop.states]), ("actions", [a.id for a in loop.actions])):
        for index, name in enumerate(names):
            if name in names[:index]:
                yield _finding(
                    declaration,
                    (kind, index, "id"),
                    "name-twice",
                    f"{name} 重复",
                    f"{name} stands twice",
                )


def _states(declaration: Loop) -> Iterator[Finding]:
    loop = declaration.value
    if loop.start not in _ids(loop):
        yield _finding(
            declaration,
            ("start",),
            "start-unknown",
            f"没有状态 {loop.start}",
            f"there is no state {loop.start}",
        )
    if not any(state.final for state in loop.states):
        yield _finding(
            declaration,
            ("states",),
            "no-final-state",
            "没有终结状态，案卷无法办结",
            "no state is final: a dossier could never close",
        )
    if loop.due.amber > loop.due.working_days:
        yield _finding(
            declaration,
            ("due", "amber"),
            "amber-too-early",
            "预警期长于办理期限",
            "amber begins before the dossier does",
        )


def _actions(declaration: Loop) -> Iterator[Finding]:
    loop, ids = declaration.value, _ids(declaration.value)
    finals = {state.id for state in loop.states if state.final}
    for index, action in enumerate(loop.actions):
        path = ("actions", index)
        for name in action.origins:
            if name not in ids:
                yield _finding(
                    declaration,
                    (*path, "from"),
                    "state-unknown",
                    f"没有状态 {name}",
                    f"there is no state {name}",
                )
            if name in finals:
                yield _finding(
                    declaration,
                    (*path, "from"),
                    "action-from-final",
                    f"终结状态 {name} 不能再办理",
                    f"nothing starts from the final state {name}",
                )
        if action.to not in ids:
            yield _finding(
                declaration,
                (*path, "to"),
                "state-unknown",
                f"没有状态 {action.to}",
                f"there is no state {action.to}",
            )
        if Role.SYSTEM in action.by.roles and action.by.who is not Who.ANY:
            yield _finding(
                declaration,
                (*path, "by"),
                "system-has-no-office",
                "平台进程不属于任何部门，应写 who: any",
                "the platform sits in no office: write who: any",
            )


def _ways(declaration: Loop) -> Iterator[Finding]:
    loop, ids = declaration.value, _ids(declaration.value)
    steps = {(origin, action.to) for action in loop.actions for origin in action.origins}
    reached = _closure({loop.start}, steps)
    ends = _closure(
        {state.id for state in loop.states if state.final}, {(to, origin) for origin, to in steps}
    )
    for index, state in enumerate(loop.states):
        if state.id in ids and state.id not in reached:
            yield _finding(
                declaration,
                ("states", index),
                "state-unreachable",
                f"状态 {state.id} 无法到达",
                f"no way leads to the state {state.id}",
            )
        if ends and state.id not in ends:
            yield _finding(
                declaration,
                ("states", index),
                "state-without-end",
                f"状态 {state.id} 走不到终结",
                f"no way leads from the state {state.id} to an end",
            )


def _closure(begun: set[str], steps: set[tuple[str, str]]) -> set[str]:
    found = set(begun)
    while more := {to for origin, to in steps if origin in found} - found:
        found |= more
    return found


def _ids(loop: LoopDeclaration) -> set[str]:
    return {state.id for state in loop.states}


def _finding(declaration: Loop, path: tuple[str | int, ...], rule: str, zh: str, en: str) -> Finding:
    return Finding(
        file=str(declaration.file), line=declaration.line(*path), rule=rule, message=Words(zh=zh, en=en)
    )


def dry_run_loop(old: LoopDeclaration | None, new: LoopDeclaration | None) -> Iterator[Change]:
    """Dossiers on their way end under the definition they began with."""
    if old is None or (new is not None and new.version == old.version):
        return
    running = queries.count_open(loop=old.loop)
    said = (
        Words(
            zh="在办案卷按原定义办完，新案卷用新定义",
            en="open dossiers end as they began, new ones follow the new definition",
        )
        if new
        else Words(
            zh="不再立新案，在办案卷按原定义办完", en="no new dossier is opened, open ones end as they began"
        )
    )
    yield Change("loops", old.loop, "changed" if new else "removed", said, running)


def retire_loop(old: LoopDeclaration, installation: Installation) -> None:
    """Open no new dossiers under it."""
    services.retire_loop(loop=old.loop, by=installation.by, at=installation.at)


LOOPS = Part(
    folder="loops",
    schema=LoopDeclaration,
    key="loop",
    install=install_loop,
    check=check_loops,
    dry_run=dry_run_loop,
    retire=retire_loop,
)
