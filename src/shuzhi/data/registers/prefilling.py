"""What a register knows of a person, for a form that the person fills in (字段复用); fills the port of support.forms."""

from __future__ import annotations

from datetime import datetime

from django.db import DatabaseError, transaction

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.registers import queries
from shuzhi.data.registers.errors import NoSuchRegister, NoSuchScheme
from shuzhi.data.registers.policies import policy_of
from shuzhi.data.registers.types import GoldenRecord, RegisterDeclaration
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.data_policy import Channel, Reader, decide
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms.errors import RegisterDown
from shuzhi.support.forms.prefilling import Found, Source


def look_up(
    *, register: str, scheme: str, value: str, latest: str | None, by: Actor, own: bool, at: datetime
) -> Found | None:
    """The record that an identifier names; of several the one with the greatest value of `latest`.

    Whoever asks for themselves is shown what the register says of them. A clerk is given what the register's policy
    gives clerks in clear: a masked value is no answer to a question.

    Raises:
        RegisterDown: it is not there, was never built, or the database does not answer.
    """
    try:
        with transaction.atomic():
            summary = queries.register_summary(register)
            if summary.built_at is None:
                raise RegisterDown(register=register)
            records = queries.find_all(register, scheme, value)
    except (NoSuchRegister, NoSuchScheme, DatabaseError) as error:
        raise RegisterDown(register=register) from error
    if not records:
        return None
    record = max(records, key=lambda each: each.values.get(latest) or "") if latest else records[0]
    names = set(record.values) if own else _clear(summary.declaration, record, by, at)
    values = {name: each for name, each in record.values.items() if name in names}
    return Found(values, {name: _source(record, name, summary.declaration) for name in values})


def _clear(declared: RegisterDeclaration, record: GoldenRecord, by: Actor, at: datetime) -> set[str]:
    decision = decide(policy_of(declared), Reader(by), Channel.PAGE, at)
    if not decision.rows.admits(record.values):
        return set()
    return {name for name in record.values if decision.is_clear(name)}


def _source(record: GoldenRecord, name: str, declared: RegisterDeclaration) -> Source:
    origin = record.provenance.get(name)
    owner = declared.owner
    if origin is not None:
        owner = next((each.owner for each in catalog.entries(ids=[origin.dataset])), owner)
    title = organization.office_titles().get(owner, Words(zh=owner, en=owner))
    day = day_of(origin.at) if origin and origin.at else day_of(record.updated_at)
    return Source(title, origin.batch if origin else "", day)
