"""Operations on records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from shuzhi.data.ledgers import queries, schemas, services
from shuzhi.data.ledgers.errors import NoSuchField, NoSuchLedger, NoSuchRecord
from shuzhi.data.ledgers.govstack import documents
from shuzhi.data.ledgers.types import Database
from shuzhi.support.mediator.calling import Answer, Asked
from shuzhi.support.mediator.errors import BadInput

READ, WRITE = "registries.read", "registries.write"
PAGE, MOST = 200, 1000
FOUND = {True: "Object found from database", False: "Object not found from database"}
Told = dict[str, Any]


def list_(asked: Asked, code: str, version: str) -> Told:
    """A page of records. The contract knows no other answer: what is not there has none."""
    asked.require(READ, code)
    page, size = asked.number("page", 1, least=1, most=10**6), asked.number("pageSize", PAGE, least=1)
    size = min(size, MOST)
    try:
        found = queries.ledger(code, version)
    except NoSuchLedger:
        return {"count": 0, "results": []}
    exact = {
        name.removeprefix("query."): asked.query(name) or ""
        for name in asked.request.GET
        if name.startswith("query.")
    }
    told = queries.search(
        found,
        pattern=asked.query("search"),
        field=asked.query("filter"),
        exact=exact,
        order=asked.query("ordering") or "",
        page=page,
        size=size,
    )
    services.note_use(found=found, records=told.records, reader=documents.reader(asked), by=asked.client.actor, at=asked.at)  # fmt: skip
    answer: Told = {"count": told.count, "results": [each.content for each in told.records]}
    if page * size < told.count:
        answer["next"] = _page(asked, page + 1)
    if page > 1:
        answer["previous"] = _page(asked, page - 1)
    return answer


def _page(asked: Asked, number: int) -> str:
    said = {name: value for name, value in asked.request.GET.items() if name != "page"} | {
        "page": str(number)
    }
    return asked.request.build_absolute_uri(f"{asked.request.path}?{urlencode(said)}")


def create(asked: Asked, code: str, version: str) -> Told:
    """A new record."""
    found, content = _open(asked, WRITE, code, version), _content(asked.body(), "write")
    made = services.create_record(
        found=found, content=content, reader=documents.reader(asked), by=asked.client.actor, at=asked.at
    )
    return {"content": schemas.as_asked(made.content, content)}


def create_entries(asked: Asked, code: str) -> Told:
    """Several new records, all or none, under the newest schema."""
    asked.require(WRITE, code)
    found = next((each for each in reversed(queries.databases()) if each.ledger.code.casefold() == code.casefold()), None)  # fmt: skip
    given = asked.body().get("write")
    if found is None:
        raise NoSuchLedger(code=code, version="*")
    if not isinstance(given, list) or not 0 < len(given) <= MOST:
        raise BadInput(problem="Invalid payload, write not provided")
    contents = [_content({"write": each}, "write") for each in given]
    reader, by = documents.reader(asked), asked.client.actor
    made = services.create_records(found=found, contents=contents, reader=reader, by=by, at=asked.at)
    raise Answer(201, [{"content": each.content} for each in made])


def exists(asked: Asked, code: str, version: str) -> Told:
    """Whether there is a record that holds what is asked for."""
    found = _open(asked, READ, code, version)
    records = queries.matching(found, _content(asked.body(), "query"))
    services.note_use(found=found, records=records, reader=documents.reader(asked), by=asked.client.actor, at=asked.at)  # fmt: skip
    return {"answer": {"status": bool(records), "message": FOUND[bool(records)]}}


def read(asked: Asked, code: str, version: str) -> Told:
    """One record that holds what is asked for. A ledger that there is not has none: the contract knows one 404."""
    asked.require(READ, code)
    content = _content(asked.body(), "query")
    try:
        found = queries.ledger(code, version)
    except NoSuchLedger:
        raise NoSuchRecord from None
    records = queries.matching(found, content)
    if not records:
        raise NoSuchRecord
    services.note_use(found=found, records=records, reader=documents.reader(asked), by=asked.client.actor, at=asked.at)  # fmt: skip
    return {"content": schemas.as_asked(records[0].content, content)}


def update(asked: Asked, code: str, version: str) -> Told:
    """New values into the one record that holds what is asked for."""
    return _updated(asked, code, version, most=1)


def update_entries(asked: Asked, code: str, version: str) -> Told:
    """New values into every record that holds what is asked for."""
    return _updated(asked, code, version, most=None)


def _updated(asked: Asked, code: str, version: str, *, most: int | None) -> Told:
    found, body = _open(asked, WRITE, code, version), asked.body()
    query, content = _pair(body)
    done = services.update_records(
        found=found, asked=query, content=content, reader=documents.reader(asked), by=asked.client.actor, at=asked.at,
        most=most,
    )  # fmt: skip
    return {"content": schemas.as_asked(done[0].content, content)}


def update_or_create(asked: Asked, code: str, version: str) -> Told:
    """New values into the record that holds what is asked for, or a new record where none does."""
    found, body = _open(asked, WRITE, code, version), asked.body()
    query, content = _pair(body)
    reader, by = documents.reader(asked), asked.client.actor
    try:
        done = services.update_records(
            found=found, asked=query, content=content, reader=reader, by=by, at=asked.at
        )[0]
    except NoSuchRecord:
        done = services.create_record(found=found, content=content, reader=reader, by=by, at=asked.at)
    return {"content": schemas.as_asked(done.content, content)}


def delete(asked: Asked, code: str, version: str, name: str) -> None:
    """A record taken out."""
    found = _open(asked, WRITE, code, version)
    services.delete_record(
        found=found, name=name, reader=documents.reader(asked), by=asked.client.actor, at=asked.at
    )
    raise Answer(204)


def read_value(asked: Asked, code: str, version: str, *, name: str, field: str, ext: str) -> Any:
    """One field of one record; a text by itself, anything else as `value`."""
    found = _open(asked, READ, code, version)
    record = queries.record(found, name)
    own = schemas.field_named(record.content, field)
    if own is None or ext != "json":
        raise NoSuchField(field=f"{field}.{ext}")
    services.note_use(found=found, records=[record], reader=documents.reader(asked), by=asked.client.actor, at=asked.at)  # fmt: skip
    value = record.content[own]
    return value if isinstance(value, str) else {"value": "" if value is None else value}


def uses(asked: Asked) -> list[Told]:
    """Who looked at a person's records."""
    person, code = asked.query("userId", "userID"), asked.query("databaseId", "databaseID", "DatabaseID")
    if not person or not _is_name(person):
        raise BadInput(problem="Invalid ID supplied: userId")
    if not code or not _is_name(code):
        raise BadInput(problem="Invalid ID supplied: databaseId")
    asked.require(READ, code)
    return [documents.use(each) for each in queries.uses(code=code, person=person)]


def _is_name(text: str) -> bool:
    return len(text) <= 200 and any(each.isalnum() for each in text)  # noqa: PLR2004 - as long as a key


def _open(asked: Asked, verb: str, code: str, version: str) -> Database:
    asked.require(verb, code)
    return queries.ledger(code, version)


def _pair(body: Told) -> tuple[Told, Told]:
    """What is looked for and what is written; earlier versions put the one into the other."""
    write = body.get("write")
    inner = write.get("query") if isinstance(write, dict) else None
    query = {"query": inner} if inner is not None and "query" not in body else body
    if "query" not in query:
        raise BadInput(problem="Query not provided.")
    return _content(query, "query"), _content(body, "write")


def _content(body: Mapping[str, Any], part: str) -> Told:
    """The content of a part of the body; earlier versions sent it alone.

    Raises:
        BadInput: there is none.
    """
    told = body.get(part)
    if told is None and body and not {"query", "write"} & set(body):
        return dict(body)
    content = told.get("content") if isinstance(told, dict) else None
    if not isinstance(content, dict) or not content:
        raise BadInput(problem=f"Invalid payload, {part}.content not provided")
    return content
