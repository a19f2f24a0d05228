"""Whom a dossier waits for (办理人): one definition for the inbox's index and for the refusal.

A dossier in a state waits for *seats* such as `office:market-regulation:data_officer`; an actor holds
seats; where the two meet, the actor may act. Stored as an array with an index, an inbox is one query.
"""

from __future__ import annotations

from collections.abc import Iterable

from shuzhi.pillars.security.types import PUBLIC, ROLE_TITLES, Actor, Role
from shuzhi.support.workflow.types import Action, LoopDeclaration, Who

ANYBODY = "anybody"


def seats_of(action: Action, *, office: str, requester: str | None) -> frozenset[str]:
    """The seats that may take an action on a dossier of this office and requester."""
    who, roles = action.by.who, action.by.roles
    if who is Who.OFFICE:
        return side(office, roles)
    if who is Who.REQUESTER:
        return side(requester, roles) if requester else frozenset()
    if who is Who.BUREAU:
        return frozenset({_role(Role.BUREAU)})
    return frozenset(_role(role) for role in roles) or frozenset({ANYBODY})


def awaited(loop: LoopDeclaration, state: str, *, office: str, requester: str | None) -> list[str]:
    """Every seat that a dossier in this state waits for; empty where nobody is waited for."""
    actions = [action for action in loop.actions_from(state) if not action.optional]
    return sorted(
        {seat for action in actions for seat in seats_of(action, office=office, requester=requester)}
    )


def held_by(actor: Actor) -> list[str]:
    """The seats an actor holds.

    A process of the platform holds only the seat `role:system`: it acts where a loop says so and nowhere
    else, so that no program ever approves in an office's name.
    """
    if actor == PUBLIC:
        return []
    if actor.has(Role.SYSTEM):
        return [_role(Role.SYSTEM)]
    sides = [each for each in (actor.office, actor.name) if each]
    seats = {seat for each in sides for seat in (*side(each, actor.roles), *side(each, ()))}
    if actor.has(Role.RESIDENT):  # takes part in what is their own, in nothing that waits for staff
        return sorted(seats)
    return sorted(seats | {_role(role) for role in actor.roles} | {ANYBODY})


def may(action: Action, *, office: str, requester: str | None, by: Actor) -> bool:
    """Whether this actor may take this action."""
    return not seats_of(action, office=office, requester=requester).isdisjoint(held_by(by))


def side(office: str, roles: Iterable[Role]) -> frozenset[str]:
    """The seats of these roles in an office, or that of everyone there; an account is an office of one."""
    return frozenset(f"office:{office}:{role}" for role in roles) or frozenset({f"office:{office}:*"})


def _role(role: Role) -> str:
    return f"role:{role}"


def described(action: Action, *, office: str, requester: str | None) -> tuple[str, str]:
    """Whose step it is, in words for a refusal: Chinese, English."""
    roles_zh = "、".join(ROLE_TITLES[role].zh for role in action.by.roles)
    roles_en = " or ".join(ROLE_TITLES[role].en for role in action.by.roles)
    sides = {
        Who.OFFICE: (f"承办部门（{office}）", f"the handling office ({office})"),
        Who.REQUESTER: (f"申请方（{requester}）", f"the requester ({requester})"),
        Who.BUREAU: ("大数据局", "the data bureau"),
        Who.ANY: ("", ""),
    }
    zh, en = sides[action.by.who]
    return f"{zh}{roles_zh}" or "在册人员", ", ".join(
        part for part in (en, roles_en) if part
    ) or "a person with an account"
