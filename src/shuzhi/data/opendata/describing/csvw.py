"""A release's CSV described as CSV on the Web (W3C, Metadata Vocabulary for Tabular Data, 2015)."""

from __future__ import annotations

from typing import Any

from shuzhi.data.catalog.types import Entry, FieldType
from shuzhi.data.opendata.licences import licence
from shuzhi.data.opendata.types import Column, Release
from shuzhi.foundation.words import Words

# A geometry is GeoJSON in a text cell; a boolean is written as Python writes it.
DATATYPES: dict[FieldType, Any] = {
    FieldType.INTEGER: "integer",
    FieldType.DECIMAL: "number",
    FieldType.AMOUNT: "number",
    FieldType.DATE: {"base": "date", "format": "yyyy-MM-dd"},
    FieldType.DATETIME: "dateTime",
    FieldType.BOOLEAN: {"base": "boolean", "format": "True|False"},
    FieldType.GEOMETRY: "string",
    FieldType.TEXT: "string",
}


def csvw(entry: Entry, release: Release, publisher: Words, *, base: str) -> dict[str, Any]:
    """The metadata document beside the CSV file."""
    url = f"{base}/data/{entry.id}/download/csv"
    terms = licence(release.licence)
    said: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
        "@id": f"{url}-metadata.json",
        "url": url,
        "dc:identifier": entry.id,
        "dc:title": [_literal(text, language) for language, text in entry.title.tagged.items()],
        "dc:description": (entry.summary or entry.title).zh,
        "dc:publisher": publisher.zh,
        "dc:modified": {"@value": f"{release.released_at:%Y-%m-%d}", "@type": "xsd:date"},
        "dcat:keyword": list(entry.schema_.tags),
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "doubleQuote": True},
        "tableSchema": {"columns": [_column(column) for column in release.columns]},
    }
    if terms.url:
        said["dc:license"] = {"@id": terms.url}
    return said


def _column(column: Column) -> dict[str, Any]:
    # The header of the file is the id; CSVW compares it with the titles, so it stands among them first.
    names = [column.id, *(text for text in (column.name.zh, column.name.en) if text and text != column.id)]
    return {"name": column.id, "titles": names, "datatype": DATATYPES[column.type], "null": ""}


def _literal(text: str, language: str) -> dict[str, str]:
    return {"@value": text, "@language": language}
