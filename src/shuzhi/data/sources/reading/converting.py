"""Rows as they are read, written as one plain CSV that a spreadsheet can open without running anything."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from shuzhi.data.sources.reading.errors import OutputIsSource, OutputNotWritable
from shuzhi.data.sources.reading.formulas import runs_as_formula
from shuzhi.data.sources.reading.opening import open_table
from shuzhi.data.sources.reading.types import ReadOptions, SourceRow


@dataclass(frozen=True, slots=True)
class Conversion:
    """What was written: good rows to `out`, broken ones with their problem to `apart` (None: there were none)."""

    out: Path
    rows: int
    broken: int
    apart: Path | None


def neutralised(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe; plain numbers and telephones stay."""
    return "'" + cell if runs_as_formula(cell) else cell


def convert_file(path: Path, out: Path, *, options: ReadOptions = ReadOptions()) -> Conversion:  # noqa: B008
    """Write a file's rows to `out` (UTF-8); broken rows go to a second file beside it, none is lost.

    Both files appear only when everything has been read.

    Raises:
        UnreadableFile: or one of its kinds; then nothing is left behind.
    """
    if path.exists() and out.exists() and out.samefile(path):
        raise OutputIsSource(file=path.name)
    if not out.parent.is_dir() or out.is_dir():
        raise OutputNotWritable(file=out)
    apart = out.with_name(out.stem + ".broken.csv")
    with ExitStack() as cleanup, open_table(path, options=options) as reader:
        good = _Part(out, cleanup)
        bad = _Part(apart, cleanup)
        good.write(reader.columns)
        bad.write(("row", "code", "message", "values"))
        rows = broken = 0
        for row in reader:
            if row.problem is None:
                rows += 1
                good.write(row.values)
            else:
                broken += 1
                bad.write(_broken(row))
        good.finish()
        if broken:
            bad.finish()
        else:
            apart.unlink(missing_ok=True)  # of an earlier conversion
    return Conversion(out, rows, broken, apart if broken else None)


def _broken(row: SourceRow) -> list[str]:
    assert row.problem is not None
    values = json.dumps(row.values, ensure_ascii=False)
    return [str(row.number), str(row.problem.code), row.problem.message_zh, values]


class _Part:
    """A file that is written under another name until it is whole."""

    def __init__(self, target: Path, cleanup: ExitStack) -> None:
        self._target = target
        self._partial = target.with_name(target.name + ".part")
        self._file: IO[str] = cleanup.enter_context(self._partial.open("w", encoding="utf-8", newline=""))
        cleanup.callback(self._partial.unlink, missing_ok=True)
        self._writer: Any = csv.writer(self._file, lineterminator="\n")

    def write(self, cells: Sequence[str | None]) -> None:
        self._writer.writerow([neutralised(cell) if cell else "" for cell in cells])

    def finish(self) -> None:
        self._file.flush()
        self._partial.replace(self._target)
