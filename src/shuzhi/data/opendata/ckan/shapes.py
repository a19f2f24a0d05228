"""Catalog entries, offices and files in CKAN's shapes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.themes import theme_title, theme_titles
from shuzhi.data.catalog.types import Entry, FieldType
from shuzhi.data.opendata import queries
from shuzhi.data.opendata.licences import licence
from shuzhi.data.opendata.types import OpenFile, Release, resource_id
from shuzhi.foundation.words import Words

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


# What CKAN's organizations and groups have and ours have not.
EMPTY: dict[str, Any] = {
    "description": "",
    "image_url": "",
    "image_display_url": "",
    "approval_status": "approved",
    "users": [],
    "tags": [],
    "groups": [],
    "extras": [],
    "num_followers": 0,
}


def packages(entries: Iterable[Entry], *, base: str) -> list[dict[str, Any]]:
    """Entries as CKAN packages, with three statements however many there are."""
    entries = list(entries)
    releases, offices = queries.releases_of(entries), queries.publishers()
    return [package(entry, releases.get(entry.id), offices, base=base) for entry in entries]


def package(entry: Entry, release: Release | None, offices: dict[str, Words], *, base: str) -> dict[str, Any]:
    """One entry as a CKAN package."""
    terms = licence(release.licence if release else entry.schema_.licence)
    resources = [resource(entry, release, file, base=base) for file in release.files] if release else []
    tags = [
        {"id": tag, "name": tag, "display_name": tag, "state": "active", "vocabulary_id": None}
        for tag in entry.schema_.tags
    ]
    return {
        "id": entry.id,
        "name": entry.id,
        "title": entry.title.zh,
        "title_translated": entry.title.tagged,
        "notes": entry.summary.zh if entry.summary else "",
        "notes_translated": entry.summary.tagged if entry.summary else {},
        "author": entry.publisher or "",
        "author_email": None,
        "maintainer": None,
        "maintainer_email": None,
        "creator_user_id": None,
        "relationships_as_subject": [],
        "relationships_as_object": [],
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": terms.is_open,
        "license_id": terms.id,
        "license_title": terms.title.zh,
        "license_url": terms.url or "",
        "owner_org": entry.owner,
        "organization": organization_of(entry.owner, offices),
        "groups": [group(entry.theme)],
        "tags": tags,
        "num_tags": len(tags),
        "resources": resources,
        "num_resources": len(resources),
        "metadata_created": moment(entry.proposed_at),
        "metadata_modified": moment(entry.modified_at),
        "version": str(entry.version),
        "url": f"{base}/data/{entry.id}/",
        "extras": [
            {"key": "opening", "value": entry.opening.value},
            {"key": "update", "value": entry.update.value},
            {"key": "tier", "value": entry.tier.value},
            {"key": "synthetic", "value": str(entry.synthetic).lower()},
            {"key": "node", "value": entry.node or ""},
            {"key": "source_note", "value": note.zh if (note := entry.schema_.source_note) else ""},
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
        "mimetype_inner": None,
        "resource_type": None,
        "url_type": None,
        "cache_url": None,
        "cache_last_updated": None,
        "url": f"{base}/data/{entry.id}/download/{file.format}",
        "size": file.size,
        "hash": f"sha256:{file.sha256}",
        "state": "active",
        "created": moment(release.released_at),
        "last_modified": moment(release.released_at),
        "metadata_modified": moment(release.released_at),
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
        "title_translated": title.tagged,
        "type": "organization",
        "is_organization": True,
        "state": "active",
        **EMPTY,
    }
    return shape if count is None else {**shape, "package_count": count}


def group(theme: str, *, count: int | None = None) -> dict[str, Any]:
    """A theme as a CKAN group."""
    title = theme_title(theme)
    shape: dict[str, Any] = {
        "id": theme,
        "name": theme,
        "title": title.zh,
        "display_name": title.zh,
        "title_translated": title.tagged,
        "type": "group",
        "is_organization": False,
        "state": "active",
        **EMPTY,
    }
    return shape if count is None else {**shape, "package_count": count}


def facet_titles(field: str) -> dict[str, str]:
    """What a facet's values are called: offices and themes have names, the others stand for themselves."""
    if field in {"organization", "owner_org"}:
        return {office: title.zh for office, title in queries.publishers().items()}
    return {theme: title.zh for theme, title in theme_titles().items()} if field == "groups" else {}


def moment(at: datetime | None) -> str | None:
    """A time as CKAN writes it: UTC without a zone."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() if at else None


def public_entries(ids: Iterable[str]) -> list[Entry]:
    """Entries by id in the given order."""
    wanted = list(ids)
    found = {entry.id: entry for entry in catalog.entries(ids=wanted)}
    return [found[name] for name in wanted if name in found]
