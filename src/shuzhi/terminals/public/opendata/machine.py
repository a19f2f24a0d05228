"""The data set for search engines: schema.org in JSON-LD."""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString

from shuzhi.data.catalog.types import Entry
from shuzhi.data.opendata.licences import Licence
from shuzhi.data.opendata.types import Release
from shuzhi.terminals.design.types.said import Words, say

_ESCAPES = {
    ord(">"): "\\u003E",
    ord("<"): "\\u003C",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def json_ld(
    entry: Entry, release: Release | None, publisher: Words, terms: Licence, *, base: str
) -> SafeString:
    """A schema.org Dataset as the body of a script element, which is data: no policy runs or blocks it."""
    text = json.dumps(described(entry, release, publisher, terms, base=base), ensure_ascii=False)
    return SafeString(text.translate(_ESCAPES))


def described(
    entry: Entry, release: Release | None, publisher: Words, terms: Licence, *, base: str
) -> dict[str, Any]:
    """The same as a mapping."""
    url = f"{base}/data/{entry.id}/"
    said: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": url,
        "url": url,
        "identifier": entry.id,
        "name": say(entry.title),
        "description": say(entry.summary or entry.title),
        "keywords": list(entry.schema_.tags),
        "creator": {"@type": "Organization", "name": say(publisher)},
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@type": "DataCatalog", "url": f"{base}/data/"},
    }
    if terms.url:
        said["license"] = terms.url
    if release is not None:
        said["dateModified"] = release.released_at.isoformat()
        said["version"] = str(release.number)
        said["distribution"] = [
            {
                "@type": "DataDownload",
                "encodingFormat": file.media_type,
                "contentUrl": f"{base}/data/{entry.id}/download/{file.format}",
                "contentSize": str(file.size),
            }
            for file in release.files
        ]
    return said
