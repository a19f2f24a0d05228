"""Reading what an address asks of a collection; what is not understood is refused, never ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time

from shuzhi.data.opendata.ogc import coordinates
from shuzhi.data.opendata.ogc.errors import BadQuery
from shuzhi.data.opendata.places import Place
from shuzhi.data.opendata.types import Release, RowQuestion
from shuzhi.foundation.text import storable

FEWEST, USUAL, MOST = 1, 10, 10_000
DEEPEST = 10**12
KNOWN = frozenset(
    {"bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "f", "properties", "sortby", "q"}
)
Moment = datetime | None


@dataclass(frozen=True)
class Asked:
    """A page of features: the rows and the reference system."""

    rows: RowQuestion
    crs: str


def asked(given: Mapping[str, str], release: Release, place: Place) -> Asked:
    """The question of an address.

    Raises:
        BadQuery: a parameter that is none, or a value that it cannot have.
    """
    names = [column.id for column in release.columns if column.id not in place.columns]
    unknown = sorted(set(given) - KNOWN - set(names))
    if unknown:
        raise BadQuery(
            parameter=unknown[0][:60],
            reason=f"not a parameter; properties are {', '.join(names)}",
            reason_zh=f"没有这个参数；属性有 {'、'.join(names)}",
        )
    filters = {name: (storable(given[name]),) for name in names if name in given}
    box_crs = coordinates.system("bbox-crs", given.get("bbox-crs", ""))
    question = RowQuestion(
        q=given.get("q", "")[:200],
        filters=filters,
        sort=_sort(given.get("sortby", ""), names),
        limit=_number(given, "limit", USUAL, FEWEST, MOST),
        offset=_number(given, "offset", 0, 0, DEEPEST),
        boxes=coordinates.boxes(given["bbox"], box_crs) if given.get("bbox") else (),
        between=_between(given.get("datetime", ""), place),
    )
    return Asked(question, coordinates.system("crs", given.get("crs", "")))


def _number(given: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    text = given.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 14) or int(text) < least:  # noqa: PLR2004
        raise BadQuery(
            parameter=name, reason=f"a number from {least}", reason_zh=f"应为不小于 {least} 的整数"
        )
    return min(int(text), most)


def _sort(text: str, names: list[str]) -> tuple[tuple[str, bool], ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    sort = tuple((part.lstrip("+-"), part.startswith("-")) for part in parts)
    for name, _ in sort:
        if name not in names:
            raise BadQuery(
                parameter="sortby", reason=f"no property {name[:60]}", reason_zh=f"没有属性 {name[:60]}"
            )
    return sort


def _between(text: str, place: Place) -> tuple[str, Moment, Moment] | None:
    """An instant or an interval; a collection without times fits every one."""
    if not text:
        return None
    since, bar, until = text.partition("/")
    first = _moment(since, end=False)
    last = _moment(until, end=True) if bar else _moment(since, end=True)
    if first and last and first > last:
        raise BadQuery(parameter="datetime", reason="it ends before it begins", reason_zh="结束早于开始")
    if place.time is None or (first is None and last is None):
        return None
    return (place.time, first, last)


def _moment(text: str, *, end: bool) -> Moment:
    if text in {"", ".."}:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadQuery(
            parameter="datetime", reason="RFC 3339 times", reason_zh="应为 RFC 3339 时间"
        ) from error
    if "T" not in text.upper():  # a day stands for all of it
        found = datetime.combine(found.date(), time.max if end else time.min)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
