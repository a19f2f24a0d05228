from __future__ import annotations

from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import models
from shuzhi.pillars.organization.errors import NoNode
from shuzhi.pillars.organization.types import NodeDeclaration, Office, Post, Tier
from shuzhi.pillars.security.types import Role


def offices() -> list[Office]:
    """Every office of this node, by id."""
    return [_value(row) for row in models.Office.objects.order_by("id")]


def office_titles() -> dict[str, Words]:
    """Titles by office id, for pages that name many offices with one query."""
    return {office.id: office.title for office in offices()}


def office_title(office: str) -> Words | None:
    """An office's title, or None where there is no such office."""
    row = prepared.found(models.Office, office)
    return Words(zh=row.title_zh, en=row.title_en) if row else None


def this_node() -> NodeDeclaration:
    """The government that this installation serves.

    Raises:
        NoNode: no installed pack declares one.
    """
    row = models.Node.objects.order_by("id").first()
    if row is None:
        raise NoNode
    return NodeDeclaration.model_validate(row.declared)


def office(office_id: str) -> Office | None:
    """One office, or None."""
    row = models.Office.objects.filter(id=office_id).first()
    return _value(row) if row else None


def posts(*, role: Role) -> list[Post]:
    """The posts that give a role, by office."""
    rows = models.Post.objects.filter(role=role.value).select_related("office").order_by("office_id", "slug")
    return [
        Post(
            office=row.office_id,
            division=row.office.division,
            slug=row.slug,
            title=Words(zh=row.title_zh, en=row.title_en),
            role=Role(row.role),
            duties=Words(zh=row.duties_zh, en=row.duties_en),
        )
        for row in rows
    ]


def _value(row: models.Office) -> Office:
    return Office(
        id=row.id,
        title=Words(zh=row.title_zh, en=row.title_en),
        division=row.division,
        tier=Tier(row.tier),
    )
