from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel

from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Lines, Part
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Role
from shuzhi.support.workflow import queries, services
from shuzhi.support.workflow.naming import named_faults
from shuzhi.support.workflow.processes import migrating
from shuzhi.support.workflow.processes import services as processes
from shuzhi.support.workflow.processes.declaring import ProcessDeclaration, calls, declare, models
from shuzhi.support.workflow.processes.outlook import callable_files
from shuzhi.support.workflow.processes.queries import running_cases
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


def read_process(file: Path) -> tuple[BaseModel | None, Lines, list[Finding]]:
    """A BPMN file with those that it calls, of its own pack or of another; everything in it that can't run."""
    try:
        content = file.read_bytes()
        beside = [(each.name, each.read_bytes()) for each in callable_files(file)] if calls(content) else []
    except OSError as error:
        message = Words(zh=f"无法读取文件（{error}）", en=f"the file can't be read ({error})")
        return None, {}, [Finding(str(file), 1, "file-unreadable", message)]
    declared, faults = declare(file.stem, (file.name, content), beside)
    return (
        declared,
        {},
        [Finding(str(file), each.line, f"process-{each.rule}", each.message) for each in faults],
    )


def check_processes(
    declarations: Sequence[Declaration[ProcessDeclaration]], known: Known
) -> Iterable[Finding]:
    """What a process names is there: rules, forms, and the processes that it calls."""
    for declaration in declarations:
        model, _ = models(declaration.value)
        for node in model.nodes.values():
            for key, folder in (("rules", "rules"), ("form", "forms")):
                wanted = node.own.get(key)
                if wanted and folder in known.ids and not known.has(folder, wanted):
                    zh, en = f"{node.id}：没有 {folder}/{wanted}", f"{node.id}: there is no {folder}/{wanted}"
                    yield _process_finding(declaration, node.line, f"process-{key}-unknown", zh, en)
            called = node.attributes.get("calledElement", "").rpartition(":")[2]
            if called and not known.has("processes", called) and called not in model.scopes:
                zh, en = f"{node.id}：没有流程 {called}", f"{node.id}: there is no process {called}"
                yield _process_finding(declaration, node.line, "process-called-unknown", zh, en)
            for rule, zh, en in named_faults(node, known):
                yield _process_finding(declaration, node.line, rule, zh, en)


def _process_finding(
    declaration: Declaration[ProcessDeclaration], line: int, rule: str, zh: str, en: str
) -> Finding:
    return Finding(str(declaration.file), line, rule, Words(zh=zh, en=en))


def install_process(declaration: Declaration[ProcessDeclaration], installation: Installation) -> None:
    """Make the definition the current one; cases on their way keep theirs."""
    processes.install_process(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def dry_run_process(old: ProcessDeclaration | None, new: ProcessDeclaration | None) -> Iterator[Change]:
    """Cases that stand where the new definition can take them move to it; the others end as they began."""
    if old is not None and new is None:
        gone = Words(
            zh="不再发起新办件，在办办件按原定义办完",
            en="no new case begins, those on their way end as they began",
        )
        yield Change("processes", old.process, "removed", gone, running_cases(old.process))
    if old is None or new is None or new.version == old.version:
        return
    plan = migrating.plan_migration(process=old.process, target=new)
    moving = Words(zh="在办办件转到新定义", en="cases on their way move to the new definition")
    yield Change("processes", old.process, "changed", moving, plan.can)
    if plan.cannot:
        reasons = [reason for group in plan.groups for reason in group.reasons]
        staying = Words(
            zh=f"所处环节不能转换，按原定义办完：{reasons[0].zh}",
            en=f"these stand where they can't be moved and end as they began: {reasons[0].en}",
        )
        yield Change("processes", old.process, "changed", staying, plan.cannot)


def migrate_process(
    old: ProcessDeclaration | None, new: ProcessDeclaration | None, installation: Installation
) -> None:
    """Move the cases that can."""
    if old is not None and new is not None and new.version != old.version:
        migrating.migrate_cases(process=new.process, by=installation.by, at=installation.at)


def retire_process(old: ProcessDeclaration, installation: Installation) -> None:
    """Begin no new cases of it, by hand, message, form or time."""
    processes.retire_process(process=old.process, by=installation.by, at=installation.at)


PROCESSES = Part(
    folder="processes",
    schema=ProcessDeclaration,
    key="process",
    install=install_process,
    check=check_processes,
    ending=".bpmn",
    read=read_process,
    dry_run=dry_run_process,
    migrate=migrate_process,
    retire=retire_process,
)
