"""What a database and a use look like in the contract."""

from __future__ import annotations

from typing import Any

from shuzhi.data.ledgers.types import Database, Reader, Use
from shuzhi.support.mediator.calling import Asked

SERVICES = (
    "data-create", "data-exists", "data-read", "data-update", "data-update-entries", "data-update-or-create", "data-delete",
    "data-read-value", "data-list",
)  # fmt: skip
# Facts that a database may have come with, and what the contract has where it did not.
OTHERWISE: dict[str, Any] = {
    "description": "",
    "numberFormat": "{code}{indexNoByCode}",
    "schemaTags": [],
    "schemaFlags": [],
    "fieldsUniques": [],
    "isDraft": False,
    "isDisabled": False,
    "isArchived": False,
    "byUserAuthId": 0,
    "byOnBehalfOfUserAuthId": 0,
    "byOnBehalfOfUserName": "",
    "hasLogo": False,
}


def database(found: Database) -> dict[str, Any]:
    """A database with its schema."""
    services = [
        {"serviceId": number, "name": name, "isVisible": True, "usedCount": 0}
        for number, name in enumerate(SERVICES, 1)
    ]
    return {
        "id": found.id,
        "version": found.version,
        "name": found.facts.get("name", found.ledger.code),
        "institution": found.facts.get("institution", found.ledger.office),
        "schema": found.schema,
        "modifiedAt": found.changed_at.isoformat(),
        "byUserName": found.by,
        "genericServices": services,
        "dataIndexIncrement": found.ledger.counter,
        **{name: _or(found.facts.get(name), value) for name, value in OTHERWISE.items()},
    }


def use(told: Use) -> dict[str, Any]:
    """Who looked; `refrences` is the contract's spelling."""
    return {
        "id": told.id,
        "readerId": told.reader,
        "readerInitials": told.initials,
        "readerInstitutionId": told.institution,
        "readerInstitutionName": told.institution_name or told.institution,
        "readerApplicationName": told.application,
        "searchDateTime": told.at.isoformat(),
        "refrences": [{"ReferenceID": each} for each in told.references],
    }


def reader(asked: Asked) -> Reader:
    """The member of a call as the reader of records."""
    member = asked.member
    return Reader(member.address, member.institution, member.subsystem)


def _or(value: Any, otherwise: Any) -> Any:
    return value if type(value) is type(otherwise) else otherwise
