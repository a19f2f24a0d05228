"""Accepting messages (受理): worded, addressed and kept in one transaction; nothing here waits for a network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.messages import addressing, models, queries, timing, waking
from shuzhi.support.messages.errors import FactMissing, NoSuchHook
from shuzhi.support.messages.types import PLACE, Channel, Message, State, TemplateDeclaration

MOST_TEXT = 200_000
_WRITE = """
INSERT INTO notices_message (template, recipient, title, text, short, key, at, request)
VALUES (%s, %s, %s, %s, %s, %s, %s, '')
ON CONFLICT (template, key) DO NOTHING RETURNING id
"""


@transaction.atomic
def send(
    *, template: str, to: str, facts: Mapping[str, Any], by: Actor, at: datetime, key: str | None = None
) -> Message:
    """Accept a message to an account (`account/…` or its name), a person's or firm's number, a telephone or mail address.

    The same `key` again gives the message that was accepted for it; nothing is sent twice.

    Raises:
        NoSuchTemplate, FactMissing: as they say.
        Unreachable: none of the template's channels reaches the recipient.
        Forbidden: the actor may not send messages.
    """
    policy.require("messages.send", by=by)
    declared = queries.template(template)
    told = {name: _told(template, name, facts) for name in declared.fields}
    recipient, ways = addressing.ways(declared, to)
    row = models.Message(
        template=template, recipient=recipient, key=key, at=at,
        title=_filled(declared.title, told), text=_filled(declared.text, told),
        short=_filled(declared.short, told) if declared.short else None,
    )  # fmt: skip
    if not _is_new(row):
        return queries.sent_for(template, key or "") or queries.message_of(row, ())
    ends = str(told[declared.unsubscribe]) if declared.unsubscribe else ""
    made = _address(row, ways, urgent=declared.urgent, ends=ends, at=at)
    audit.record(
        "messages.accepted",
        target=f"message/{row.id}",
        by=by,
        at=at,
        subjects=addressing.references(recipient),
        template=template,
        channels=[way.channel.value for way in ways],
    )
    return queries.message_of(row, made)


@transaction.atomic
def send_mail(
    *, request: models.Request, mails: Sequence[Mapping[str, str]], callback: str, by: Actor, at: datetime
) -> None:
    """Accept mail that another system has worded itself; every mail is {to, cc, bcc, title, text, reply_to, sender}."""
    rows = [
        models.Message(
            template="", recipient=f"mail/{each['to']}"[:120], at=at, request=request.id,
            title={"zh": each["title"], "en": ""}, text={"zh": each["text"][:MOST_TEXT], "en": ""},
        )
        for each in mails
    ]  # fmt: skip
    models.Message.objects.bulk_create(rows)
    extra = ("cc", "bcc", "reply_to", "sender", "name")
    models.Delivery.objects.bulk_create(
        models.Delivery(
            message=row, channel=Channel.MAIL, address=each["to"], lane=addressing.lane(Channel.MAIL, each["to"]),
            payload={name: each[name] for name in extra if each.get(name)}, state=State.ACCEPTED, not_before=at,
            changed_at=at,
        )
        for row, each in zip(rows, mails, strict=True)
    )  # fmt: skip
    if callback:
        _tell_callback(request, callback, at)
    audit.record(
        "messages.mail_accepted",
        target=f"request/{request.id}",
        by=by,
        at=at,
        count=len(rows),
        callback=bool(callback),
    )
    waking.wake_on_commit(at)


@transaction.atomic
def tell(
    *, hook: str, event: str, facts: Mapping[str, Any], by: Actor, at: datetime, key: str | None = None
) -> int:
    """Tell another system by a signed callback; gives the message's number.

    Raises:
        NoSuchHook: none of this name is admitted.
        Forbidden: the actor may not send messages.
    """
    policy.require("messages.send", by=by)
    found = models.Hook.objects.filter(id=hook[:60], ended_at=None).first()
    if found is None:
        raise NoSuchHook(hook=hook[:60])
    if key is not None and (earlier := queries.sent_for(event, key)):
        return earlier.id
    title = {"zh": event, "en": event}
    row = models.Message.objects.create(
        template=event[:60], recipient=f"hook/{hook}", title=title, text=title, key=key, at=at
    )
    models.Delivery.objects.create(
        message=row, channel=Channel.HOOK, address=found.url, lane=addressing.lane(Channel.HOOK, found.url),
        payload={"hook": hook, "event": event, "facts": dict(facts)}, state=State.ACCEPTED, not_before=at, changed_at=at,
    )  # fmt: skip
    audit.record("messages.told", target=f"message/{row.id}", by=by, at=at, hook=hook, event=event)
    waking.wake_on_commit(at)
    return row.id


@transaction.atomic
def install_template(*, declaration: TemplateDeclaration, pack: str, by: Actor, at: datetime) -> None:
    """Make a template what its pack says; messages that were accepted stay as they were worded."""
    declared = declaration.model_dump(mode="json")
    models.Template.objects.update_or_create(
        id=declaration.message, defaults={"declared": declared, "pack": pack, "is_active": True}
    )
    audit.record(
        "messages.template_installed", target=f"template/{declaration.message}", by=by, at=at, pack=pack
    )


def _address(
    row: models.Message, ways: Sequence[addressing.Way], *, urgent: bool, ends: str, at: datetime
) -> list[models.Delivery]:
    made = [
        models.Delivery(
            message=row,
            channel=way.channel,
            address=way.address,
            lane=addressing.lane(way.channel, way.address),
            state=State.DELIVERED if way.channel is Channel.IN_APP else State.ACCEPTED,
            not_before=timing.earliest(way.channel, at, urgent=urgent),
            changed_at=at,
            payload={"unsubscribe": ends} if ends and way.channel is Channel.MAIL else {},
        )
        for way in ways
    ]
    models.Delivery.objects.bulk_create(made)
    if any(way.channel is not Channel.IN_APP for way in ways):
        waking.wake_on_commit(at)
    return made


def _is_new(row: models.Message) -> bool:
    """Write a message unless one was accepted for its key; one statement, this is done hundreds of times a second."""
    short = None if row.short is None else json.dumps(row.short)
    values = [
        row.template,
        row.recipient,
        json.dumps(row.title),
        json.dumps(row.text),
        short,
        row.key,
        row.at,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        found = cursor.fetchone()
    row.id = found[0] if found else 0
    return found is not None


def _tell_callback(request: models.Request, url: str, at: datetime) -> None:
    title = {"zh": "mail.accepted", "en": "mail.accepted"}
    row = models.Message.objects.create(
        template="mail.accepted", recipient=f"client/{request.client_id}", title=title, text=title, at=at
    )
    models.Delivery.objects.create(
        message=row, channel=Channel.HOOK, address=url[:500], lane=addressing.lane(Channel.HOOK, url),
        payload={"event": "mail.accepted", "facts": {"requestUid": request.id, "count": request.count}},
        state=State.ACCEPTED, not_before=at, changed_at=at,
    )  # fmt: skip


def _told(template: str, name: str, facts: Mapping[str, Any]) -> Words | str:
    value = facts.get(name)
    if value is None or value == "":
        raise FactMissing(template=template, field=name)
    return value if isinstance(value, Words) else str(value)


def _filled(words: Words, told: Mapping[str, Words | str]) -> dict[str, str]:
    """A text in both languages; line breaks in a fact become blanks, so that none adds a header or a line."""

    def put(text: str, language: str) -> str:
        def one(found: Any) -> str:
            value = told[found[1]]
            return " ".join((value.said(language) if isinstance(value, Words) else value).split())

        return PLACE.sub(one, text)

    return {"zh": put(words.zh, "zh"), "en": put(words.en, "en")}
