"""A process as a pack declares it (流程定义): its file, the files of those that it calls, and a hash of all."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.words import Words
from shuzhi.support.workflow.processes.advice import advised
from shuzhi.support.workflow.processes.building import Built, build
from shuzhi.support.workflow.processes.checking import check_file
from shuzhi.support.workflow.processes.model import Model, Node
from shuzhi.support.workflow.processes.outlook import running
from shuzhi.support.workflow.processes.reading import Fault
from shuzhi.support.workflow.processes.wording import fault

_ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


class ProcessDeclaration(BaseModel):
    """`processes/<process>.bpmn` with what it calls; the own file first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    process: str
    title: Words
    files: tuple[tuple[str, str], ...]  # name and text

    @property
    def version(self) -> str:
        """The definition's hash: the same files are the same version, on every node."""
        digest = hashlib.sha256(self.process.encode())
        for name, text in self.files:
            digest.update(b"\0" + name.encode() + b"\0" + text.encode())
        return digest.hexdigest()[:16]


def declare(
    process: str, own: tuple[str, bytes], beside: Iterable[tuple[str, bytes]] = ()
) -> tuple[ProcessDeclaration | None, list[Fault]]:
    """The declaration, or everything in its own file that can't run.

    `beside` are the files in which a called process may be; faults of theirs are named in their own turn.
    """
    model, faults = check_file(own[1])
    if model is None or faults:
        return None, faults
    if process not in {scope.id for scope in model.processes}:
        scope = model.processes[0]
        zh, en = f"文件应以流程编号命名：{scope.id}", f"the file must be named after its process: {scope.id}"
        return None, [fault("process-name", scope.line, scope.id, zh, en)]
    used, missing = _called(model, dict(beside))
    if missing:
        return None, [advised(model, each) for each in missing]
    files = tuple((name, _text(content)) for name, content in (own, *used))
    title = model.scopes[process].name or process
    declared = ProcessDeclaration(
        process=process, title=Words(zh=title, en=model.scopes[process].en), files=files
    )
    try:
        compiled(declared)
    except Exception as error:  # noqa: BLE001 - whatever the engine can't take is named, never a crash
        return None, [_not_built(model, process, error)]
    return declared, []


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def calls(content: bytes) -> bool:
    """Whether a file may call another process, in whatever encoding it stands."""
    return any("callActivity".encode(name) in content for name in _ENCODINGS)


@dataclass(frozen=True)
class Looked:
    """A file by itself, before any pack has it: what can't run, and the processes that do."""

    faults: list[Fault]
    runs: list[str]


def look_at(content: bytes, beside: Iterable[tuple[str, bytes]] = ()) -> Looked:
    """Everything in a file that can't run, and its processes that the engine takes as they stand; never raises."""
    model, faults = check_file(content)
    if model is None:
        return Looked(faults, [])
    used, missing = _called(model, dict(beside))
    faults = [*faults, *(advised(model, each) for each in missing)]
    read = [check_file(other)[0] for _, other in used]
    others = {scope.id: other for other in read if other is not None for scope in other.processes}
    runs = []
    for process in running(model, faults):
        try:
            build(model, process, others)
        except Exception as error:  # noqa: BLE001 - whatever the engine can't take is named, never a crash
            faults.append(advised(model, _not_built(model, process, error)))
        else:
            runs.append(process)
    return Looked(sorted(faults, key=lambda each: (each.line, each.element, each.rule)), runs)


def _not_built(model: Model, process: str, error: Exception) -> Fault:
    zh, en = f"流程无法建立：{error}", f"the process can't be built: {error}"
    return fault("process-not-built", model.scopes[process].line, process, zh, en)


def _called(model: Model, beside: dict[str, bytes]) -> tuple[list[tuple[str, bytes]], list[Fault]]:
    used: dict[str, bytes] = {}
    faults: list[Fault] = []
    have, pending = {scope.id for scope in model.processes}, list(_calls(model))
    while pending:
        called, line, element = pending.pop()
        if called in have:
            continue
        found = next(
            ((name, content) for name, content in beside.items() if called in _sound(content, called)), None
        )
        if found is None:
            faults.append(
                fault(
                    "called-unknown",
                    line,
                    element,
                    f"{element}：没有可以运行的流程 {called}",
                    f"{element}: there is no process {called} that can run",
                )
            )
            continue
        used[found[0]] = found[1]
        other = check_file(found[1])[0]
        assert other is not None
        have |= {scope.id for scope in other.processes}
        pending += [(name, line, element) for name, _, _ in _calls(other)]
    return sorted(used.items()), faults


def _calls(model: Model) -> Iterator[tuple[str, int, str]]:
    for node in model.nodes.values():
        if node.kind == "callActivity" and node.attributes.get("calledElement"):
            yield node.attributes["calledElement"].rpartition(":")[2], node.line, node.id


def _sound(content: bytes, called: str) -> set[str]:
    if called.isascii() and not any(called.encode(name) in content for name in _ENCODINGS):
        return set()
    model, faults = check_file(content)
    return {scope.id for scope in model.processes} if model is not None and not faults else set()


def models(declared: ProcessDeclaration) -> tuple[Model, dict[str, Model]]:
    """The own file's model, and those of the others by process."""
    read = [check_file(base64.b64decode(text))[0] for _, text in declared.files]
    own, *others = [each for each in read if each is not None]
    return own, {scope.id: other for other in others for scope in other.processes}


def start_of(declared: ProcessDeclaration) -> Node:
    """The event by which the process begins."""
    own, _ = models(declared)
    return next(node for node in own.inside(declared.process) if node.kind == "startEvent")


def compiled(declared: ProcessDeclaration) -> Built:
    """The declaration ready to run."""
    own, others = models(declared)
    return build(own, declared.process, others)
