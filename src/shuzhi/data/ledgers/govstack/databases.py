"""Operations on databases: schemas and their versions."""

from __future__ import annotations

from typing import Any

from shuzhi.data.ledgers import queries, services
from shuzhi.data.ledgers.govstack import documents
from shuzhi.support.mediator.calling import Asked
from shuzhi.support.mediator.errors import BadInput

READ, MANAGE = "registries.read", "registries.manage"
GROUP = {"id": 1, "name": "Shuzhi", "code": "SHUZHI", "order": 1}


def read(asked: Asked, number: str) -> dict[str, Any]:
    """A database with its schema."""
    found = queries.database(_number(number))
    asked.require(READ, found.ledger.code)
    return documents.database(found)


def delete(asked: Asked, number: str) -> str:
    """A version of a schema taken out of use."""
    found = queries.database(_number(number))
    asked.require(MANAGE, found.ledger.code)
    services.end_database(database=found.id, by=asked.client.actor, at=asked.at)
    return "Success"


def modify(asked: Asked) -> dict[str, Any]:
    """A schema kept: a new ledger, or the next version of one."""
    body = asked.body()
    code, schema = body.get("code"), body.get("schema")
    catalog = body.get("catalogName", body.get("catalog_name", ""))
    group = body.get("groupName", body.get("group_name", ""))
    if not isinstance(code, str) or not isinstance(schema, dict):
        raise BadInput(problem="Invalid payload, code and schema not provided")
    if not isinstance(catalog, str) or not isinstance(group, str):
        raise BadInput(problem="Invalid payload, groupName and catalogName are texts")
    asked.require(MANAGE, code)
    kept = services.keep_schema(
        code=code, name=catalog, catalog=group, schema=schema, office=asked.client.office, by=asked.client.actor,
        at=asked.at,
    )  # fmt: skip
    return kept.schema


def list_(asked: Asked) -> dict[str, Any]:
    """Every database that the caller may read, as the one group of this node."""
    found = [each for each in queries.databases() if asked.client.may(READ, each.ledger.code)]
    return {**GROUP, "databases": [documents.database(each) for each in found]}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):  # noqa: PLR2004
        raise BadInput(problem="Invalid ID supplied")
    return int(text)
