"""FEEL over situations: a question or a material holds, does not, or hangs on a question that is still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from shuzhi.business.matters.errors import ChoiceUnknown
from shuzhi.business.matters.types import MatterDeclaration, Situation
from shuzhi.support.decisions.feel import nodes
from shuzhi.support.decisions.feel.compile import Compiled, compile_expression
from shuzhi.support.decisions.feel.errors import FeelSyntaxError, LimitExceeded
from shuzhi.support.decisions.feel.names import Names
from shuzhi.support.decisions.feel.parser import parse_expression
from shuzhi.support.decisions.feel.scope import Limits, Scope
from shuzhi.support.decisions.feel.values import from_python

LIMITS = Limits(steps=20_000, depth=40, items=1_000, characters=20_000, problems=20)


@lru_cache(maxsize=8192)
def _compiled(text: str, names: tuple[str, ...]) -> tuple[Compiled, frozenset[str]]:
    tree = parse_expression(text, names=Names.of(names))
    asked = frozenset(each.name for each in nodes.walk(tree) if isinstance(each, nodes.Name))
    return compile_expression(tree), asked & frozenset(names)


def names_of(matter: MatterDeclaration) -> tuple[str, ...]:
    """What a matter's expressions may speak of: its situations."""
    return tuple(each.id for each in matter.situations)


def expressions(matter: MatterDeclaration) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every FEEL text of a matter with its place."""
    for at, situation in enumerate(matter.situations):
        if situation.when:
            yield ("situations", at, "when"), situation.when
    for at, material in enumerate(matter.materials):
        if material.when:
            yield ("materials", at, "when"), material.when


def faults(matter: MatterDeclaration) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with its expressions: no FEEL, or names that are no situations of it."""
    names = names_of(matter)
    for place, text in expressions(matter):
        try:
            tree = parse_expression(text, names=Names.of(names))
            compile_expression(tree)
        except (FeelSyntaxError, LimitExceeded) as error:
            yield place, str(error)
            continue
        spoken = {each.name for each in nodes.walk(tree) if isinstance(each, nodes.Name)}
        if unknown := sorted(spoken - set(names)):
            yield place, ", ".join(unknown)


def holds(text: str, matter: MatterDeclaration, chosen: Mapping[str, str]) -> bool | None:
    """Whether an expression holds; None while it hangs on a question that nobody has answered."""
    if not text:
        return True
    compiled, asked = _compiled(text, names_of(matter))
    given = {name: chosen.get(name) for name in names_of(matter)}
    value = compiled(Scope(given, limits=LIMITS))
    if all(name in chosen for name in asked):
        return value is True
    alike = {
        compiled(Scope({**given, **guess}, limits=LIMITS)) is True
        for guess in _guesses(matter, asked, chosen)
    }
    return alike.pop() if len(alike) == 1 else None


def _guesses(
    matter: MatterDeclaration, asked: Iterable[str], chosen: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Every way in which the open questions might be answered, as long as they are few."""
    unanswered = [each for each in matter.situations if each.id in set(asked) - set(chosen)]
    ways: list[dict[str, str]] = [{}]
    for situation in unanswered:
        ways = [{**way, situation.id: choice.id} for way in ways for choice in situation.choices][:MOST_WAYS]
    yield from ways


MOST_WAYS = 400


def checked(matter: MatterDeclaration, chosen: Mapping[str, str]) -> dict[str, str]:
    """The choices of somebody, of questions that are asked in their situation.

    Raises:
        ChoiceUnknown: a question or one of its answers does not exist.
    """
    for name, choice in chosen.items():
        found = matter.situation(name)
        if found is None or all(each.id != choice for each in found.choices):
            raise ChoiceUnknown(situation=name[:40], choice=choice[:40])
    kept: dict[str, str] = {}
    for situation in matter.situations:
        if situation.id in chosen and holds(situation.when, matter, kept):
            kept[situation.id] = chosen[situation.id]
    return kept


def asked(matter: MatterDeclaration, chosen: Mapping[str, str]) -> tuple[Situation, ...]:
    """The questions to be asked of somebody who has chosen this so far."""
    return tuple(each for each in matter.situations if holds(each.when, matter, chosen))


def is_part(name: str, journey: MatterDeclaration, facts: Mapping[str, Any]) -> bool:
    """Whether somebody who answered so needs a part of a journey."""
    text = journey.journey_when.get(name, "")
    if not text:
        return True
    given = {key: from_python(value) for key, value in facts.items()}
    return _compiled(text, tuple(sorted(given)))[0](Scope(given, limits=LIMITS)) is True


def part_faults(matter: MatterDeclaration) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with the conditions of a journey's parts: no FEEL."""
    for name, text in matter.journey_when.items():
        try:
            compile_expression(parse_expression(text, names=Names.of(names_of(matter))))
        except (FeelSyntaxError, LimitExceeded) as error:
            yield ("journey_when", name), str(error)
