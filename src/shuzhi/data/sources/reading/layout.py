"""From a grid to a table: titles above, the header, captions between, blanks, footnotes, ragged rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from shuzhi.data.sources.reading.captions import APART_STARTS, CaptionRule, declared_total, group_name
from shuzhi.data.sources.reading.column_names import unique_name
from shuzhi.data.sources.reading.errors import EmptyFile, FileTooLarge
from shuzhi.data.sources.reading.grid import Grid, Record, Spreading
from shuzhi.data.sources.reading.header import Header, find_header, is_blank
from shuzhi.data.sources.reading.problems import Problem, ProblemCode
from shuzhi.data.sources.reading.serial_dates import serial_columns, serial_day
from shuzhi.data.sources.reading.shapes import is_empty
from shuzhi.data.sources.reading.types import Caption, Limits, Note, ReadOptions, SourceRow, TableReader

GROUP = "分组"
NOTES_KEPT = 200


def read_grid(grid: Grid, options: ReadOptions, name: str) -> TableReader:
    """The table in a grid.

    Raises:
        EmptyFile: not a single cell holds text.
        FileTooLarge: more columns than allowed.
    """
    limit = options.limits.columns
    sample = list(_first_records(grid, options.limits))
    if all(is_blank(record.cells) for record in sample):
        raise EmptyFile(file=name)
    filled = [record for record in sample if not is_blank(record.cells)]
    if all(_is_too_wide(record) for record in filled):
        raise FileTooLarge(file=name, what="columns 列数", size=f">{limit}", limit=limit)
    good = [record for record in sample if record.problem is None and not is_blank(record.cells)] or sample
    header = find_header(good, grid.merges, options.header_row, padded=grid.padded)
    if len(header.used) > limit:
        raise FileTooLarge(file=name, what="columns 列数", size=len(header.used), limit=limit)
    body = [record for record in good if record.number > header.last]
    rule = CaptionRule.of(body, header.used, grid.merges)
    days = serial_columns(header.names, header.used, body, strictly=not grid.padded)
    layout = _Layout(grid, header, rule, rule.has_groups(body), days)
    layout.problems.keep = options.limits.problems_listed
    return layout.reader(chain(sample, grid.records))


def _first_records(grid: Grid, limits: Limits) -> Iterator[Record]:
    """Enough rows to find the header in, however long their cells are."""
    size = 0
    for record in islice(grid.records, limits.sample_rows):
        yield record
        size += sum(map(len, record.cells))
        if size > limits.sample_characters:
            return


def _is_too_wide(record: Record) -> bool:
    return (
        len(record.cells) == 1
        and record.problem is not None
        and record.problem.code == ProblemCode.RAGGED_ROW
    )


@dataclass
class _Layout:
    grid: Grid
    header: Header
    rule: CaptionRule
    grouped: bool
    days: dict[int, str]
    captions: list[Caption] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.problems = self.grid.problems
        used = self.header.used
        self.width = used[-1] + 1 if used else 0
        self.straight = used == list(range(self.width))
        self.raw_header = [""] * self.width

    def reader(self, records: Iterator[Record]) -> TableReader:
        names = tuple(self.header.names)
        derived = (unique_name(GROUP, set(names)),) if self.grouped else ()
        for problem in self.header.problems:
            self.problems.add(problem)
        for name in self.days.values():
            self.problems.add(Problem.of(ProblemCode.SERIAL_DATE, self.header.first, name))
        return TableReader(
            format=self.grid.format,
            columns=names + derived,
            rows=lambda: self.rows(records),
            encoding=self.grid.encoding,
            delimiter=self.grid.delimiter,
            header_row=self.header.first,
            table=self.grid.table,
            tables=self.grid.tables,
            derived=derived,
            captions=self.captions,
            notes=self.notes,
            problems=self.problems,
        )

    def rows(self, records: Iterator[Record]) -> Iterator[SourceRow]:
        """Every data row once; everything else goes to captions, notes and problems."""
        merged = Spreading(self.grid.merges, below=self.header.last)
        for record in records:
            if record.number <= self.header.last:
                self._above(record)
                continue
            row = self._row(merged.filled(record))
            if row is not None:
                if self.captions:
                    self.captions[-1].counted += 1
                yield row
        self._check_totals()

    def _above(self, record: Record) -> None:
        first = self.header.first
        if first is not None and record.number < first:
            self._note(record)
        elif record.number == first:
            self.raw_header = self._placed(record.cells)

    def _note(self, record: Record) -> None:
        text = "  ".join(cell.strip() for cell in record.cells if not is_empty(cell))
        if text and len(self.notes) < NOTES_KEPT:
            self.notes.append(Note(record.number, text[:1000]))

    def _placed(self, cells: list[str]) -> list[str]:
        return [cells[at] if at < len(cells) else "" for at in self.header.used]

    def _row(self, record: Record) -> SourceRow | None:
        cells = record.cells
        if record.problem is None:
            if len(cells) == self.width and self.straight and cells[0] and cells[-1]:
                values = cells
                if cells[0][:1] in APART_STARTS and self._is_apart(record):
                    return None
            elif is_blank(cells) or self._is_apart(record):
                return None
            else:
                values = self._placed(cells)
            if len(values) > 1 and values[0] == self.raw_header[0] and values == self.raw_header:
                self.problems.add(Problem.of(ProblemCode.REPEATED_HEADER, record.number))
                return None
            if len(cells) == self.width or self._fits(cells):
                return SourceRow(record.number, self._grouped(values))
        return SourceRow(record.number, tuple(cells), record.problem or self._ragged(record))

    def _fits(self, cells: list[str]) -> bool:
        """Cells beyond the table must be empty; CSV rows must not be short."""
        if len(cells) < self.width:
            return self.grid.padded
        return all(is_empty(cell) for cell in cells[self.width :])

    def _grouped(self, values: list[str]) -> tuple[str | None, ...]:
        if self.days:
            values = [serial_day(cell) if at in self.days else cell for at, cell in enumerate(values)]
        if not self.grouped:
            return tuple(values)
        group = group_name(self.captions[-1].text) if self.captions else ""
        return (*values, group)

    def _is_apart(self, record: Record) -> bool:
        """Captions and footnotes are written down where they belong and are not data."""
        if self.rule.is_footnote(record):
            self._note(record)
            return True
        if self.grouped and self.rule.is_caption(record):
            text = record.cells[self.rule.first].strip()
            self.captions.append(Caption(record.number, text, declared_total(text)))
            return True
        return self._is_total(record)

    def _is_total(self, record: Record) -> bool:
        """Totals are said and are no data."""
        if not self.rule.is_total(record):
            return False
        self._note(record)
        self.problems.add(Problem.of(ProblemCode.TOTAL_ROW, record.number))
        return True

    def _ragged(self, record: Record) -> Problem:
        found, expected = len(record.cells), self.width
        return Problem.of(ProblemCode.RAGGED_ROW, record.number, found=found, expected=expected)

    def _check_totals(self) -> None:
        for caption in self.captions:
            if caption.declared is not None and caption.declared != caption.counted:
                facts = {"declared": caption.declared, "counted": caption.counted}
                self.problems.add(Problem.of(ProblemCode.CAPTION_TOTAL_MISMATCH, caption.row, None, **facts))
