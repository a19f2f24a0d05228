"""Running a scenario: step by step, each by its actor, at its time, with the jobs that it leaves done at once."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import structlog

from shuzhi.foundation.clock import standing
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.parts import Declaration
from shuzhi.foundation.words import Words
from shuzhi.packs.engines import verbs
from shuzhi.packs.scenarios.expressions import filled, said, worked_out
from shuzhi.packs.scenarios.stage import Play
from shuzhi.packs.scenarios.types import Failure, Outcome, ScenarioDeclaration, Step
from shuzhi.packs.scenarios.working import work_off
from shuzhi.packs.types import Pack

log = structlog.get_logger(__name__)
Scenario = Declaration[ScenarioDeclaration]


class Unexpected(PlatformError):
    """{en}"""

    code = "packs.unexpected"
    zh = "{zh}"


def run_scenario(declaration: Scenario, *, pack: Pack, packs: list[Pack]) -> Outcome:
    """Run one scenario on the node at hand, which is taken to be blank but for the packs."""
    scenario, began = declaration.value, perf_counter()
    failure: Failure | None = None
    with TemporaryDirectory() as scratch:
        play = Play(pack=pack, packs=packs, at=scenario.begins_at, scratch=Path(scratch))
        for place, step in scenario.placed:
            try:
                take_step(play, step)
            except PlatformError as error:
                words = Words(zh=error.message_zh, en=str(error))
            except Exception as error:  # a scenario that breaks is a finding, the others go on
                log.exception("packs.scenario_broke", pack=pack.id, scenario=scenario.scenario)
                words = Words(zh=f"出错：{error!r}", en=f"broke: {error!r}")
            else:
                continue
            failure = Failure(file=str(declaration.file), line=declaration.line(*place), message=words)
            break
    return Outcome(
        pack=pack.id,
        scenario=scenario.scenario,
        title=scenario.title,
        systems=scenario.systems,
        steps=len(scenario.steps),
        seconds=perf_counter() - began,
        failure=failure,
    )


def take_step(play: Play, step: Step) -> None:
    """Do what a step says, then see whether what it expects holds.

    Raises:
        Unexpected: it was refused and should not be, was not and should be, or an expectation does not hold.
    """
    play.by = play.actor(step.by)
    if step.verb is not None:
        with standing(play.at):
            value, refusal = _done(play, step)
        _judge(step, refusal)
        play.keep(step.verb, step.keep, refusal.as_dict() if refusal else value)
    for text in step.expect:
        _expect(play, text)


def _done(play: Play, step: Step) -> tuple[Any, PlatformError | None]:
    assert step.verb is not None
    verb = verbs()[step.verb]
    asked = verb.says.model_validate(filled(step.arguments, play.kept, play.at))
    try:
        value = verb.run(asked, play)
    except PlatformError as error:
        return None, error
    if not verb.looks or step.verb in ("page", "api"):
        work_off(at=play.at)
    return value, None


def _judge(step: Step, refusal: PlatformError | None) -> None:
    if refusal is None and step.refused:
        raise Unexpected(
            zh=f"“{step.verb}”应被拒绝（{step.refused}），却成功了",
            en=f"“{step.verb}” should be refused ({step.refused}) and was not",
        )
    if refusal is not None and step.refused != refusal.code:
        raise Unexpected(
            zh=f"“{step.verb}”被拒绝（{refusal.code}）：{refusal.message_zh}",
            en=f"“{step.verb}” was refused ({refusal.code}): {refusal}",
        )


def _expect(play: Play, text: str) -> None:
    value, problems = worked_out(text, play.kept, play.at)
    if value is True:
        return
    why = f"（{'；'.join(problems)}）" if problems else ""
    found = said(play.kept.get("result"))
    raise Unexpected(
        zh=f"预期不成立：{text}{why}；结果是 {found}",
        en=f"this does not hold: {text}{why}; the result is {found}",
    )
