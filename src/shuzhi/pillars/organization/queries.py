from __future__ import annotations

from shuzhi.foundation.database.kept import Kept
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import models
from shuzhi.pillars.organization.errors import NoNode
from shuzhi.pillars.organization.types import NodeDeclaration, Office, Post, Tier
from shuzhi.pillars.security.types import Role


def offices() -> list[Office]:
    """Every office of this node, by id."""
    return _OFFICES.some("ORDER BY id", [])


def office_titles() -> dict[str, Words]:
    """Titles by office id, for pages that name many offices with one query."""
    return {office.id: office.title for office in offices()}


def office_title(office: str) -> Words | None:
    """An office's title, or None where there is no such office."""
    found = _OFFICES.found(office)
    return found.title if found else None


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
    return _OFFICES.found(office_id)


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


_OFFICES = Kept(models.Office, _value)
