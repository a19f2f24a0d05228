"""The profile of a file: one pass, column by column, in flat memory."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from shuzhi.data.sources.reading.column_survey import ColumnSurvey
from shuzhi.data.sources.reading.distinct import Budget, DistinctCount
from shuzhi.data.sources.reading.opening import open_table
from shuzhi.data.sources.reading.types import Profile, ProfileColumn, ReadOptions, SourceRow, TableReader

BATCH = 2_000
FEW_COPIES = 0.01
HASHES_HELD = 2_000_000  # about 200 MB; a file of a million rows with two keys still counts exactly


def profile_file(path: Path, *, options: ReadOptions = ReadOptions()) -> Profile:  # noqa: B008  (frozen)
    """Read a file once and say what it is and what each column holds.

    Raises:
        UnreadableFile: or one of its kinds, when it can't be read.
    """
    with open_table(path, options=options) as reader:
        return profile_table(reader)


def profile_table(reader: TableReader) -> Profile:
    """The profile of an open table, database tables included."""
    budget = Budget(HASHES_HELD)
    surveys = [ColumnSurvey(name, budget) for name in reader.columns]
    different = DistinctCount(budget)
    rows = broken = 0
    source = iter(reader)
    while batch := list(islice(source, BATCH)):
        good = [row for row in batch if row.problem is None]
        _log(reader, batch)
        rows += len(batch)
        broken += len(batch) - len(good)
        for row in good:
            different.add("\x1f".join([value or "" for value in row.values]))
        for survey, values in zip(surveys, zip(*(row.values for row in good), strict=True), strict=False):
            survey.take(values)
    return _profile(reader, surveys, (rows, broken), different)


def _log(reader: TableReader, batch: list[SourceRow]) -> None:
    for row in batch:
        if row.problem is not None:
            reader.problems.add(row.problem)


def _profile(
    reader: TableReader, surveys: list[ColumnSurvey], counts: tuple[int, int], different: DistinctCount
) -> Profile:
    rows, broken = counts
    good = rows - broken
    unlike = different.count() if different.is_exact else good
    keyed = unlike if good - unlike <= good * FEW_COPIES else good
    named = any(survey.semantic in {"person_name", "resident_id"} for survey in surveys)
    columns = tuple(survey.column(reader.derived, person_table=named) for survey in surveys)
    return Profile(
        format=reader.format,
        encoding=reader.encoding,
        delimiter=reader.delimiter,
        header_row=reader.header_row,
        columns=columns,
        rows=rows,
        broken_rows=broken,
        duplicate_rows=good - unlike if different.is_exact else None,
        candidate_keys=_candidate_keys(columns, keyed),
        captions=tuple(reader.captions),
        notes=tuple(reader.notes),
        table=reader.table,
        tables=reader.tables,
        problems=tuple(sorted(reader.problems.listed, key=lambda problem: problem.row or 0)),
        problem_counts={str(code): count for code, count in sorted(reader.problems.counts.items())},
        size=reader.size,
        sha256=reader.sha256,
    )


def _candidate_keys(columns: tuple[ProfileColumn, ...], rows: int) -> tuple[tuple[str, ...], ...]:
    """Columns that are always there and never repeat, exact copies of whole rows aside; no measurements."""
    if rows < 2:  # noqa: PLR2004
        return ()
    unfit = {"decimal", "geometry", "boolean"}
    return tuple(
        (column.name,)
        for column in columns
        if column.distinct_exact
        and column.nulls == 0
        and column.distinct == rows
        and column.type not in unfit
        and column.longest <= 128  # noqa: PLR2004
    )
