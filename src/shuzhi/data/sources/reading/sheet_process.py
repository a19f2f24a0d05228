"""Runs alone, in a process of its own: reads one sheet and writes its rows to standard output.

A crafted workbook can make a native reader ask for all memory there is and abort. Here that ends this process
only, under a limit of memory and processor time. Started by `workbooks.py` with `python -I`; it imports nothing
of the platform. Output: frames of four bytes length and msgpack.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from typing import Any

import msgspec
import python_calamine

ROWS_PER_FRAME = 500
LOOKED_INTO = 8 * 1024 * 1024
_ASIDE = re.compile(
    r"封面|目录|说明|须知|指引|代码表|字典|示例|样例|模板|readme|cover|notes?$|instruction|example",
    re.IGNORECASE,
)


def main(path: str, table: str, memory: int, seconds: int) -> None:
    """Limit this process, then read."""
    _limit(memory, seconds)
    try:
        _read(path, table)
    except MemoryError:
        _send({"error": "memory"})
    except Exception as error:  # noqa: BLE001  (whatever a native reader raises becomes one message)
        _send({"error": str(error) or type(error).__name__})


def _limit(memory: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:  # not a POSIX system: the parent's limits on size still hold
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(path: str, table: str) -> None:
    # By content: a workbook is often called by the other format's name.
    with open(path, "rb") as file, python_calamine.CalamineWorkbook.from_filelike(file) as workbook:  # noqa: PTH123
        visible, hidden = _worksheets(workbook)
        names = visible + hidden
        if table and table not in names:
            _send({"missing": True, "tables": names})
            return
        name, sheet = (
            _choose(workbook, [table] if table else visible) or _choose(workbook, hidden) or (None, None)
        )
        others = [] if table else _others(workbook, name, names, os.path.getsize(path))  # noqa: PTH202
        merges = [[top, left, bottom, right] for (top, left), (bottom, right) in _merges(sheet)]
        _send({"table": name or next(iter(names), None), "tables": names, "others": others, "merges": merges})
        if sheet is not None and sheet.start is not None:
            _send_rows(sheet)
        _send({"end": True})


def _worksheets(workbook: Any) -> tuple[list[str], list[str]]:
    """The visible and the hidden sheets."""
    kinds = python_calamine.SheetTypeEnum
    listed = [sheet for sheet in workbook.sheets_metadata if sheet.typ == kinds.WorkSheet]
    visible = [sheet.name for sheet in listed if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
    return visible, [sheet.name for sheet in listed if sheet.name not in visible]


def _choose(workbook: Any, names: list[str]) -> tuple[str, Any] | None:
    """The first sheet that looks like a table: rows and columns, and no cover, instructions or list of codes."""
    found: list[tuple[int, str, Any]] = []
    for name in names:
        sheet = workbook.get_sheet_by_name(name)
        if sheet.start is None:
            continue
        tall, wide = sheet.height > 1, sheet.width > 1
        rank = 0 if tall and wide and not _ASIDE.search(name) else 1 if tall and wide else 2 if tall else 3
        if not rank:
            return name, sheet
        found = [*found, (rank, name, sheet)] if not found or rank < found[-1][0] else found
    return found[-1][1:] if found else None


def _others(workbook: Any, chosen: str | None, names: list[str], size: int) -> list[str]:
    """The other sheets that hold anything; of a large workbook all of them, for looking would take as long as reading."""
    others = [name for name in names if name != chosen]
    if size > LOOKED_INTO:
        return others
    return [name for name in others if workbook.get_sheet_by_name(name).start is not None]


def _merges(sheet: Any) -> list[Any]:
    return (sheet.merged_cell_ranges or [])[:100_000] if sheet is not None else []


def _send_rows(sheet: Any) -> None:
    lead = [""] * sheet.start[1]
    frame: list[list[Any]] = []
    for row in sheet.iter_rows():
        frame.append(lead + [_plain(cell) for cell in row])
        if len(frame) == ROWS_PER_FRAME:
            _send({"rows": frame})
            frame = []
    _send({"rows": frame})


def _plain(cell: Any) -> Any:
    """Text, number or truth as they are; days and times in ISO 8601."""
    if isinstance(cell, (str, float, bool)):
        return cell
    if isinstance(cell, dt.datetime):
        return cell.isoformat(timespec="seconds") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    return str(cell)


def _send(message: dict[str, Any]) -> None:
    body = msgspec.msgpack.encode(message)
    sys.stdout.buffer.write(len(body).to_bytes(4, "big") + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
