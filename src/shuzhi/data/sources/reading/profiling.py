"""The profile of a file: one pass, column by column, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from shuzhi.data.sources.reading.column_survey import ColumnSurvey
from shuzhi.data.sources.reading.distinct import Budget, RowCopies
from shuzhi.data.sources.reading.faults import LISTED, ColumnFaults
from shuzhi.data.sources.reading.keys import KeyFacts, candidate_keys, near_keys
from shuzhi.data.sources.reading.opening import open_table
from shuzhi.data.sources.reading.problems import Problem, ProblemCode
from shuzhi.data.sources.reading.types import (
    NearKey,
    Profile,
    ProfileColumn,
    ReadOptions,
    SourceRow,
    TableReader,
)

BATCH = 2_000
BATCH_CHARACTERS = 8 * 1024 * 1024
HASHES_HELD = 2_000_000  # about 200 MB; a file of a million rows with two keys still counts exactly
WITNESSES_HELD = 200_000


def profile_file(path: Path, *, options: ReadOptions = ReadOptions()) -> Profile:  # noqa: B008  (frozen)
    """Read a file once and say what it is and what each column holds.

    Raises:
        UnreadableFile: or one of its kinds, when it can't be read.
    """
    with open_table(path, options=options) as reader:
        return profile_table(reader)


def profile_table(reader: TableReader) -> Profile:
    """The profile of an open table, database tables included."""
    survey = _TableSurvey(reader)
    for batch in _batches(reader):
        survey.take(batch)
    return survey.profile()


def _batches(reader: TableReader) -> Iterator[list[SourceRow]]:
    """Rows in pieces of bounded size, however long their cells are."""
    batch: list[SourceRow] = []
    size = 0
    for row in reader:
        batch.append(row)
        size += sum([len(value) for value in row.values if value])
        if len(batch) == BATCH or size > BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _TableSurvey:
    """What is known of a table while its rows pass by."""

    def __init__(self, reader: TableReader) -> None:
        self._reader = reader
        hashes, witnesses = Budget(HASHES_HELD), Budget(WITNESSES_HELD)
        self._columns = [ColumnSurvey(name, hashes, witnesses) for name in reader.columns]
        self._copies = RowCopies(hashes)
        self._copied: list[Problem] = []
        self._rows = self._broken = 0

    def take(self, batch: list[SourceRow]) -> None:
        good = []
        for row in batch:
            if row.problem is None:
                good.append(row)
            else:
                self._reader.problems.add(row.problem)
        self._rows += len(batch)
        self._broken += len(batch) - len(good)
        copies = self._find_copies(good)
        numbers = [row.number for row in good]
        for survey, values in zip(
            self._columns, zip(*(row.values for row in good), strict=True), strict=False
        ):
            survey.take(values, numbers, copies)

    def _find_copies(self, rows: list[SourceRow]) -> set[int]:
        found = set()
        for row in rows:
            first = self._copies.original(row.number, row.values)
            if first is not None:
                found.add(row.number)
                if len(self._copied) < LISTED:
                    self._copied.append(Problem.of(ProblemCode.DUPLICATE_ROW, row.number, first=first))
        return found

    def profile(self) -> Profile:
        reader = self._reader
        columns = self._judge()
        exact = self._copies.is_exact
        different = self._rows - self._broken - self._copies.copies
        facts = [
            KeyFacts(column, survey.filled - survey.copied, tuple(survey.repeats))
            for column, survey in zip(columns, self._columns, strict=True)
        ]
        near = tuple(near_keys(facts, different)) if exact else ()
        self._report_keys(near)
        return Profile(
            format=reader.format,
            encoding=reader.encoding,
            delimiter=reader.delimiter,
            header_row=reader.header_row,
            columns=columns,
            rows=self._rows,
            broken_rows=self._broken,
            duplicate_rows=self._copies.copies if exact else None,
            candidate_keys=candidate_keys(facts, different),
            near_keys=near,
            captions=tuple(reader.captions),
            notes=tuple(reader.notes),
            table=reader.table,
            tables=reader.tables,
            problems=tuple(sorted(reader.problems.listed, key=lambda problem: problem.row or 0)),
            problem_counts={str(code): count for code, count in sorted(reader.problems.counts.items())},
            size=reader.size,
            sha256=reader.sha256,
        )

    def _judge(self) -> tuple[ProfileColumn, ...]:
        """Each column's type and meaning, and the cells that do not fit them."""
        log, header_row = self._reader.problems, self._reader.header_row
        named = any(survey.meaning[0] in {"person_name", "resident_id"} for survey in self._columns)
        columns = []
        for survey in self._columns:
            personal = bool(survey.personal(person_table=named))
            faults = ColumnFaults(survey, personal=personal, header_row=header_row)
            log.add_many(faults.listed(), faults.counts)
            for remark in faults.remarks():
                log.add(remark)
            columns.append(survey.column(self._reader.derived, person_table=named, faults=faults.cells))
        return tuple(columns)

    def _report_keys(self, near: tuple[NearKey, ...]) -> None:
        log = self._reader.problems
        if self._copied:
            log.add_many(self._copied, {ProblemCode.DUPLICATE_ROW: self._copies.copies})
        for key in near:
            facts = {"repeated": key.repeated, "nulls": key.nulls}
            log.add(Problem.of(ProblemCode.NEAR_KEY, next(iter(key.rows), None), key.columns[0], **facts))
