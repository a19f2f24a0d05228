"""Whether what a task of a process names is there: its office, its service, the decision of its rules."""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.foundation.parts import Known
from shuzhi.support.decisions.queries import decisions_of
from shuzhi.support.workflow.processes import registry
from shuzhi.support.workflow.processes.model import Node

Fault = tuple[str, str, str]
"""The rule, and what is wrong in both languages."""
REQUESTER = "requester"
PEOPLE = frozenset({"userTask", "manualTask"})


def named_faults(node: Node, known: Known) -> Iterator[Fault]:
    """What a node names and nobody has."""
    office = node.own.get("office", "").strip()
    if office and office != REQUESTER and office[0] not in "=${" and not known.has("offices", office):
        yield (
            "process-office-unknown",
            f"{node.id}：没有部门 {office}",
            f"{node.id}: there is no office {office}",
        )
    service = node.own.get("service", "").strip()
    if node.kind == "serviceTask" and service and service not in registry.offered():
        there = "、".join(sorted(registry.offered())) or "—"
        zh = f"{node.id}：平台没有服务 {service}；现有：{there}"
        yield (
            "process-service-unknown",
            zh,
            f"{node.id}: no room offers the service {service}; there are: {there}",
        )
    if node.kind in PEOPLE and not node.name.strip():
        yield (
            "process-name-missing",
            f"{node.id} 没有名称，待办里看不懂",
            f"{node.id} has no name for the inbox",
        )
    yield from _decision(node, known)


def _decision(node: Node, known: Known) -> Iterator[Fault]:
    rules, decision = node.own.get("rules", ""), node.own.get("decision", "")
    declared = known.value("rules", rules) if rules and decision else None
    if declared is None:
        return
    there = decisions_of(declared)
    if decision not in there:
        said = "、".join(there)
        zh = f"{node.id}：{rules} 没有决策 {decision}；现有：{said}"
        yield (
            "process-decision-unknown",
            zh,
            f"{node.id}: {rules} has no decision {decision}; there are: {said}",
        )
