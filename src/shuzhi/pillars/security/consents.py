"""Consents in force (生效的授权): what the data policy's `consent` asks for, row by row, wherever values leave.

The rooms that keep consents, with who gave them and how, put them in force and end them here, in their own
transactions; every way out asks here, the gateway by SQL in the statement that reads the record. Nothing is
remembered between two questions, so that a consent that ended is asked for in vain by the very next one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from shuzhi.pillars.security import models
from shuzhi.pillars.security.data_policy import DataPolicy, Needs, needs_of
from shuzhi.pillars.security.types import Actor

LOCK = 7_231_009  # with a hash of the office: copies are given out and consents end one after the other
AT_ONCE = 1_000


@dataclass(frozen=True)
class InForce:
    """A consent as it is put in force. `value` is the person's or firm's identifier in `scheme`."""

    reference: str
    topic: str
    scheme: str
    value: str
    office: str
    purpose: str
    fields: tuple[str, ...]
    since: datetime
    until: datetime


# (office, topics, at): what is done with copies when a consent ended, in its transaction.
Follower = Callable[[str, frozenset[str], datetime], None]
_followers: list[Follower] = []


def follow_ends(follower: Follower) -> None:
    """Call this function whenever consents end, in that transaction: rooms that keep copies take them back."""
    if follower not in _followers:
        _followers.append(follower)


def spelt(value: object) -> str:
    """An identifier as it is compared: small letters and spaces don't matter."""
    return "" if value is None else str(value).strip().upper()


def agreed_rows(
    rows: Iterable[Mapping[str, Any]], *, policy: DataPolicy, actor: Actor, at: datetime
) -> Iterator[dict[str, Any]]:
    """The rows that may leave for the reader's office and purpose; values without consent are none.

    Rows are asked for in chunks as they come: a consent that ends meanwhile holds for the chunks after it.
    """
    needs = needs_of(policy)
    coming = iter(rows)
    while chunk := list(islice(coming, AT_ONCE)):
        if needs is None:
            yield from map(dict, chunk)
            continue
        found = _found(needs, {spelt(row.get(needs.field)) for row in chunk} - {""}, actor, at)
        for row in chunk:
            agreed = found.get(spelt(row.get(needs.field)), {})
            if needs.whole is None or needs.whole in agreed:
                yield {name: value if _given(needs, name, agreed) else None for name, value in row.items()}


def _given(needs: Needs, name: str, agreed: Mapping[str, set[str]]) -> bool:
    """An amount's currency and text go with the amount."""
    field = name.partition("__")[0]
    return all(field in agreed.get(topic, ()) for topic in needs.of(field))


def _found(
    needs: Needs, values: Iterable[str], actor: Actor, at: datetime
) -> Mapping[str, Mapping[str, set[str]]]:
    """Identifier → topic → the fields that are agreed to."""
    agreed: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    held = models.Consent.objects.filter(
        scheme=needs.scheme,
        value__in=sorted(values),
        topic__in=sorted(needs.topics),
        office=actor.office,
        purpose=actor.purpose,
        since__lte=at,
        until__gt=at,
    )
    for value, topic, fields in held.values_list("value", "topic", "fields"):
        agreed[value][topic].update(fields)
    return agreed


@transaction.atomic
def put_in_force(consent: InForce) -> None:
    """From the commit on this consent is found. One of the same reference is replaced."""
    models.Consent.objects.update_or_create(
        reference=consent.reference,
        defaults={
            "topic": consent.topic,
            "scheme": consent.scheme,
            "value": spelt(consent.value),
            "office": consent.office,
            "purpose": consent.purpose.strip(),
            "fields": list(consent.fields),
            "since": consent.since,
            "until": consent.until,
        },
    )


@transaction.atomic
def end(references: Sequence[str], *, at: datetime) -> int:
    """From the commit on these consents are not found, and copies made by them are not given out; how many there were."""
    held = models.Consent.objects.select_for_update().filter(reference__in=references)
    ended: dict[str, set[str]] = defaultdict(set)
    for office, topic in held.order_by("id").values_list("office", "topic"):
        ended[office].add(topic)
    count, _ = models.Consent.objects.filter(reference__in=references).delete()
    for office, topics in sorted(ended.items()):
        lock_copies(office)
        for topic in sorted(topics):
            models.ConsentEnd.objects.update_or_create(topic=topic, office=office, defaults={"ended_at": at})
        for follower in _followers:
            follower(office, frozenset(topics), at)
    return count


def lock_copies(office: str) -> None:
    """Until the transaction ends no consent for this office ends, and no copy for it is settled elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCK, office])


def ended_since(office: str, topics: Iterable[str], at: datetime) -> bool:
    """Whether a consent of these topics ended for this office at or after a moment."""
    return models.ConsentEnd.objects.filter(office=office, topic__in=list(topics), ended_at__gte=at).exists()


def first_end(office: str, topics: Iterable[str], at: datetime) -> datetime | None:
    """When the first of the consents that hold now will have run out."""
    held = models.Consent.objects.filter(office=office, topic__in=list(topics), since__lte=at, until__gt=at)
    return held.order_by("until").values_list("until", flat=True).first()
