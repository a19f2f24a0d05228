"""Catalog entries, offices and files in CKAN's shapes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import Entry, FieldType
from shuzhi.data.opendata import queries
from shuzhi.data.opendata.types import OpenFile, Release
from shuzhi.foundation.words import Words
from shuzhi.pillars.organization import queries as organization

NAMESPACE = uuid.UUID("d9c8f0de-8c1d-5b5b-9d1c-0f5f6f0c9a11")
TYPES = {
    FieldType.TEXT: "text",
    FieldType.GEOMETRY: "text",
    FieldType.INTEGER: "int8",
    FieldType.DECIMAL: "numeric",
    FieldType.AMOUNT: "numeric",
    FieldType.DATE: "date",
    FieldType.DATETIME: "timestamptz",
    FieldType.BOOLEAN: "bool",
}
OPEN_LICENCES = {
    "CC-BY-4.0": "Creative Commons Attribution 4.0",
    "CC0-1.0": "CC0 1.0",
    "Apache-2.0": "Apache License 2.0",
    "MIT": "MIT License",
    "ODbL-1.0": "Open Database License 1.0",
    "public-domain": "Public domain",
}


def resource_id(dataset: str, form: str) -> str:
    """A resource's id: the same from release to release, so that links keep working."""
    return str(uuid.uuid5(NAMESPACE, f"{dataset}/{form}"))


def packages(entries: Iterable[Entry], *, base: str) -> list[dict[str, Any]]:
    """Entries as CKAN packages, with three statements however many there are."""
    entries = list(entries)
    releases = queries.releases(entry.id for entry in entries)
    offices = organization.office_titles()
    return [package(entry, releases.get(entry.id), offices, base=base) for entry in entries]


def package(entry: Entry, release: Release | None, offices: dict[str, Words], *, base: str) -> dict[str, Any]:
    """One entry as a CKAN package."""
    licence = release.licence if release else entry.schema_.licence
    resources = [resource(entry, release, file, base=base) for file in release.files] if release else []
    tags = [{"id": tag, "name": tag, "display_name": tag, "state": "active"} for tag in entry.schema_.tags]
    return {
        "id": entry.id,
        "name": entry.id,
        "title": entry.title.zh,
        "title_translated": {"zh": entry.title.zh, "en": entry.title.en},
        "notes": entry.summary.zh if entry.summary else "",
        "notes_translated": entry.summary.model_dump() if entry.summary else {},
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": licence in OPEN_LICENCES,
        "license_id": licence,
        "license_title": OPEN_LICENCES.get(licence or "", licence),
        "owner_org": entry.owner,
        "organization": organization_of(entry.owner, offices),
        "groups": [
            {"id": entry.theme, "name": entry.theme, "title": entry.theme, "display_name": entry.theme}
        ],
        "tags": tags,
        "num_tags": len(tags),
        "resources": resources,
        "num_resources": len(resources),
        "metadata_created": moment(entry.proposed_at),
        "metadata_modified": moment(
            release.released_at if release else entry.published_at or entry.proposed_at
        ),
        "version": str(entry.version),
        "url": f"{base}/data/{entry.id}/",
        "extras": [
            {"key": "opening", "value": entry.opening.value},
            {"key": "update", "value": entry.update.value},
            {"key": "tier", "value": entry.tier.value},
            {"key": "synthetic", "value": str(entry.synthetic).lower()},
        ],
    }


def resource(entry: Entry, release: Release, file: OpenFile, *, base: str) -> dict[str, Any]:
    """One file of a release as a CKAN resource; the CSV carries the rows of the DataStore."""
    return {
        "id": resource_id(entry.id, file.format),
        "package_id": entry.id,
        "name": f"{entry.title.zh}.{file.format}",
        "description": "",
        "format": file.format.upper(),
        "mimetype": file.media_type,
        "url": f"{base}/data/{entry.id}/download/{file.format}",
        "size": file.size,
        "hash": f"sha256:{file.sha256}",
        "state": "active",
        "created": moment(release.released_at),
        "last_modified": moment(release.released_at),
        "datastore_active": file.format == "csv",
        "position": [each.format for each in release.files].index(file.format),
    }


def organization_of(office: str, offices: dict[str, Words], *, count: int | None = None) -> dict[str, Any]:
    """An office as a CKAN organization."""
    title = offices.get(office, Words(zh=office, en=office))
    shape: dict[str, Any] = {
        "id": office,
        "name": office,
        "title": title.zh,
        "display_name": title.zh,
        "title_translated": title.model_dump(),
        "type": "organization",
        "is_organization": True,
        "state": "active",
        "description": "",
        "image_url": "",
    }
    return shape if count is None else {**shape, "package_count": count}


def group(theme: str, *, count: int) -> dict[str, Any]:
    """A theme as a CKAN group."""
    return {
        "id": theme,
        "name": theme,
        "title": theme,
        "display_name": theme,
        "type": "group",
        "is_organization": False,
        "state": "active",
        "description": "",
        "package_count": count,
    }


def moment(at: Any) -> str | None:
    """A time as CKAN writes it: UTC without a zone."""
    from datetime import UTC

    return at.astimezone(UTC).replace(tzinfo=None).isoformat() if at else None


def public_entries(ids: Iterable[str]) -> list[Entry]:
    """Entries by id in the given order."""
    wanted = list(ids)
    found = {entry.id: entry for entry in catalog.entries(ids=wanted)}
    return [found[name] for name in wanted if name in found]
