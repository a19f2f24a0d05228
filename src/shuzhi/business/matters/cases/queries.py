"""Reads of cases: one, one's own, and lists that stay fast however many there are.

Lists go on from a line (keyset), never by counting; whoever wants figures asks `figures`, which reads days.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import judging, listing, numbers, standing
from shuzhi.business.matters.cases.errors import NoSuchCase
from shuzhi.business.matters.cases.figures import across_nodes, figures, handled_on_one_network
from shuzhi.business.matters.cases.reading import case_of, file_of, line_of, step_of
from shuzhi.business.matters.cases.types import (
    AssessedFee,
    CameFile,
    Case,
    CaseLine,
    CaseStep,
    Crossed,
    State,
)
from shuzhi.business.matters.library import queries as library
from shuzhi.data.exchange import queries as nodes
from shuzhi.data.exchange.errors import NoSuchInterface, NoSuchPeer
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.database import prepared
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.identity import queries as identity
from shuzhi.support.payments import queries as orders
from shuzhi.support.payments.types import LIVE, Order

__all__ = [
    "Page",
    "across_nodes",
    "assessed_fee",
    "assessed_fees",
    "came_files",
    "case",
    "cases",
    "crossing",
    "explanation",
    "fee_to_pay",
    "fees",
    "fees_to_pay",
    "figures",
    "handled_on_one_network",
    "history",
    "is_case",
    "needs_file",
    "own_case",
    "own_cases",
    "part_of",
    "staff_case",
    "submitted_case",
]

PAGE = 50
_HEAVY = ("answers", "choices", "verdict")


@dataclass(frozen=True)
class Page:
    """Some cases, and the marks from which the lists before and behind them go on; empty where there are none."""

    lines: tuple[CaseLine, ...]
    following: str = ""


def case(number: str, *, at: datetime) -> Case:
    """One case, as the platform sees it.

    Raises:
        NoSuchCase: there is none of this number.
    """
    return _value(_row(number), at)


def submitted_case(submission: str, *, at: datetime) -> Case | None:
    """The case that a submitted form began, as the platform sees it; None where it began none."""
    row = models.Case.objects.filter(submission=submission).order_by("id").first() if submission else None
    return _value(row, at) if row else None


def own_case(number: str, *, by: Actor, at: datetime) -> Case:
    """A case of one's own.

    Raises:
        NoSuchCase: there is none of this number, or it is somebody else's.
    """
    row = _row(number)
    if row.agent != by.name and not standing.is_own(row.applicant, row.scheme, row.holder, by=by):
        raise NoSuchCase(case=number[:40])
    return _value(row, at)


def staff_case(number: str, *, by: Actor, at: datetime) -> Case:
    """A case as clerks of its office read it; the bureau sees it too.

    Raises:
        NoSuchCase: there is none of this number.
        Forbidden: it is another office's.
    """
    row = _row(number)
    policy.require("matters.see", by=by, office=row.office)
    return _value(row, at)


def own_cases(*, by: Actor, at: datetime, most: int = 100) -> list[Case]:
    """Whatever somebody asked for, or was asked for in their name, the newest first."""
    found = {row.id: row for row in _light().filter(applicant=by.name).order_by("-id")[:most]}
    for scheme, holder in identity.proofs(by.name).items():
        found |= {row.id: row for row in _light().filter(scheme=scheme, holder=holder).order_by("-id")[:most]}
    titles = _titles({row.matter for row in found.values()})
    rows = sorted(found.values(), key=lambda row: -row.id)[:most]
    return [case_of(row, titles.get(row.matter, Words(zh=row.matter, en=row.matter)), at=at) for row in rows]


def cases(
    *,
    by: Actor,
    at: datetime,
    office: str = "",
    matter: str = "",
    state: State | None = None,
    waiting: bool = False,
    number: str = "",
    after: str = "",
    most: int = PAGE,
) -> Page:
    """A page of cases: what waits by its deadline, or all of them, the newest first; `after` is the mark of a page before.

    Clerks see those of their office; the bureau, leaders and administrators those of all, or of one.

    Raises:
        Forbidden: the actor reads no cases.
    """
    policy.require("matters.read", by=by)
    reach = office if sees_all(by) else (by.office or "")
    if number:
        rows = _numbered(number, reach, matter, state, waiting=waiting)
    else:
        behind = listing.behind_mark(after, waiting=waiting)
        rows = _in_order(listing.found(listing.Wanted(reach, matter, state, waiting, behind), most + 1))
    lines = tuple(line_of(row, at=at) for row in rows[:most])
    return Page(lines, _mark(rows[most - 1], waiting=waiting) if len(rows) > most else "")


def sees_all(by: Actor) -> bool:
    """Whether somebody reads the lists of every office."""
    return by.has(Role.BUREAU, Role.LEADER, Role.ADMINISTRATOR, Role.SYSTEM)


def history(number: str) -> list[CaseStep]:
    """What happened to a case, in its order."""
    row = _row(number)
    return [step_of(step) for step in models.CaseStep.objects.filter(case_id=row.id).order_by("seq")]


def crossing(number: str) -> Crossed | None:
    """Where a case is handled by another node, and how that stands; None for a case of this node."""
    row = models.Crossing.objects.filter(case_id=_row(number).id).first()
    if row is None:
        return None
    node = row.node
    with suppress(NoSuchInterface):
        route = nodes.interface(row.interface).declaration.route
        node = node or (route.node if route else "")
    title = Words(zh=node, en=node)
    with suppress(NoSuchPeer):
        title = nodes.peer(node).declaration.title
    waits = Words(zh=row.problem["zh"], en=row.problem["en"]) if row.problem else None
    coming = row.messages[row.arrived] if row.arrived < len(row.messages) else {}
    pieces = sum(file["pieces"] for file in coming.get("files", ()))
    return Crossed(
        node, title, row.number, row.arrived, len(row.messages), waits, row.result, row.pieces, pieces
    )


def came_files(number: str) -> list[CameFile]:
    """The files that came with a case from another node, in the order in which they came."""
    rows = models.CaseFile.objects.filter(case_id=_row(number).id).order_by("id")
    return [file_of(row) for row in rows]


def is_case(number: str) -> bool:
    """Whether there is a case of this number."""
    try:
        return bool(_row(number))
    except NoSuchCase:
        return False


def needs_file(sha256: str) -> bool:
    """Whether a case holds this file."""
    return models.CaseFile.objects.filter(sha256=sha256, erased_at=None).exists()


def fees(number: str) -> list[Order]:
    """What the applicant was asked to pay for a case, in the order in which its fees were worked out."""
    found = orders.orders_about(f"case/{number}")
    if not found:
        return []
    kept = (
        models.Assessed.objects.filter(case_id=_row(number).id).order_by("id").values_list("part", flat=True)
    )
    place = {part: at for at, part in enumerate(kept)}
    return sorted(found, key=lambda each: place.get(part_of(each), -1))


def fees_to_pay(number: str) -> list[Order]:
    """The orders that wait to be paid."""
    return [each for each in fees(number) if each.state in LIVE]


def fee_to_pay(number: str) -> Order | None:
    """The first order that waits to be paid."""
    return next(iter(fees_to_pay(number)), None)


def assessed_fees(number: str) -> list[AssessedFee]:
    """What a case costs as it was worked out, its own fee first, then those of a journey's parts."""
    row = _row(number)
    released = dict(models.LetOff.objects.filter(case_id=row.id).values_list("part", "why"))
    return [
        _assessed_of(each, released.get(each.part))
        for each in models.Assessed.objects.filter(case_id=row.id).order_by("id")
    ]


def assessed_fee(order: Order) -> AssessedFee | None:
    """How the amount of an order came about, where it is a case's fee."""
    part, number = part_of(order), order.subject.removeprefix("case/")
    if not order.key.startswith(f"case/{number}/fee/") or numbers.read(number) is None:
        return None
    return next((each for each in assessed_fees(number) if each.part == part), None)


def part_of(order: Order) -> str:
    """The part of a journey that an order is for; empty for the case's own."""
    return order.key.removeprefix(f"{order.subject}/fee/").rpartition("/")[0]


def _assessed_of(row: models.Assessed, released: str | None) -> AssessedFee:
    return AssessedFee(
        row.part, Words(zh=row.title["zh"], en=row.title["en"]), row.office, row.fen, row.because,
        tuple(judging.explanation(row.document)), row.refunded, released, row.at,
    )  # fmt: skip


def explanation(number: str) -> list[Words]:
    """Why a rule decided a case as it did, line by line."""
    return judging.explanation(_row(number).verdict)


def _numbered(
    number: str, office: str, matter: str, state: State | None, *, waiting: bool
) -> Sequence[models.Case]:
    """The case of a number, where it is one of those that are asked for."""
    read = numbers.read(number)
    asked = {"office": office, "matter": matter, "state": state.value if state else ""}
    rows = _light().filter(id=read[1] if read else 0, **{name: each for name, each in asked.items() if each})
    return list(rows.filter(closed_at=None) if waiting else rows)


def _in_order(found: list[int]) -> Sequence[models.Case]:
    rows = _light().in_bulk(found)
    return [rows[each] for each in found if each in rows]


def _mark(row: models.Case, *, waiting: bool) -> str:
    return f"{row.rank_at.isoformat()}~{row.id}" if waiting else str(row.id)


def _light() -> QuerySet[models.Case]:
    return models.Case.objects.defer(*_HEAVY)


def _row(number: str) -> models.Case:
    found = numbers.read(number)
    row = prepared.found(models.Case, found[1]) if found else None
    if row is None or found is None or f"{day_of(row.opened_at):%Y%m%d}" != found[0]:
        raise NoSuchCase(case=number[:40])
    return row


def _value(row: models.Case, at: datetime) -> Case:
    titles = _titles({row.matter})
    return case_of(row, titles.get(row.matter, Words(zh=row.matter, en=row.matter)), at=at)


def _titles(matters: set[str]) -> dict[str, Words]:
    return {each.id: each.declaration.title for each in library.matters(ids=matters)}
