"""One column while a file passes by: signatures, meanings, nulls, distinct values, personal data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from shuzhi.data.sources.reading.distinct import Budget, DistinctCount
from shuzhi.data.sources.reading.meanings import is_code_name, meaning_of
from shuzhi.data.sources.reading.shapes import MARKERS
from shuzhi.data.sources.reading.signatures import Signature, signature_of, tidy
from shuzhi.data.sources.reading.storage_types import Census, fitting_cells, storage_type
from shuzhi.data.sources.reading.types import ProfileColumn

PERSONAL_SEMANTICS = {"resident_id", "phone", "email", "person_name"}
PERSONAL_LEAST = 0.001
WITNESSES = 100
REPEATS = 20
LONGEST_WITNESS = 80
_PAIRED_MARKERS = {"无": "有", "否": "是"}
_CODES = {"uscc", "resident_id", "phone", "division_code", "postal_code"}


class Witness(NamedTuple):
    """One row whose cell has a signature."""

    row: int
    text: str


class ColumnSurvey:
    """Takes a column's values batch by batch. Complete after the last one: then ask for its type and meaning."""

    def __init__(self, name: str, distinct: Budget, witnesses: Budget) -> None:
        self.name = name
        self.empty = self.filled = self.longest = self.copied = 0
        self.signatures: Counter[Signature] = Counter()
        self.witnesses: dict[Signature, list[Witness]] = {}
        self.repeats: list[int] = []
        self.markers: Counter[str] = Counter()
        self.opposites: set[str] = set()
        self._distinct = DistinctCount(distinct)
        self._budget = witnesses

    def take(self, values: Sequence[str | None], numbers: Sequence[int], copies: set[int]) -> None:
        """Count a batch; equal values are looked at once. `copies` are rows that only copy an earlier one."""
        wanted: dict[str | None, Signature] = {}
        again: dict[str | None, bool] = {}
        for value, count in Counter(values).items():
            text = tidy(value)
            if not text:
                self.empty += count
            elif text in MARKERS:
                self.markers[text] += count
            else:
                signature = self._take(text, count)
                if len(self.witnesses.get(signature, ())) < WITNESSES and self._budget.left > 0:
                    wanted[value] = signature
                is_new = self._distinct.add(text)
                if len(self.repeats) < REPEATS and (count > 1 or not is_new):
                    again[value] = not is_new
        if wanted or again or copies:
            self._look(values, numbers, copies, wanted, again)

    def _take(self, text: str, count: int) -> Signature:
        self.filled += count
        self.longest = max(self.longest, len(text))
        if text in {"有", "是"}:
            self.opposites.add(text)
        signature = signature_of(text)
        self.signatures[signature] += count
        return signature

    def _look(
        self,
        values: Sequence[str | None],
        numbers: Sequence[int],
        copies: set[int],
        wanted: Mapping[str | None, Signature],
        again: dict[str | None, bool],
    ) -> None:
        """Write down rows: the first of each signature, and the first that repeat a value."""
        for number, value in zip(numbers, values, strict=True):
            signature = wanted.get(value)
            if signature is not None:
                self._witness(signature, number, value)
            if number in copies:
                self.copied += bool(tidy(value))
            elif value in again:
                if again[value] and len(self.repeats) < REPEATS:
                    self.repeats.append(number)
                again[value] = True

    def _witness(self, signature: Signature, number: int, value: str | None) -> None:
        held = self.witnesses.setdefault(signature, [])
        if len(held) < WITNESSES and self._budget.left > 0:
            held.append(Witness(number, tidy(value)[: LONGEST_WITNESS + 1]))
            self._budget.left -= 1

    @cached_property
    def shapes(self) -> Counter[str]:
        """How many cells have each shape."""
        counts: Counter[str] = Counter()
        for signature, count in self.signatures.items():
            counts[signature.shape] += count
        return counts

    @cached_property
    def kinds(self) -> Counter[str]:
        """How many cells could be each kind of thing."""
        counts: Counter[str] = Counter()
        for signature, count in self.signatures.items():
            for kind in signature.kinds:
                counts[kind] += count
        return counts

    @property
    def _census(self) -> Census:
        return Census(self.filled, self.shapes, self.kinds)

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

    @cached_property
    def storage(self) -> str:
        """The type that all but a few faulty cells have; text where there is none."""
        return storage_type(self.name, self._census)

    @cached_property
    def meaning(self) -> tuple[str | None, float]:
        """What the column means, if anything, and the share of its values that fit."""
        fitting = fitting_cells(self.storage, self._census)
        return meaning_of(self.name, self.storage, self.kinds, self.filled, fitting)

    @cached_property
    def type(self) -> str:
        """The type that a schema would give the column."""
        storage, semantic = self.storage, self.meaning[0]
        if semantic == "date" and storage in {"integer", "text"} and self.kinds["compact_date"]:
            return "date"
        if storage in {"integer", "decimal"} and (semantic in _CODES or is_code_name(self.name)):
            return "text"
        return storage

    def column(self, derived: tuple[str, ...], *, person_table: bool, faults: int) -> ProfileColumn:
        """What was found; addresses are personal where the table is about persons."""
        semantic, share = self.meaning
        markers = self.real_markers
        values = self.markers.total() - markers.total()
        personal = self.personal(person_table=person_table)
        return ProfileColumn(
            name=self.name,
            type=self.type,
            semantic=semantic,
            nulls=self.empty + markers.total(),
            distinct=self._distinct.count() + (len(self.markers) - len(markers) if values else 0),
            distinct_exact=self._distinct.is_exact,
            null_markers=dict(markers.most_common(20)),
            personal_data=bool(personal),
            personal_kinds=personal,
            derived=self.name in derived,
            longest=self.longest,
            share=share,
            faults=faults,
        )

    def personal(self, *, person_table: bool) -> tuple[str, ...]:
        """The kinds of personal data in the column."""
        semantic = self.meaning[0]
        least = max(1, self.filled * PERSONAL_LEAST)
        found = {kind for kind in ("resident_id", "phone") if self.kinds["holds_" + kind] >= least}
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
