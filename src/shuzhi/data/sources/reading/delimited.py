"""CSV and its relatives: comma, tab, semicolon, pipe; quoted cells may hold line ends.

An unclosed quote must not swallow the file. Where the quoted text runs into something that can't be right
(another quote in mid-cell, too many lines, the end of the file) the first line alone is given out as broken and
reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path

from shuzhi.data.sources.reading.encodings import Line, lines, text_chunks
from shuzhi.data.sources.reading.grid import Grid, Record
from shuzhi.data.sources.reading.problems import Problem, ProblemCode, line_problem
from shuzhi.data.sources.reading.types import Limits

DELIMITERS = ("\t", ",", "|", ";")
RARE_DELIMITERS = ("，", "^", "；", "~", "\x01", "\x1f")  # only where every record agrees
SAMPLE_RECORDS = 200
AGREED = 0.95
CONSISTENT = 0.6
LEAST_PATIENCE = 20

csv.field_size_limit(2**31 - 1)


@dataclass(frozen=True)
class DelimitedFile:
    """A delimited text file whose encoding is known."""

    path: Path
    encoding: str
    limits: Limits

    def grid(self, delimiter: str | None) -> Grid:
        """The file as records; the delimiter is found when it is not given."""
        chosen = delimiter or self._find_delimiter()
        return Grid(
            format="tsv" if chosen == "\t" else "csv",
            encoding=self.encoding,
            delimiter=chosen,
            records=self.records(chosen),
        )

    @property
    def is_even(self) -> bool:
        """Whether some delimiter gives most of the first records the same number of cells."""
        return max(self._shares.values()) >= CONSISTENT

    @property
    def has_delimiters(self) -> bool:
        """Whether any of the first records has a second cell at all."""
        return max(self._shares.values()) > 0

    def _find_delimiter(self) -> str:
        if self.is_even:
            return max(self._shares, key=self._shares.__getitem__)
        return "\t" if self.path.suffix.lower() in {".tsv", ".tab"} else ","

    @cached_property
    def _shares(self) -> dict[str, float]:
        head = self._head
        usual = {mark: self._consistency(mark) if mark in head else 0.0 for mark in DELIMITERS}
        if max(usual.values()) >= CONSISTENT:
            return usual
        rare = {mark: self._consistency(mark) for mark in RARE_DELIMITERS if mark in head}
        return usual | {mark: share for mark, share in rare.items() if share >= AGREED}

    @property
    def _head(self) -> str:
        """The first text of the file: a mark that is not in it delimits nothing."""
        return next(text_chunks(self.path, self.encoding, errors="replace"), "")

    def _consistency(self, delimiter: str) -> float:
        """The share of the first records that have the most frequent number of cells (more than one)."""
        sample = islice(self.records(delimiter), SAMPLE_RECORDS)
        widths = Counter(len(record.cells) for record in sample if any(record.cells))
        several = [(count, width) for width, count in widths.items() if width > 1]
        return max(several)[0] / sum(widths.values()) if several else 0.0

    def records(self, delimiter: str) -> Iterator[Record]:
        """Every record of the file, blank ones included, numbered from 1."""
        source = _PushBack(
            lines(self.path, self.encoding, self.limits.line_characters), self.limits.quoted_lines
        )
        number = 0
        while (line := source.next()) is not None:
            number += 1
            if line.text.count(delimiter) >= self.limits.columns:
                yield self._too_wide(number, line.text, delimiter)
            elif '"' not in line.text:
                cells = line.text.rstrip("\r\n").split(delimiter)
                yield Record(number, cells, self._problem(number, cells, line.text, line.fault))
            else:
                yield self._quoted(number, line, source, delimiter)

    def _too_wide(self, number: int, text: str, delimiter: str) -> Record:
        facts = {"found": text.count(delimiter) + 1, "expected": f"≤ {self.limits.columns}"}
        return Record(number, [text], Problem.of(ProblemCode.RAGGED_ROW, number, None, **facts))

    def _quoted(self, number: int, line: Line, source: _PushBack, delimiter: str) -> Record:
        cells, open_quote = _parse(line.text, delimiter)
        if not open_quote:
            return Record(number, cells, self._problem(number, cells, line.text, line.fault))
        taken = [line]
        if source.take_until_closed(taken, self.limits.line_characters):
            text = "".join(part.text for part in taken)
            closed = _closed(text, delimiter)
            if closed is not None:
                fault = next((part.fault for part in taken if part.fault), None)
                return Record(number, closed, self._problem(number, closed, text, fault))
        source.push_back(taken[1:])
        raw = line.text.rstrip("\r\n").split(delimiter)
        return Record(number, raw, Problem.of(ProblemCode.UNCLOSED_QUOTE, number))

    def _problem(self, number: int, cells: list[str], text: str, fault: str | None) -> Problem | None:
        if fault:
            return line_problem(number, fault, encoding=self.encoding, limit=self.limits.line_characters)
        if len(text) > self.limits.cell_characters:
            longest = max(map(len, cells))
            if longest > self.limits.cell_characters:
                limit = self.limits.cell_characters
                return Problem.of(ProblemCode.CELL_TOO_LONG, number, found=longest, limit=limit)
        return Problem.of(ProblemCode.NUL_BYTE, number) if "\0" in text else None


class _PushBack:
    """An iterator of lines to which lines can be given back.

    `patience` is how many lines a quoted cell may span. It halves each time that a search for the closing quote
    ends in nothing, so that a file full of open quotes takes no longer than others.
    """

    def __init__(self, source: Iterator[Line], patience: int) -> None:
        self._source = source
        self._waiting: deque[Line] = deque()
        self._patience = patience

    def next(self) -> Line | None:
        return self._waiting.popleft() if self._waiting else next(self._source, None)

    def push_back(self, given: list[Line]) -> None:
        self._waiting.extendleft(reversed(given))

    def take_until_closed(self, taken: list[Line], characters: int) -> bool:
        """Take lines until an odd number of quotes closes the open cell; False when none does in time."""
        size = 0
        while len(taken) <= self._patience and size < characters:
            line = self.next()
            if line is None:
                break
            taken.append(line)
            size += len(line.text)
            if line.text.count('"') % 2:
                return True
        self._patience = max(LEAST_PATIENCE, self._patience // 2)
        return False


def _parse(text: str, delimiter: str) -> tuple[list[str], bool]:
    """The cells of one line, and whether it ends inside a quoted cell."""
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True)), False
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return [], True
    return _lenient(text, delimiter), False


def _closed(text: str, delimiter: str) -> list[str] | None:
    """The cells of several lines; None when the quote was never meant to span them."""
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True))
    except csv.Error:
        return None


def _lenient(text: str, delimiter: str) -> list[str]:
    """Quotes in odd places are text."""
    try:
        return next(csv.reader((text,), delimiter=delimiter))
    except csv.Error:
        return text.rstrip("\r\n").split(delimiter)
