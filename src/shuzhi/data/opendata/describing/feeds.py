"""Changes of the open catalog as feeds: Atom (RFC 4287) and RSS 2.0."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from shuzhi.data.opendata.changes import Change
from shuzhi.foundation.text import storable
from shuzhi.foundation.words import Words

ATOM = "http://www.w3.org/2005/Atom"
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MEDIA_TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml"}
ET.register_namespace("atom", ATOM)


def atom(
    changes: Sequence[Change], offices: dict[str, Words], *, base: str, here: str, title: Words
) -> bytes:
    """An Atom feed; an entry's id never changes, so that readers show nothing twice."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-Hans"})
    _add(feed, "id", here)
    _add(feed, "title", title.zh)
    _add(feed, "subtitle", title.en)
    _add(feed, "updated", _newest(changes).isoformat())
    ET.SubElement(feed, "link", {"rel": "self", "type": MEDIA_TYPES["atom"], "href": here})
    ET.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{base}/data/"})
    for change in changes:
        entry = ET.SubElement(feed, "entry")
        _add(entry, "id", _identity(change, base))
        _add(entry, "title", f"{change.title.zh}：{change.says.zh}")
        _add(entry, "updated", change.at.astimezone(UTC).isoformat())
        link = {"rel": "alternate", "type": "text/html", "href": f"{base}/data/{change.dataset}/"}
        ET.SubElement(entry, "link", link)
        author = ET.SubElement(entry, "author")
        _add(author, "name", offices.get(change.owner, Words(zh=change.owner, en="")).zh)
        _add(entry, "summary", f"{change.title.said('en')}: {change.says.en}")
    return _written(feed)


def rss(changes: Sequence[Change], offices: dict[str, Words], *, base: str, here: str, title: Words) -> bytes:
    """The same as RSS 2.0, for readers that know no Atom."""
    del offices
    feed = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(feed, "channel")
    _add(channel, "title", title.zh)
    _add(channel, "link", f"{base}/data/")
    _add(channel, "description", title.en)
    _add(channel, "language", "zh-cn")
    _add(channel, "lastBuildDate", format_datetime(_newest(changes), usegmt=True))
    ET.SubElement(channel, f"{{{ATOM}}}link", {"rel": "self", "type": MEDIA_TYPES["rss"], "href": here})
    for change in changes:
        item = ET.SubElement(channel, "item")
        _add(item, "title", f"{change.title.zh}：{change.says.zh}")
        _add(item, "link", f"{base}/data/{change.dataset}/")
        _add(item, "description", f"{change.title.said('en')}: {change.says.en}")
        _add(item, "pubDate", format_datetime(change.at.astimezone(UTC), usegmt=True))
        ET.SubElement(item, "guid", {"isPermaLink": "false"}).text = _identity(change, base)
    return _written(feed)


FORMS = {"atom": atom, "rss": rss}


def _identity(change: Change, base: str) -> str:
    return f"{base}/data/{change.dataset}/#{change.kind.value}-{change.number}"


def _newest(changes: Sequence[Change]) -> datetime:
    return max((change.at for change in changes), default=EPOCH).astimezone(UTC)


def _add(parent: ET.Element, name: str, text: str) -> None:
    # What XML cannot hold would spoil the feed for everyone.
    ET.SubElement(parent, name).text = "".join(c for c in storable(text) if c >= " " or c in "\t\n")


def _written(feed: ET.Element) -> bytes:
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written
