"""A process as a pack declares it (流程定义): its file, the files of those that it calls, and a hash of all."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.words import Words
from shuzhi.support.workflow.processes.building import Built, build
from shuzhi.support.workflow.processes.checking import check_file
from shuzhi.support.workflow.processes.model import Model, Node
from shuzhi.support.workflow.processes.reading import Fault
from shuzhi.support.workflow.processes.wording import fault


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
        return None, missing
    files = tuple((name, _text(content)) for name, content in (own, *used))
    title = model.scopes[process].name or process
    declared = ProcessDeclaration(
        process=process, title=Words(zh=title, en=model.scopes[process].en), files=files
    )
    try:
        compiled(declared)
    except Exception as error:  # noqa: BLE001 - whatever the engine can't take is named, never a crash
        zh, en = f"流程无法建立：{error}", f"the process can't be built: {error}"
        return None, [fault("process-not-built", model.scopes[process].line, process, zh, en)]
    return declared, []


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _called(model: Model, beside: dict[str, bytes]) -> tuple[list[tuple[str, bytes]], list[Fault]]:
    used: dict[str, bytes] = {}
    faults: list[Fault] = []
    have, pending = set(model.scopes), list(_calls(model))
    while pending:
        called, line, element = pending.pop()
        if called in have:
            continue
        naming = ((name, content) for name, content in beside.items() if called.encode() in content)
        found = next(((name, content) for name, content in naming if called in _sound(content)), None)
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


def _sound(content: bytes) -> set[str]:
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
