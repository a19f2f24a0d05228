"""Whether the row under the header is a second row of it: finer names, or the same names in English."""

from __future__ import annotations

from shuzhi.data.sources.reading.grid import Merge, Record
from shuzhi.data.sources.reading.shapes import TYPED, common_shape, is_empty, is_header_like

LEAST_BELOW = 2


def filled_places(cells: list[str]) -> list[int]:
    """Where a row has text."""
    return [place for place, cell in enumerate(cells) if not is_empty(cell)]


def second_row(rows: list[Record], first: int, merges: tuple[Merge, ...]) -> int | None:
    """The place of a second header row right under the first, if there is one."""
    if first + 2 >= len(rows) or rows[first + 1].number != rows[first].number + 1:
        return None
    upper, lower = rows[first], rows[first + 1]
    filled = filled_places(lower.cells)
    if len(filled) < 2 or not all(is_header_like(lower.cells[at]) for at in filled):  # noqa: PLR2004
        return None
    if [cell.strip() for cell in lower.cells] == [cell.strip() for cell in upper.cells]:
        return None
    groups = [merge for merge in merges if merge.top == upper.number]
    below = rows[first + 2 :]
    if not _fills_gaps(upper, lower, below):
        return None
    tall = any(merge.bottom > merge.top for merge in groups)
    if tall or _completes(upper, lower, below) or _stands_apart(lower, upper, filled, below):
        return first + 1
    return None


def _gaps(upper: Record, lower: Record, below: list[Record]) -> list[int]:
    """Columns in use that the upper row leaves without a name of their own."""
    width = max(len(row.cells) for row in [lower, *below])
    return [
        at
        for at in range(width)
        if (at >= len(upper.cells) or is_empty(upper.cells[at]))
        and any(at < len(row.cells) and not is_empty(row.cells[at]) for row in [lower, *below])
    ]


def _fills_gaps(upper: Record, lower: Record, below: list[Record]) -> bool:
    """A second header row names every column that the first leaves open; a data row rarely does."""
    return all(at < len(lower.cells) and not is_empty(lower.cells[at]) for at in _gaps(upper, lower, below))


def _completes(upper: Record, lower: Record, below: list[Record]) -> bool:
    """The lower row has text where the upper is empty, and is empty where the data below is not."""
    holes = [at for at in filled_places(upper.cells) if at < len(lower.cells) and is_empty(lower.cells[at])]
    if not _gaps(upper, lower, below) or not _typed(below) & set(filled_places(lower.cells)):
        return False
    return any(
        sum(at < len(row.cells) and not is_empty(row.cells[at]) for row in below) > len(below) / 2
        for at in holes
    )


def _stands_apart(lower: Record, upper: Record, filled: list[int], below: list[Record]) -> bool:
    """A full row of different names above numbers, days or codes: the same names in English, or a finer row.

    One odd word in a first data row (待定 in a column of numbers) must never be enough.
    """
    typed = _typed(below)
    full = len(filled) == len(filled_places(upper.cells)) == len({lower.cells[at].strip() for at in filled})
    if not typed or not full or not all(at in filled for at in typed) or len(below) < LEAST_BELOW:
        return False
    other_script = {_is_ascii(upper, filled), _is_ascii(lower, filled)} == {True, False}
    return other_script or (len(typed) > 1 and len(typed) * 2 >= len(filled))


def _typed(below: list[Record]) -> set[int]:
    """The columns with numbers, days or codes below."""
    width = max((len(row.cells) for row in below), default=0)
    kinds = {at: common_shape(row.cells[at] for row in below if at < len(row.cells)) for at in range(width)}
    return {at for at, kind in kinds.items() if kind in TYPED}


def _is_ascii(row: Record, filled: list[int]) -> bool | None:
    """True: all names are ASCII, False: none is, None: some are."""
    plain = {row.cells[at].isascii() for at in filled if at < len(row.cells)}
    return plain.pop() if len(plain) == 1 else None
