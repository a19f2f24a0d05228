"""What waits for a seat (待办索引): the first items by their due days, and how many, however many there are.

Every seat's items stand in the order of their due days, so the first of several seats are the first of each, merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from django.db.models.expressions import RawSQL

from shuzhi.foundation.database import prepared
from shuzhi.support.workflow.types import InboxLoad

Kind = Literal["dossier", "task"]

_FIRST = """
SELECT nearest.item FROM (
    SELECT DISTINCT one.due_on, one.item
    FROM unnest(%s::text[]) AS held (seat)
    CROSS JOIN LATERAL (
        SELECT due_on, item FROM workflow_seat
        WHERE workflow_seat.seat = held.seat AND kind = %s AND opened_at <= %s
        ORDER BY due_on, item LIMIT %s
    ) AS one
) AS nearest
ORDER BY nearest.due_on, nearest.item LIMIT %s OFFSET %s
"""
_LOAD = """
SELECT count(*), count(*) FILTER (WHERE due_on < %s), count(*) FILTER (WHERE due_on = %s)
FROM (SELECT DISTINCT item, due_on FROM workflow_seat WHERE seat = ANY(%s) AND kind = %s AND opened_at <= %s) AS waiting
"""


def first(kind: Kind, *, seats: Sequence[str], at: datetime, skip: int, most: int) -> RawSQL:
    """The numbers of the most urgent items that wait for one of these seats, for `id__in`; the caller orders them."""
    return RawSQL(_FIRST, [list(seats), kind, at, skip + most, most, skip])  # noqa: S611 - a constant, with values beside it


def load(kind: Kind, *, seats: Sequence[str], today: date, at: datetime) -> InboxLoad:
    """How many items wait for one of these seats, and how many are late or due today."""
    return InboxLoad(*prepared.run(_LOAD, [today, today, list(seats), kind, at])[0])
