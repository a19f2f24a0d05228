from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db.models import Count, Q

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor
from shuzhi.support.messages import addressing, models
from shuzhi.support.messages.errors import NoSuchTemplate
from shuzhi.support.messages.masking import masked
from shuzhi.support.messages.types import Channel, Delivery, Message, State, TemplateDeclaration

PAGE = 50


def template(name: str) -> TemplateDeclaration:
    """One template.

    Raises:
        NoSuchTemplate: none of this name is in use.
    """
    row = models.Template.objects.filter(id=name[:60], is_active=True).first()
    if row is None:
        raise NoSuchTemplate(template=name[:60])
    return _parsed(json.dumps(row.declared))


@lru_cache(maxsize=512)
def _parsed(declared: str) -> TemplateDeclaration:
    return TemplateDeclaration.model_validate_json(declared)


def message(number: int) -> Message:
    """One message with its deliveries."""
    return message_of(models.Message.objects.get(id=number))


def sent_for(template: str, key: str) -> Message | None:
    """The message that was accepted for a key."""
    row = models.Message.objects.filter(template=template, key=key).first()
    return None if row is None else message_of(row)


def inbox(by: Actor, *, first: int = 0) -> tuple[list[Message], int]:
    """A page of somebody's own messages, the newest first, and how many are unread."""
    rows = models.Message.objects.filter(recipient__in=addressing.own_names(by))
    rows = rows.filter(delivery__channel=Channel.IN_APP)
    page = list(rows.order_by("-at", "-id")[first : first + PAGE])
    return [message_of(row, ()) for row in page], rows.filter(read_at=None).count()


def sent_to(to: str) -> list[Message]:
    """The last messages to a recipient, the newest first: what an office has told somebody."""
    rows = models.Message.objects.filter(recipient=addressing.recipient_of(to))
    return [message_of(row) for row in rows.order_by("-at", "-id")[:PAGE]]


def contact(by: Actor) -> tuple[str, str, set[str]]:
    """Mail address, telephone number and declined channels of somebody's own account."""
    row = models.Contact.objects.filter(recipient=by.name).first()
    return (row.mail, row.phone, set(row.declined)) if row else ("", "", set())


def states(*, request: str) -> dict[str, int]:
    """How many mails of a request are in each state, as the contract of GovStack calls them."""
    rows = models.Delivery.objects.filter(message__request=request)
    counted = dict(rows.values_list("state").annotate(count=Count("id")).order_by())
    refused = rows.filter(state=State.GIVEN_UP, reference="refused").count()
    return {
        "scheduled": counted.get(State.ACCEPTED, 0),
        "processing": counted.get(State.SENT, 0),
        "deferred": counted.get(State.FAILED, 0),
        "bounced": refused,
        "notSent": counted.get(State.GIVEN_UP, 0) - refused,
        "delivered": counted.get(State.DELIVERED, 0),
    }


def waiting(*, at: datetime) -> dict[str, int]:
    """How many deliveries are due, by lane."""
    due = models.Delivery.objects.filter(state__in=[State.ACCEPTED, State.FAILED], not_before__lte=at)
    return dict(due.values_list("lane").annotate(count=Count("id")).order_by())


def due_lanes(*, at: datetime, without: Iterable[str]) -> list[str]:
    """Lanes with something due that are not being served and do not rest."""
    resting = models.Lane.objects.filter(not_before__gt=at).values("id")
    due = models.Delivery.objects.filter(
        Q(not_before__lte=at), state__in=[State.ACCEPTED, State.FAILED]
    ).exclude(lane__in=resting)
    return list(
        due.exclude(lane__in=list(without)).order_by("lane").values_list("lane", flat=True).distinct()
    )


def message_of(row: models.Message, deliveries: Iterable[models.Delivery] | None = None) -> Message:
    """A message as it stands."""
    rows = row.delivery_set.order_by("id") if deliveries is None else deliveries
    return Message(
        id=row.id,
        template=row.template,
        recipient=row.recipient,
        title=Words(**row.title),
        text=Words(**row.text),
        at=row.at,
        read_at=row.read_at,
        deliveries=tuple(_delivery(each) for each in rows),
    )


def _delivery(row: models.Delivery) -> Delivery:
    return Delivery(
        channel=Channel(row.channel),
        to=masked(row.address),
        state=State(row.state),
        attempts=row.attempts,
        problem=row.problem,
        changed_at=row.changed_at,
    )
