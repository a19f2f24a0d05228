"""An answer as the page says it: what came out, or why nothing did, and how it came about, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from shuzhi.foundation import words
from shuzhi.support.decisions.dmn.words import shown, step_lines
from shuzhi.support.decisions.queries import Answer, Status, reason
from shuzhi.terminals.design.types import Said, Words


@dataclass(frozen=True)
class ShownStep:
    """One decision on the way: its line, and below it what did not hold."""

    line: Words
    below: tuple[Words, ...]


@dataclass(frozen=True)
class Shown:
    """The answer in words; `tone` is that of the panel."""

    verdict: Words
    tone: str
    steps: tuple[ShownStep, ...]


TONES = {Status.VALUE: "success", Status.NOT_EVALUABLE: "warning", Status.ERROR: "danger"}


def shown_answer(answer: Answer) -> Shown:
    """An answer with its trace."""
    steps = answer.trace.steps if answer.trace else ()
    return Shown(_verdict(answer), TONES[answer.status], tuple(_step(step_lines(each)) for each in steps))


def _verdict(answer: Answer) -> Said:
    if answer.status is Status.VALUE:
        return Said(shown(answer.value, "zh"), shown(answer.value, "en"))
    why = reason(answer)
    return Said(why.zh.removeprefix(f"{answer.decision}："), why.en.removeprefix(f"{answer.decision}: "))


def _step(lines: list[words.Words]) -> ShownStep:
    first, *rest = (Said(each.zh.strip("　 "), each.en.strip()) for each in lines)
    return ShownStep(first, tuple(rest))
