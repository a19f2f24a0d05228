"""Rows and files: `resource_*`, `datastore_create`, `datastore_upsert`, `datastore_delete`.

A file or rows that come in are a batch of the data set's own source `<data set>-api`: they are collected by the same
checks as everything else, and are open only with the next release.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as catalog_services
from shuzhi.data.catalog.types import FIELD, DataSetDeclaration, Entry, FieldType
from shuzhi.data.opendata import queries, services
from shuzhi.data.opendata.ckan import shapes
from shuzhi.data.opendata.ckan.call import Call
from shuzhi.data.opendata.ckan.errors import Invalid, NotFound
from shuzhi.data.opendata.ckan.parameters import Parameters
from shuzhi.data.opendata.ckan.writing.packages import own_entry
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.exporting import MEDIA_TYPES
from shuzhi.data.opendata.types import resource_id
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import Batch, Mode, SourceDeclaration, Status
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import policy

MOST_RECORDS = 32_000
# PostgreSQL's types as CKAN's clients name them.
TYPES = {
    "text": FieldType.TEXT, "json": FieldType.TEXT, "date": FieldType.DATE, "time": FieldType.TEXT,
    "timestamp": FieldType.DATETIME, "timestamptz": FieldType.DATETIME, "int": FieldType.INTEGER,
    "int4": FieldType.INTEGER, "int8": FieldType.INTEGER, "integer": FieldType.INTEGER,
    "bigint": FieldType.INTEGER, "float": FieldType.DECIMAL, "float8": FieldType.DECIMAL,
    "numeric": FieldType.DECIMAL, "bool": FieldType.BOOLEAN, "boolean": FieldType.BOOLEAN,
}  # fmt: skip


def resource_create(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Hand in a file for a data set: `package_id`, `upload` (CSV, XLSX, XLS, JSON). It is collected and checked at
    once, and open with the next release. A `url` alone is refused: this site fetches nothing.
    """
    entry = own_entry(Parameters({"id": parameters.required("package_id")}), call)
    return _handed_in(entry, call)


def resource_update(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Hand in a new file for the data set of a resource: `id`, `upload`."""
    return _handed_in(entry_of_resource(parameters.required("id"), call), call)


def resource_patch(parameters: Parameters, call: Call) -> dict[str, Any]:
    """The same as `resource_update`."""
    return resource_update(parameters, call)


def resource_delete(parameters: Parameters, call: Call) -> None:
    """Withdraw the release that a resource belongs to: `id`, `reason`. Files of one release stand and fall together."""
    entry = entry_of_resource(parameters.required("id"), call)
    reason = parameters.text("reason") or "resource_delete"
    try:
        services.withdraw_release(dataset=entry.id, by=call.by, at=call.at, reason=reason)
    except NotOpen as error:
        raise NotFound(what=parameters.required("id")) from error


def datastore_create(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Declare a data set's fields and hand in its rows: `resource_id` or `resource: {package_id}`, `fields`,
    `primary_key`, `records` (at most 32,000). New fields wait for publication like every change of a schema.
    """
    package = parameters.mapping("resource").get("package_id")
    if package:
        entry = own_entry(Parameters({"id": str(package)}), call)
    else:
        entry = entry_of_resource(parameters.required("resource_id"), call)
    if fields := parameters.items("fields"):
        entry = _declare(entry, fields, parameters.strings("primary_key"), call)
    records = parameters.items("records")
    batch = _collect(entry, records, Mode.FULL, call) if records else None
    return _told(entry, call, batch) | {"fields": fields, "method": "insert"}


def datastore_upsert(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Hand in rows beside those that are there: `resource_id`, `records`, `method` (upsert, insert, update). A row with
    a known key replaces the one before.
    """
    entry = entry_of_resource(parameters.required("resource_id"), call)
    method = parameters.text("method", "upsert")
    if method not in {"upsert", "insert", "update"}:
        raise Invalid(field="method", reason='"method" is not defined', reason_zh="没有这种方式")
    records = parameters.items("records")
    if not records:
        raise Invalid(field="records", reason="Missing value", reason_zh="缺少该参数")
    return _told(entry, call, _collect(entry, records, Mode.INCREMENTAL, call)) | {"method": method}


def datastore_delete(parameters: Parameters, call: Call) -> dict[str, Any]:
    """Take rows out by their whole key: `resource_id`, `filters` with every key field. Without filters nothing is
    deleted here: withdraw the release by `resource_delete`.
    """
    entry = entry_of_resource(parameters.required("resource_id", "id"), call)
    filters, key = parameters.mapping("filters"), entry.schema_.key
    if not key or set(filters) != set(key):
        reason = f"Name the whole key and nothing else: {', '.join(key) or 'the data set has none'}"
        raise Invalid(
            field="filters",
            reason=reason,
            reason_zh=f"应给出完整主键：{'、'.join(key) or '该数据集没有主键'}",
        )
    lists = {name: value if isinstance(value, list) else [value] for name, value in filters.items()}
    if len({len(values) for values in lists.values()}) != 1:
        raise Invalid(field="filters", reason="Lists of one length", reason_zh="各字段的值个数应相同")
    rows = [dict(zip(lists, values, strict=True)) for values in zip(*lists.values(), strict=True)]
    return _told(entry, call, _collect(entry, rows, Mode.DELETE, call)) | {"filters": filters}


def entry_of_resource(resource: str, call: Call) -> Entry:
    """The data set that a resource id stands for, released or not, if the caller writes for its office.

    Raises:
        NotFound: it is none of theirs.
    """
    policy.require("opendata.write", by=call.by, office=call.by.office)
    try:
        release, _ = queries.release_of_resource(resource)
        return own_entry(Parameters({"id": release.dataset}), call)
    except NotOpen:
        for (
            name
        ) in catalog.own_statuses():  # ids follow from names, so that no table holds those of proposals
            if resource in {resource_id(name, form) for form in MEDIA_TYPES}:
                return own_entry(Parameters({"id": name}), call)
    raise NotFound(what=resource[:60])


def _handed_in(entry: Entry, call: Call) -> dict[str, Any]:
    upload = call.files.get("upload")
    if upload is None:
        reason = "Missing value: send the file itself; this site fetches no addresses"
        raise Invalid(field="upload", reason=reason, reason_zh="请直接上传文件，本站不代为抓取网址")
    with TemporaryDirectory(prefix="shuzhi-upload-") as folder:
        suffix = re.sub(r"[^a-z0-9.]", "", Path(upload.name or "").suffix.lower())[:8]
        file = Path(folder) / f"{entry.id}{suffix}"
        with file.open("wb") as out:
            for chunk in upload.chunks():
                out.write(chunk)
        return _told(entry, call, _receive(entry, file, Mode.FULL, call))


def _declare(entry: Entry, fields: Sequence[dict[str, Any]], key: Sequence[str], call: Call) -> Entry:
    declared = entry.schema_.model_dump()
    declared["fields"] = tuple(_field(each, entry.schema_) for each in fields)
    declared["key"] = tuple(key) or entry.schema_.key
    names = {field["id"] for field in declared["fields"]}
    if unknown := [name for name in declared["key"] if name not in names]:
        raise Invalid(
            field="primary_key", reason=f"no field {unknown[0]}", reason_zh=f"没有字段 {unknown[0]}"
        )
    # Rules that speak of fields which are no more would fail every batch.
    declared["rules"] = tuple(rule for rule in entry.schema_.model_dump()["rules"] if _fits(rule, names))
    declaration = DataSetDeclaration.model_validate(declared)
    return catalog_services.propose_entry(declaration=declaration, by=call.by, at=call.at)


def _fits(rule: dict[str, Any], names: set[str]) -> bool:
    return {*rule["fields"], *([rule["field"]] if rule["field"] else [])} <= names


def _field(said: dict[str, Any], schema: DataSetDeclaration) -> dict[str, Any]:
    """A field as the client names it; one that is declared already keeps its grade, its mask and its standard."""
    name = str(said.get("id", ""))
    if not re.fullmatch(FIELD, name):
        raise Invalid(
            field="fields",
            reason=f'"{name[:60]}" is not a valid field name',
            reason_zh=f"字段名 {name[:60]} 不可用",
        )
    kind = TYPES.get(str(said.get("type") or "text").lower())
    if kind is None:
        raise Invalid(
            field="fields", reason=f'"{said.get("type")}" is not a valid type', reason_zh="没有这种类型"
        )
    known = next((field for field in schema.fields if field.id == name), None)
    if known is not None:
        return known.model_dump() | {"type": kind}
    info = said.get("info") if isinstance(said.get("info"), dict) else {}
    label = str((info or {}).get("label") or name)
    return {
        "id": name,
        "name": {"zh": label, "en": str((info or {}).get("label_en") or name)},
        "type": kind,
        "open": True,
    }


def _collect(entry: Entry, records: Sequence[dict[str, Any]], mode: Mode, call: Call) -> Batch:
    if len(records) > MOST_RECORDS:
        raise Invalid(
            field="records", reason=f"At most {MOST_RECORDS} a call", reason_zh=f"一次最多 {MOST_RECORDS} 行"
        )
    names = [field.id for field in entry.schema_.fields]
    unknown = sorted({str(name) for record in records for name in record} - set(names))
    if unknown:
        reason = f'row has fields that are not declared: "{unknown[0][:60]}"'
        raise Invalid(field="records", reason=reason, reason_zh=f"有未声明的字段：{unknown[0][:60]}")
    given = [name for name in names if any(name in record for record in records)]
    with TemporaryDirectory(prefix="shuzhi-rows-") as folder:
        file = Path(folder) / f"{entry.id}.csv"
        _write(file, given, records)
        return _receive(entry, file, mode, call)


def _write(file: Path, names: Sequence[str], records: Iterable[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for record in records:
            writer.writerow(["" if record.get(name) is None else record[name] for name in names])


def _receive(entry: Entry, file: Path, mode: Mode, call: Call) -> Batch:
    source = f"{entry.id}-api"
    title = Words(zh=f"{entry.title.zh}（接口提交）", en=f"{entry.title.said('en')} (by API)")
    sources.register_source(
        declaration=SourceDeclaration(source=source, title=title, dataset=entry.id, office=entry.owner),
        by=call.by,
        at=call.at,
    )
    received = sources.receive_file(source=source, path=file, by=call.by, at=call.at, mode=mode)
    batch = sources.collect_batch(batch=received.id, by=call.by, at=call.at)
    if batch.status is Status.FAILED and batch.problem:
        raise Invalid(field="records", reason=batch.problem.en, reason_zh=batch.problem.zh)
    return batch


def _told(entry: Entry, call: Call, batch: Batch | None) -> dict[str, Any]:
    """What became of the rows, beside the resource that they will be in."""
    shape: dict[str, Any] = {
        "id": resource_id(entry.id, "csv"),
        "resource_id": resource_id(entry.id, "csv"),
        "package_id": entry.id,
        "format": "CSV",
        "state": "draft",
        "url": f"{call.base}/data/{entry.id}/download/csv",
        "datastore_active": True,
    }
    if (release := queries.releases([entry.id]).get(entry.id)) is not None:
        shape |= shapes.resource(entry, release, release.file("csv"), base=call.base)
    if batch is not None:
        counts = ("received", "accepted", "quarantined", "duplicates")
        shape["batch"] = {"id": batch.id, **{name: getattr(batch, name) for name in counts}}
    return shape
