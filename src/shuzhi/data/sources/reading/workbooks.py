"""XLSX and XLS: checked as an archive first, then read by a process of its own.

Macros, external links and formulas are never run; a formula gives the value that was stored with it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from shuzhi.data.sources.reading.archives import inspect_archive
from shuzhi.data.sources.reading.errors import FileTooLarge, TableNotFound, UnreadableFile
from shuzhi.data.sources.reading.grid import Grid, Merge, Record
from shuzhi.data.sources.reading.problems import Problem, ProblemCode, ProblemLog, other_tables
from shuzhi.data.sources.reading.sheet_extent import SheetFindings, check_extent
from shuzhi.data.sources.reading.types import Limits

_READER = Path(__file__).with_name("sheet_process.py")
_WHOLE = 1e15  # a float holds every whole number up to here


@dataclass(frozen=True)
class Workbook:
    """One workbook; `format` is xlsx or xls."""

    path: Path
    format: str
    limits: Limits
    name: str

    def grid(self, table: str | None, resources: ExitStack) -> Grid:
        """The sheet asked for, or the first one with a table in it."""
        findings: dict[str, SheetFindings] = {}
        if self.format == "xlsx":
            inspect_archive(self.path, self.limits, self.name)
            findings = check_extent(self.path, self.limits, self.name)
        head, output = self._start(table, resources)
        problems = ProblemLog()
        if head["others"]:
            problems.add(other_tables(head["table"], head["others"]))
        if head["table"] in findings:
            findings[head["table"]].report(problems)
        merges = tuple(Merge(top + 1, left, bottom + 1, right) for top, left, bottom, right in head["merges"])
        return Grid(
            format=self.format,
            records=self._records(output),
            merges=merges,
            padded=True,
            table=head["table"],
            tables=tuple(head["tables"]),
            problems=problems,
        )

    def _records(self, output: IO[bytes]) -> Iterator[Record]:
        number = 0
        while "rows" in (message := self._receive(output)):
            for row in message["rows"]:
                number += 1
                cells = [cell if isinstance(cell, str) else number_text(cell) for cell in row]
                yield Record(number, cells, self._problem(number, cells))

    def _problem(self, number: int, cells: list[str]) -> Problem | None:
        limit = self.limits.cell_characters
        for cell in cells:
            if len(cell) > limit:
                return Problem.of(ProblemCode.CELL_TOO_LONG, number, found=len(cell), limit=limit)
            if "\0" in cell:
                return Problem.of(ProblemCode.NUL_BYTE, number)
        return None

    def _start(self, table: str | None, resources: ExitStack) -> tuple[dict[str, Any], IO[bytes]]:
        limits = (str(self.limits.sheet_memory), str(self.limits.sheet_seconds))
        process = subprocess.Popen(
            [sys.executable, "-I", str(_READER), str(self.path.resolve()), table or "", *limits],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        resources.callback(_stop, process)
        output = process.stdout
        assert output is not None
        head = self._receive(output)
        if "missing" in head:
            raise TableNotFound(file=self.name, table=table, tables="、".join(head["tables"]))
        return head, output

    def _receive(self, output: IO[bytes]) -> dict[str, Any]:
        size = output.read(4)
        if len(size) < 4:  # noqa: PLR2004
            raise self._broken("the reader gave up: damaged or too large 文件损坏或过大")
        message: dict[str, Any] = msgspec.msgpack.decode(output.read(int.from_bytes(size, "big")))
        if message.get("error") == "memory":
            limit = self.limits.sheet_memory
            raise FileTooLarge(file=self.name, what="memory", size=f">{limit}", limit=limit)
        if "error" in message:
            raise self._broken(str(message["error"])[:200])
        return message

    def _broken(self, reason: str) -> UnreadableFile:
        return UnreadableFile(file=self.name, format=self.format, reason=reason)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    if process.stdout:
        process.stdout.close()
    process.wait()


def number_text(value: float | bool) -> str:  # noqa: FBT001
    """A number as a clerk would write it: 4133010001.0 is the code 4133010001."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(int(value)) if value.is_integer() and abs(value) < _WHOLE else repr(value)
