"""Taking a request in (受理): classified, merged with the same matter or opened, with a number and a code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from shuzhi.business.incidents import models, queries
from shuzhi.business.incidents.errors import CallerWrong, NothingSaid
from shuzhi.business.incidents.matching import classify, matter_of
from shuzhi.business.incidents.types import Channel, Classified, DeskDeclaration, RequestReceived, TakenIn
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.workflow import services as loops

NUMBER = re.compile(r"^\+?[0-9]{7,15}$")


@dataclass(frozen=True)
class Told:
    """What a caller said."""

    subject: str
    said: str = ""
    place: str = ""
    caller: str = ""


@transaction.atomic
def take_in(
    *, desk: str, channel: Channel, told: Told, code: str, by: Actor, at: datetime, origin: str | None = None
) -> TakenIn:
    """Take a request in. `code` is random, made at the edge; with it and the number its caller looks it up.

    Raises:
        NoSuchDesk, NothingSaid, CallerWrong: as they say.
        Forbidden: whoever takes in is not of the desk's office.
    """
    declared = queries.desk(desk)
    policy.require("incidents.take_in", by=by, office=declared.office)
    told = _tidy(told)
    matter = matter_of(subject=told.subject, said=told.said, place=told.place)
    same = _same(declared, matter, at)
    judged = classify(declared, subject=told.subject, said=told.said, place=told.place, at=at)
    row = models.Request(
        desk=desk, channel=channel, caller=told.caller, subject=told.subject, said=told.said, place=told.place,
        category=judged.category, urgency=judged.urgency, office=same.office if same else judged.office,
        origin=origin, matter=matter, received_at=at, code_digest="", merged_into=same,
    )  # fmt: skip
    if same is None:
        row.dossier = _open(declared, told, judged, at)
    row.save()
    row.number = f"{day_of(at):%Y%m%d}{row.id:08d}"
    row.code_digest = queries.digest_of(row.number, code)
    row.save(update_fields=["number", "code_digest"])
    audit.record(
        "incidents.taken_in", target=f"request/{row.number}", by=by, at=at, channel=channel.value,
        category=judged.category, merged=bool(same), anonymous=not told.caller,
    )  # fmt: skip
    publish(RequestReceived(row.number, desk, row.category, row.office, at), at=at)
    return TakenIn(queries.request(row.number), code)


def _tidy(told: Told) -> Told:
    subject, said = " ".join(told.subject.split()), told.said.strip()
    caller = re.sub(r"[\s-]", "", told.caller)
    if not subject and not said:
        raise NothingSaid
    if caller and not NUMBER.match(caller):
        raise CallerWrong
    return Told((subject or said)[:300], said[:20_000], " ".join(told.place.split())[:300], caller)


def _same(desk: DeskDeclaration, matter: str, at: datetime) -> models.Request | None:
    """The first request about the same matter in the desk's days, if it is still open."""
    if not desk.merge_days:
        return None
    since = at - timedelta(days=desk.merge_days)
    rows = models.Request.objects.filter(
        desk=desk.desk, matter=matter, merged_into=None, received_at__gte=since, is_solved=None
    )
    return rows.order_by("id").first()


def _open(desk: DeskDeclaration, told: Told, judged: Classified, at: datetime) -> int:
    """A dossier at the desk, with the office that the table proposes."""
    title = Words(
        zh=f"{judged.category}：{told.subject}"[:300], en=f"{judged.category}: {told.subject}"[:300]
    )
    opened = loops.open_dossier(
        loop=desk.loop, subject=f"desk/{desk.desk}", title=title, office=desk.office, requester=None,
        by=system("incidents"), at=at, working_days=judged.working_days,
        facts={"desk": desk.office, "handler": judged.office, "category": judged.category, "urgency": judged.urgency},
    )  # fmt: skip
    return opened.id
