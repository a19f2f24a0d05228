"""Whom a task of a process waits for (分派): office, post, division, and the load of those who could do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.types import Role
from shuzhi.support.decisions.feel import values as feel
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow import audience, models
from shuzhi.support.workflow.errors import ExpressionFailed
from shuzhi.support.workflow.processes.feel import value_of
from shuzhi.support.workflow.processes.model import Node

LONGEST_TITLE = 300
MOST_DAYS = 999


def offices_of(node: Node, case: models.ProcessCase, seen: Mapping[str, Any], at: datetime) -> list[str]:
    """The offices that a task is for: one by its name or an expression, or all of a division."""
    division = _said(node, "division", seen, at)
    if division:
        return sorted(each.id for each in organization.offices() if each.division == division)
    office = _said(node, "office", seen, at)
    if office == "requester":
        office = case.requester or ""
    return [office or case.office]


def roles_of(node: Node, offices: list[str]) -> tuple[Role, ...]:
    """The roles that a task asks for; a post is the role that it gives in the office."""
    roles = [Role(each) for each in node.own.get("roles", "").split()]
    post = node.own.get("post", "")
    if post:
        roles += [
            role
            for role in Role
            if any(each.slug == post and each.office in offices for each in organization.posts(role=role))
        ]
    return tuple(roles)


def seats(offices: list[str], roles: tuple[Role, ...]) -> list[str]:
    """The seats that may take the task; roles say who of an office, and a person's account is itself."""
    return sorted(
        {
            seat
            for office in offices
            for seat in audience.side(office, () if office.startswith("account/") else roles)
        }
    )


def least_loaded(offices: list[str], roles: tuple[Role, ...]) -> str | None:
    """The account of those offices and roles that holds the fewest open tasks; of equals the first by name."""
    people = sorted(
        {name for office in offices for name in identity.account_names(office=office, roles=roles)}
    )
    if not people:
        return None
    held = models.ProcessTask.objects.filter(is_open=True, holder__in=people).values_list("holder")
    load = dict(held.annotate(count=Count("id")).order_by())
    return min(people, key=lambda name: (load.get(name, 0), name))


def title_of(node: Node, seen: Mapping[str, Any], at: datetime) -> Words:
    """What the task is called: as drawn, or as its case says, one text or one in each language."""
    if not node.own.get("title"):
        return Words(zh=node.name or node.id, en=node.en)
    value, _ = value_of(node.own["title"], seen, at=at, element=node.id)
    known = feel.to_python(value)
    told = known if isinstance(known, Mapping) else {"zh": known}
    zh = str(told.get("zh") or node.name or node.id)[:LONGEST_TITLE]
    return Words(zh=zh, en=str(told.get("en") or zh)[:LONGEST_TITLE])


def days_of(node: Node, seen: Mapping[str, Any], at: datetime) -> int | None:
    """The working days that the task has: as drawn, or as its case says; None where it has no term.

    Raises:
        ExpressionFailed: what the case says is no number of days.
    """
    text = node.own.get("workingDays")
    if text is None or not text.startswith("="):
        return None if text is None else int(text)
    value, _ = value_of(text, seen, at=at, element=node.id)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Decimal) or not 0 <= value <= MOST_DAYS:
        said = feel.text_of(value)[:40]
        raise ExpressionFailed(
            element=node.id,
            text=text[:80],
            why=f"{said} is no number of working days",
            why_zh=f"{said} 不是工作日数",
        )
    return int(value)


def _said(node: Node, key: str, seen: Mapping[str, Any], at: datetime) -> str:
    text = node.own.get(key, "")
    if not text.startswith("="):
        return text
    value, _ = value_of(text, seen, at=at, element=node.id)
    return value if isinstance(value, str) else str(feel.to_python(value) or "")
