"""Sandbox keys (沙箱密钥): given at once, for made-up rows, on the same way as every other key."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.types import FieldType
from shuzhi.data.exchange import models, queries, streams
from shuzhi.data.exchange.errors import NoSandbox
from shuzhi.data.exchange.services.credentials import issue_credential
from shuzhi.data.exchange.synthesis import Shape, made_up_rows
from shuzhi.data.exchange.types import (
    Credential,
    InterfaceDeclaration,
    InterfaceStatus,
    SubscriptionStatus,
)
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers import sandbox
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

ROWS = 60
SEED = 20_260_101
DAYS = 90
MOST_CALLS = 2_000
PURPOSE, BASIS = "沙箱联调", "沙箱数据均为合成，不涉及真实数据"


@transaction.atomic
def issue_sandbox_key(
    *, interface: str, office: str, by: Actor, at: datetime, version: int | None = None
) -> Credential:
    """Give an office a key of an interface's sandbox (沙箱密钥); one it had for this version is refused from now on.

    Terms, masks, quota and refusals are the interface's. Rows are made up, answers and audit entries say so, nothing
    given back is taken in, and nothing is pushed.

    Raises:
        NoSuchInterface, NoSuchVersion: there is none.
        NoSandbox: the interface is not published.
        Forbidden: the actor does not speak for the office.
    """
    policy.require("exchange.sandbox", by=by, office=office)
    found = queries.interface(interface)
    if found.status is not InterfaceStatus.PUBLISHED:
        raise NoSandbox(interface=interface, reason="it is not published", reason_zh="接口未发布")
    declared = queries.version(found, version).declaration
    plant_sandbox(register=declared.register_, at=at)
    former = models.Subscription.objects.select_for_update().filter(
        interface=interface,
        office=office,
        sandbox=True,
        version=declared.version,
        status=SubscriptionStatus.GRANTED.value,
    )
    row = former.first() or models.Subscription(
        interface_id=interface, office=office, sandbox=True, version=declared.version, requested_at=at
    )
    row.purpose, row.basis = (declared.purposes or (PURPOSE,))[0], BASIS
    row.since, row.until = day_of(at), day_of(at) + timedelta(days=DAYS)
    row.daily_quota = min(MOST_CALLS, declared.daily_quota)
    row.fields = list(declared.fields) if declared.kind.delivers else []
    row.clearance, row.status = declared.clearance.value, SubscriptionStatus.GRANTED.value
    row.requested_by, row.granted_at, row.decided_at = by.name, at, at
    row.save()
    row.credentials.filter(revoked_at=None).update(revoked_at=at)
    streams.begin(row)
    streams.feed_streams(at=at)
    return issue_credential(row, by=by, at=at)


@transaction.atomic
def plant_sandbox(*, register: str, at: datetime) -> int:
    """Have made-up rows for a register, by its present declaration; returns how many there are."""
    declared = registers.declaration(register)
    shapes = shapes_of(declared)
    facts = [asdict(shape) for shape in shapes]
    digest = hashlib.sha256(json.dumps([facts, ROWS, SEED], sort_keys=True).encode()).hexdigest()
    row = models.Sandbox.objects.select_for_update().filter(register=register).first()
    if row is not None and row.digest == digest:
        return row.rows
    rows = list(made_up_rows(shapes, count=ROWS, seed=SEED))
    count = sandbox.plant_twin(declared, rows, mark=digest, at=at)
    models.Sandbox.objects.update_or_create(
        register=register, defaults={"digest": digest, "rows": count, "made_at": at}
    )
    audit.record(
        "exchange.sandbox_made",
        target=f"register/{register}",
        by=Actor("system/exchange", "平台"),
        at=at,
        rows=count,
        digest=digest,
    )
    return count


def shapes_of(declared: RegisterDeclaration) -> list[Shape]:
    """A register's fields with the types and standards that its data sets declare for them."""
    found: dict[str, tuple[FieldType, str | None]] = {}
    for source in declared.sources:
        try:
            entry = catalog.entry(source.dataset)
        except NoSuchDataSet:
            continue
        for name, field_id in source.fields.items():
            field = entry.schema_.field(field_id)
            found.setdefault(name, (field.type, field.standard))
    grouped, added = _asked_by(declared.id)
    return [
        Shape(
            id=field.id,
            title=field.name.zh,
            type=found.get(field.id, (FieldType.TEXT, None))[0],
            standard=field.standard or found.get(field.id, (FieldType.TEXT, None))[1],
            identifier=field.identifier,
            grouped=field.id in grouped or field.tally,
            added=field.id in added,
        )
        for field in declared.fields
    ]


def _asked_by(register: str) -> tuple[set[str], set[str]]:
    """The fields by which interfaces filter or group, and those that they add up."""
    grouped: set[str] = set()
    added: set[str] = set()
    rows = models.Interface.objects.filter(register=register).order_by("id")
    for text in rows.values_list("declared", flat=True):
        declared = InterfaceDeclaration.model_validate(text)
        grouped |= {*declared.by, *declared.group_by}
        added |= set(declared.sums)
    return grouped - added, added
