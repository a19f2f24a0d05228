"""One column while a file passes by: shapes, meanings, nulls, distinct values, personal data."""

from __future__ import annotations

from collections import Counter

from shuzhi.data.sources.reading.distinct import Budget, DistinctCount
from shuzhi.data.sources.reading.meanings import is_code_name, meaning_of
from shuzhi.data.sources.reading.semantics import kinds_of, personal_inside
from shuzhi.data.sources.reading.shapes import MARKERS, is_compact_date, shape_of
from shuzhi.data.sources.reading.types import ProfileColumn

AGREE = 0.98
PERSONAL_SEMANTICS = {"resident_id", "phone", "email", "person_name"}
PERSONAL_LEAST = 0.001
_PAIRED_MARKERS = {"无": "有", "否": "是"}


class ColumnSurvey:
    """Takes a column's values batch by batch."""

    def __init__(self, name: str, budget: Budget) -> None:
        self.name = name
        self.empty = self.filled = self.longest = self.padded = 0
        self.least: float | None = None
        self.greatest: float | None = None
        self.shapes: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.markers: Counter[str] = Counter()
        self.personal: Counter[str] = Counter()
        self.distinct = DistinctCount(budget)
        self.opposites: set[str] = set()

    def take(self, values: tuple[str | None, ...]) -> None:
        """Count a batch; equal values are looked at once."""
        for value, count in Counter(values).items():
            text = value.strip() if value else ""
            if not text:
                self.empty += count
            elif text in MARKERS:
                self.markers[text] += count
            else:
                self._take(text, count)

    def _take(self, text: str, count: int) -> None:
        self.filled += count
        self.longest = max(self.longest, len(text))
        self.distinct.add(text)
        if text in {"有", "是"}:
            self.opposites.add(text)
        shape = shape_of(text)
        self.shapes[shape] += count
        if shape in {"integer", "decimal"}:
            self._measure(text)
        if shape in {"integer", "digits"} and is_compact_date(text):
            self.kinds["compact_date"] += count
        if shape not in {"decimal", "date", "datetime", "geometry", "boolean"}:
            for kind in kinds_of(text):
                self.kinds[kind] += count
            if len(text) > 11:  # noqa: PLR2004  (a mobile number and something around it)
                inside = personal_inside(text)
                if inside:
                    self.personal[inside] += count

    def _measure(self, text: str) -> None:
        number = float(text.replace(",", ""))
        self.least = number if self.least is None else min(self.least, number)
        self.greatest = number if self.greatest is None else max(self.greatest, number)

    @property
    def real_markers(self) -> Counter[str]:
        """Markers that mean “no value” here: 无 beside 有 is a value."""
        return Counter(
            {
                mark: count
                for mark, count in self.markers.items()
                if _PAIRED_MARKERS.get(mark) not in self.opposites
            }
        )

    @property
    def semantic(self) -> str | None:
        """What the column means, if anything."""
        return self._meaning()[0]

    def _meaning(self) -> tuple[str | None, float]:
        extent = None
        if self.least is not None and self.greatest is not None and self._storage() in {"integer", "decimal"}:
            extent = (self.least, self.greatest)
        return meaning_of(self.name, self._storage(), self.kinds, self.filled, extent)

    def _storage(self) -> str:
        """The type that all but a few dirty values have; text where there is none."""
        shapes = self.shapes
        need = self.filled * AGREE
        if not self.filled:
            return "text"
        for kind, members in _TYPES:
            count = sum(shapes[member] for member in members)
            if count and kind in {"date", "datetime"}:
                count += self.kinds["compact_date"]  # 20190228 between 2019-02-27 and 2019/3/1
            if count >= need:
                return kind
        return "text"

    def column(self, derived: tuple[str, ...], *, person_table: bool) -> ProfileColumn:
        """What was found; addresses are personal where the table is about persons."""
        semantic, share = self._meaning()
        storage = self._storage()
        markers = self.real_markers
        values = self.markers.total() - markers.total()
        personal = self._personal(semantic, person_table=person_table)
        return ProfileColumn(
            name=self.name,
            type=self._type(storage, semantic),
            semantic=semantic,
            nulls=self.empty + markers.total(),
            distinct=self.distinct.count() + (len(self.markers) - len(markers) if values else 0),
            distinct_exact=self.distinct.is_exact,
            null_markers=dict(markers.most_common(20)),
            personal_data=bool(personal),
            personal_kinds=personal,
            derived=self.name in derived,
            longest=self.longest,
            share=share,
        )

    def _type(self, storage: str, semantic: str | None) -> str:
        codes = {"uscc", "resident_id", "phone", "division_code", "postal_code"}
        if semantic == "date" and storage in {"integer", "text"} and self.kinds["compact_date"]:
            return "date"
        if storage == "integer" and (semantic in codes or is_code_name(self.name)):
            return "text"
        return storage

    def _personal(self, semantic: str | None, *, person_table: bool) -> tuple[str, ...]:
        least = max(1, self.filled * PERSONAL_LEAST)
        found = {kind for kind, count in self.personal.items() if count >= least}
        found |= {kind for kind in ("resident_id", "email") if self.kinds[kind] >= least}
        if semantic == "phone" and self.kinds["mobile"] >= least:
            found.add("phone")
        if semantic in PERSONAL_SEMANTICS - {"phone"}:
            found.add(str(semantic))
        if semantic == "uscc":
            found.discard("resident_id")
        if semantic == "address" and person_table:
            found.add("address")
        return tuple(sorted(found))


_TYPES = (
    ("integer", ("integer",)),
    ("decimal", ("integer", "decimal")),
    ("date", ("date",)),
    ("datetime", ("date", "datetime")),
    ("boolean", ("boolean",)),
    ("geometry", ("geometry",)),
)
