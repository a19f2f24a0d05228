from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, Q

from shuzhi.business.incidents import models
from shuzhi.business.incidents.errors import CodeWrong, NoSuchDesk, NoSuchRequest, TooManyTries
from shuzhi.business.incidents.types import Channel, DeskDeclaration, Request
from shuzhi.support.ratings import queries as ratings
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow.types import Dossier, Step

PAGE = 50
MOST_TRIES = 10


def desks() -> list[DeskDeclaration]:
    """The desks of the node by id."""
    rows = models.Desk.objects.filter(is_active=True).order_by("id")
    return [DeskDeclaration.model_validate(row.declared) for row in rows]


def desk(name: str) -> DeskDeclaration:
    """One desk.

    Raises:
        NoSuchDesk: no pack declares it.
    """
    row = models.Desk.objects.filter(id=name, is_active=True).first()
    if row is None:
        raise NoSuchDesk(desk=name)
    return DeskDeclaration.model_validate(row.declared)


def request(number: str) -> Request:
    """One request.

    Raises:
        NoSuchRequest: there is none of this number.
    """
    row = _rows().filter(number=number).first()
    if row is None:
        raise NoSuchRequest(number=number[:30])
    return request_of(row, is_rated=True)


def of_dossier(dossier: int) -> Request | None:
    """The request that a dossier is about."""
    row = _rows().filter(dossier=dossier).first()
    return None if row is None else request_of(row)


def requests(name: str, *, office: str | None = None, text: str = "", page: int = 1) -> list[Request]:
    """Requests of a desk, the newest first; of one office's, where it is named."""
    rows = _asked(name, office, text).order_by("-id")
    return [request_of(row) for row in rows[(page - 1) * PAGE : page * PAGE]]


def count_requests(name: str, *, office: str | None = None, text: str = "") -> int:
    """How many there are."""
    return int(_asked(name, office, text).count())


def status(number: str, code: str) -> tuple[Request, Dossier, list[Step]]:
    """Where a request stands, for whoever has its number and code; of a merged one, where the matter stands.

    Raises:
        CodeWrong: they don't belong together; an unknown number is answered the same.
        TooManyTries: wrong codes were tried too often.
    """
    row = _rows().filter(number=number).first()
    if row is None:
        raise CodeWrong
    if row.tries >= MOST_TRIES:
        raise TooManyTries
    if not hmac.compare_digest(row.code_digest, digest_of(number, code)):
        models.Request.objects.filter(id=row.id).update(tries=F("tries") + 1)
        raise CodeWrong
    head = row.merged_into or row
    dossier = workflow.dossier(head.dossier or 0)
    return request_of(row), dossier, workflow.history(dossier.id)


def digest_of(number: str, code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(f"{number}:{code.strip()}".encode()).hexdigest()


def dossiers_of(day: date) -> list[tuple[models.Request, Dossier]]:
    """Every request that has a dossier, with it: for indicators, up to a day."""
    rows = list(
        models.Request.objects.filter(dossier__isnull=False, received_at__date__lte=day).order_by("id")
    )
    found = {}
    for start in range(0, len(rows), 1000):
        numbers = [row.dossier for row in rows[start : start + 1000] if row.dossier]
        found.update({one.id: one for one in workflow.dossiers(ids=numbers, size=max(len(numbers), 1))})
    return [(row, found[row.dossier]) for row in rows if row.dossier in found]


def verified(day: date) -> tuple[set[int], set[int]]:
    """Dossiers whose caller was asked, and of these the solved ones."""
    rows = models.Request.objects.filter(
        received_at__date__lte=day, is_solved__isnull=False, dossier__isnull=False
    )
    told = [(number, solved) for number, solved in rows.values_list("dossier", "is_solved") if number]
    return {number for number, _ in told}, {number for number, is_solved in told if is_solved}


def desk_of_dossier(dossier: int) -> str | None:
    """The office of the desk that took in what a dossier is about; None of every other dossier."""
    name = models.Request.objects.filter(dossier=dossier).values_list("desk", flat=True).first()
    return desk(name).office if name else None


def loops_of_desks() -> list[str]:
    """The loops in which the desks' requests are handled."""
    return sorted({one.loop for one in desks()})


def masked(caller: str) -> str:
    """A caller as staff reads it: the first three and last two digits."""
    return f"{caller[:3]}{'*' * max(len(caller) - 5, 3)}{caller[-2:]}" if caller else ""


def request_of(row: models.Request, *, is_rated: bool = False) -> Request:
    """A row as other rooms see it; what it was rated is asked for one at a time, not for lists."""
    mark = ratings.recorded_rating(f"dossier/{row.dossier}") if is_rated and row.dossier else None
    return Request(
        number=row.number or "", desk=row.desk, channel=Channel(row.channel), caller=masked(row.caller),
        is_anonymous=not row.caller, subject=row.subject, said=row.said, place=row.place, category=row.category,
        urgency=row.urgency, office=row.office, dossier=row.dossier,
        merged_into=row.merged_into.number if row.merged_into else None, others=getattr(row, "count", 0),
        returns=row.returns, reopenings=row.reopenings, received_at=row.received_at, answered_at=row.answered_at,
        is_solved=row.is_solved, satisfaction=mark.score if mark else None,
    )  # fmt: skip


def known_origins(origins: Iterable[str]) -> set[str]:
    """Which of these rows are requests already."""
    rows = models.Request.objects.filter(origin__in=list(origins))
    return {str(origin) for origin in rows.values_list("origin", flat=True)}


def _rows() -> Any:
    return models.Request.objects.select_related("merged_into").annotate(count=Count("others"))


def _asked(name: str, office: str | None, text: str) -> Any:
    rows = _rows().filter(desk=name)
    rows = rows.filter(office=office) if office else rows
    text = text.strip()
    return rows.filter(Q(number=text) | Q(subject__contains=text)) if text else rows
