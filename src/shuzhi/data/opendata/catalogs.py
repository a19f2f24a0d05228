"""The open catalog written out as DCAT: once for each of its states, kept on disk, never served past a change.

Every request reckons the state anew (a digest of the entries and releases), so that what was withdrawn is gone with the
next request; only the writing is saved.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shuzhi import __version__
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import search
from shuzhi.data.catalog.search import Question
from shuzhi.data.opendata import queries
from shuzhi.foundation.settings import settings
from shuzhi.foundation.words import Words

MOST_KEPT = 8
WRITTEN_AS = 2  # one more with every change of what is written, so that nothing older is served
PUBLIC = Question(public=True)


@dataclass(frozen=True)
class Edition:
    """One state of the open catalog in one form, as one address names it."""

    digest: str
    modified_at: datetime | None
    form: str
    base: str


def edition_of(*, form: str, base: str, title: Words) -> Edition:
    """The present state."""
    entries, changed = search.edition(PUBLIC)
    releases, opened = queries.edition()
    names = sorted((office, said.zh, said.en) for office, said in queries.publishers().items())
    facts = (__version__, WRITTEN_AS, form, base, title.zh, title.en, entries, releases, names)
    moments = [moment for moment in (changed, opened) if moment]
    digest = hashlib.sha256(repr(facts).encode()).hexdigest()
    return Edition(digest, max(moments, default=None), form, base)


def written(edition: Edition, *, title: Words, language: str) -> bytes:
    """The catalog in this state, from disk if it was written before."""
    folder = settings().home / "cache" / "dcat"
    kept = folder / f"{edition.digest}.{edition.form}"
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        pass
    body = _write(edition, title=title, language=language)
    _keep(folder, kept, body)
    return body


def _write(edition: Edition, *, title: Words, language: str) -> bytes:
    # rdflib is large: a web process loads it with the first harvester.
    from shuzhi.data.opendata.describing.dcat import catalog_graph

    ids = list(search.matching(PUBLIC).order_by("id").values_list("id", flat=True))
    entries = catalog.entries(ids=ids)
    graph = catalog_graph(
        entries, queries.releases_of(entries), queries.publishers(), base=edition.base, title=title
    )
    return graph.serialize(format=language, encoding="utf-8")


def _keep(folder: Path, kept: Path, body: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix="writing-")
    with os.fdopen(handle, "wb") as file:
        file.write(body)
    Path(name).replace(kept)
    newest_first = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[MOST_KEPT:]:
        old.unlink(missing_ok=True)
