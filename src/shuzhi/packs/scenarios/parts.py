"""`scenarios/*.yaml` as a part of a pack: its checks need no node."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.verbs import Verb
from shuzhi.packs.faults import finding
from shuzhi.packs.scenarios.expressions import RESULT, faults_of, is_expression, is_name, says_nothing
from shuzhi.packs.scenarios.types import RESIDENT, ScenarioDeclaration, Step
from shuzhi.packs.systems import systems
from shuzhi.pillars.security.types import Role

Scenario = Declaration[ScenarioDeclaration]
Fault = tuple[tuple[str | int, ...], str, str, str]
"""Where in the file, the rule, and the message in both languages."""


def install_scenario(declaration: Scenario, installation: Installation) -> None:
    """Nothing is installed: a scenario is run by `shuzhi packs verify`, elsewhere."""
    del declaration, installation


def check_scenarios(declarations: Sequence[Scenario], known: Known) -> Iterable[Finding]:
    """Verbs that rooms have, ids that packs declare, actors that exist, expressions that can be worked out."""
    from shuzhi.packs.engines import (
        verbs,
    )  # the verbs' rooms import what this part's own module must not wait for

    for declaration in declarations:
        for path, rule, zh, en in _faults(declaration, verbs(), known):
            yield finding(declaration.file, declaration.line(*path), rule, zh, en)


def _faults(declaration: Scenario, verbs: Mapping[str, Verb], known: Known) -> Iterator[Fault]:
    scenario = declaration.value
    for index, system in enumerate(scenario.systems):
        if system not in systems():
            yield (
                ("systems", index), "system-unknown", f"系统清单里没有 {system}", f"the table of systems has no {system}",
            )  # fmt: skip
    kept: list[str] = []
    for place, step in scenario.placed:
        yield from _actor(place, step, known)
        yield from _verb(place, step, verbs, known)
        yield from _asked_early(place, step, verbs, known, declaration.file.parents[1])
        yield from _expressions(place, step, kept)
        if step.keep:
            yield from _keep((*place, "keep"), step.keep)
            kept.append(step.keep)
    if not any(step.expect for step in scenario.then):
        yield ("then",), "nothing-expected", "then 里没有任何预期", "nothing is expected under then"


def _asked_early(
    place: tuple[str, int], step: Step, verbs: Mapping[str, Verb], known: Known, folder: Path
) -> Iterator[Fault]:
    """What the verb's own room finds in it without a node."""
    verb = verbs.get(step.verb or "")
    if verb is not None and verb.check is not None and isinstance(step.arguments, dict):
        for said in verb.check(step.arguments, known, folder):
            yield (
                (*place, verb.name),
                "verb-arguments",
                f"“{verb.name}”：{said.zh}",
                f"“{verb.name}”: {said.en}",
            )


def _keep(place: tuple[str | int, ...], name: str) -> Iterator[Fault]:
    """A name can be written in an expression, and has no other meaning there."""
    if name in (*RESULT, "today"):
        yield place, "keep-name", f"“{name}”是保留的名字", f"“{name}” has a meaning already"
    elif not is_name(name):
        yield place, "keep-name", f"“{name}”不能在表达式里当名字", f"“{name}” is no name in an expression"


def _actor(place: tuple[str, int], step: Step, known: Known) -> Iterator[Fault]:
    if (step.by or "").startswith(RESIDENT):
        return
    office, _, role = (step.by or "").partition("/")
    if role and not known.has("offices", office):
        yield (*place, "as"), "actor-unknown", f"没有部门 {office}", f"there is no office {office}"
    if role == Role.SYSTEM:
        zh, en = "平台进程不属于任何部门，写 platform", "the platform sits in no office: write platform"
        yield (*place, "as"), "role-unknown", zh, en
    if role and role not in set(Role):
        words = "、".join(Role), ", ".join(Role)
        yield (
            (*place, "as"), "role-unknown", f"没有角色 {role}；可用：{words[0]}", f"there is no role {role}; there are: {words[1]}",
        )  # fmt: skip


def _verb(place: tuple[str, int], step: Step, verbs: Mapping[str, Verb], known: Known) -> Iterator[Fault]:
    if step.refused and step.refused not in refusals():
        yield (
            (*place, "refused"), "refusal-unknown", f"平台没有这种拒绝：{step.refused}", f"the platform has no refusal {step.refused}",
        )  # fmt: skip
    if step.verb is None:
        return
    verb = verbs.get(step.verb)
    if verb is None:
        near = difflib.get_close_matches(step.verb, verbs, n=1)
        zh, en = (f"，是否想写“{near[0]}”", f"; did you mean “{near[0]}”?") if near else ("", "")
        yield (
            (*place, step.verb), "verb-unknown", f"没有动作“{step.verb}”{zh}", f"there is no verb “{step.verb}”{en}",
        )  # fmt: skip
        return
    if place[0] == "then" and not verb.looks:
        yield (
            (*place, verb.name), "then-acts", f"then 里只能查看，“{verb.name}”会改变数据", f"only what looks stands under then; “{verb.name}” acts",
        )  # fmt: skip
    yield from _arguments((*place, verb.name), verb, step.arguments)
    yield from _names((*place, verb.name), verb, step.arguments, known)


def _arguments(place: tuple[str | int, ...], verb: Verb, arguments: Any) -> Iterator[Fault]:
    try:
        verb.says.model_validate(arguments)
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            if is_expression(fault["input"]):
                continue  # known only when it is worked out
            where = ".".join(str(part) for part in fault["loc"])
            yield (
                (*place, *fault["loc"]), "verb-arguments",
                f"“{verb.name}”的 {where} 不对：{'缺少这一项' if fault['type'] == 'missing' else fault['msg']}",
                f"“{verb.name}” {where}: {fault['msg']}",
            )  # fmt: skip


def _names(place: tuple[str | int, ...], verb: Verb, arguments: Any, known: Known) -> Iterator[Fault]:
    for argument, folder in verb.names.items():
        name = arguments.get(argument) if isinstance(arguments, dict) else None
        if isinstance(name, str) and not is_expression(name) and not known.has(folder, name):
            yield (
                (*place, argument), "scenario-names", f"没有任何应用包声明 {folder}/{name}", f"no pack declares {folder}/{name}",
            )  # fmt: skip


def _expressions(place: tuple[str, int], step: Step, kept: list[str]) -> Iterator[Fault]:
    known = [*kept, *([step.keep] if step.keep else [])]
    for index, text in enumerate(step.expect):
        for fault in faults_of(text, known):
            yield (
                (*place, "expect", index),
                "feel",
                f"表达式有误：{fault.zh}",
                f"the expression is wrong: {fault.en}",
            )
        if says_nothing(text, known):
            zh, en = f"“{text}”不看任何结果", f"“{text}” looks at nothing that a step gave"
            yield (*place, "expect", index), "expects-nothing", zh, en
    for path, text in _worked_out(step.said, ()):
        for fault in faults_of(text, kept):
            yield (*place, *path), "feel", f"表达式有误：{fault.zh}", f"the expression is wrong: {fault.en}"


def _worked_out(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _worked_out(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _worked_out(item, (*path, index))
    elif is_expression(value):
        yield path, value[1:]


def refusals() -> frozenset[str]:
    """The codes of every refusal that the platform can make."""
    found, waiting = {PlatformError}, [PlatformError]
    while waiting:
        more = set(waiting.pop().__subclasses__()) - found
        found |= more
        waiting += more
    return frozenset(each.code for each in found)


SCENARIOS = Part(
    folder="scenarios",
    schema=ScenarioDeclaration,
    key="scenario",
    install=install_scenario,
    check=check_scenarios,
    beside=(".csv", ".xlsx", ".json"),
    local=True,
)
