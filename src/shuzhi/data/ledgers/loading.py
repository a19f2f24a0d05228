"""Samples (样例导入): ledgers, records and earlier uses of a file, as the contract's test deployments have them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime

from shuzhi.data.ledgers import models, schemas
from shuzhi.data.ledgers.services import new_database
from shuzhi.data.ledgers.types import Loaded
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor

NO_FIELDS = {"uuid", "PersonalData", "personalData"}


@transaction.atomic
def load_samples(*, samples: Mapping[str, Any], office: str, by: Actor, at: datetime) -> Loaded:
    """Bring the ledgers of a file in the form of the building block's `test-data.json`; what is there already stays.

    Raises:
        Forbidden: the actor is no administrator.
    """
    policy.require("ledgers.load", by=by)
    databases = records = uses = 0
    for group, told in _databases(samples):
        databases += _load_database(group, told, office, by, at)
    for told in _registries(samples):
        added = _load_records(told, office, by, at)
        databases, records, uses = databases + added[0], records + added[1], uses + added[2]
    audit.record(
        "ledgers.samples_loaded", target="ledgers", by=by, at=at, databases=databases, records=records
    )
    return Loaded(databases, records, uses)


def _databases(samples: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for group in samples.get("databases") or samples.get("databaseAPI") or []:
        if isinstance(group, dict):
            yield from ((group, each) for each in group.get("databases", []) if isinstance(each, dict))


def _registries(samples: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    told = samples.get("registries") or samples.get("dataAPI") or []
    yield from (each for each in (told if isinstance(told, list) else [told]) if isinstance(each, dict))


def _load_database(
    group: Mapping[str, Any], told: Mapping[str, Any], office: str, by: Actor, at: datetime
) -> int:
    schema = told.get("schema") or {}
    schemas.check_schema(schema)
    code = str(told.get("name") or group.get("code"))
    of = _ledger(code, str(group.get("name") or code), office, at)
    facts = {_camel(name): value for name, value in told.items() if name not in {"id", "schema", "version"}}
    _, made = models.Database.objects.get_or_create(
        id=int(told["id"]),
        defaults={
            "ledger": of,
            "version": str(told.get("version") or "1.0")[:30],
            "schema": schema,
            "facts": facts,
            "by": by.name,
            "changed_at": at,
        },
    )
    return int(made)


def _load_records(told: Mapping[str, Any], office: str, by: Actor, at: datetime) -> tuple[int, int, int]:
    code = str(told.get("registryName") or told.get("registryname"))
    version = str(told.get("versionNumber") or told.get("versionnumber") or "1.0")
    given = [each for each in told.get("records", []) if isinstance(each, dict)]
    names = list(dict.fromkeys(name for each in given for name in each if name not in NO_FIELDS))
    schema = told.get("schema") or {
        "type": "object",
        "properties": {name: {"type": "string"} for name in names},
    }
    of = _ledger(code, code, office, at)
    called = str(told.get("databaseId") or told.get("databaseID") or code)
    known = models.Database.objects.filter(ledger=of, version=version).first()
    database = known or new_database(
        ledger=of, version=version, schema=schema, facts={"name": called}, by=by.name, changed_at=at
    )
    records = uses = 0
    for each in given:
        added = _load_record(database, each, by, at)
        records, uses = records + added[0], uses + added[1]
    return int(known is None), records, uses


def _load_record(
    database: models.Database, told: Mapping[str, Any], by: Actor, at: datetime
) -> tuple[int, int]:
    content = {name: value for name, value in told.items() if name not in NO_FIELDS}
    known = models.Record.objects.filter(ledger=database.ledger, ended_at=None)
    name = str(told.get("uuid") or uuid.uuid4())[:60]
    key = str(content.get(schemas.key_field(database.schema)[0]) or name)[:200]
    if known.filter(uuid=name, key=key).exists():
        return 0, 0
    row = models.Record.objects.create(
        ledger=database.ledger, uuid=name, key=key, content=content, made_at=at, changed_at=at
    )
    models.Change.objects.create(record=row, seq=1, after=content, by=by.name, member="", at=at)
    noted = [
        _use(database.ledger, key, each, at)
        for each in told.get("PersonalData") or told.get("personalData") or []
    ]
    models.Use.objects.bulk_create(noted)
    return 1, len(noted)


def _use(of: models.Ledger, person: str, told: Mapping[str, Any], at: datetime) -> models.Use:
    said = {name.casefold(): value for name, value in told.items()}
    references = [
        next(iter(each.values()), "") for each in said.get("refrences") or [] if isinstance(each, dict)
    ]
    return models.Use(
        ledger=of,
        person=person,
        number=str(said.get("id", ""))[:60],
        reader=str(said.get("readerid", ""))[:250],
        initials=str(said.get("readerinitials", ""))[:20],
        institution=str(said.get("readerinstitutionid", ""))[:200],
        institution_name=str(said.get("readerinstitutionname", ""))[:200],
        application=str(said.get("readerapplicationname", ""))[:200],
        references=references,
        at=parse_datetime(str(said.get("searchdatetime", ""))) or at,
    )


def _ledger(code: str, name: str, office: str, at: datetime) -> models.Ledger:
    facts = {"name": name[:200], "office": office, "made_at": at}
    return models.Ledger.objects.get_or_create(code=code[:100], defaults=facts)[0]


def _camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), name)
