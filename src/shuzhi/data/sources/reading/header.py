"""Where the header of a grid is, and what its columns are called.

Above a department's table stand titles, units and attachments; the header may span two rows, with merged
cells; some files have none. Judged on the first rows only, before a single data row is handed out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from shuzhi.data.sources.reading.column_names import joined_name, unique_name
from shuzhi.data.sources.reading.grid import Merge, Record
from shuzhi.data.sources.reading.problems import Problem, ProblemCode
from shuzhi.data.sources.reading.second_header import filled_places, second_row
from shuzhi.data.sources.reading.shapes import TYPED, common_shape, is_empty, is_header_like

FILLED_SHARE = 0.5
_YEAR = re.compile(r"(?:19|20)\d{2}(?:\.0)?")
SEARCHED_ROWS = 60
DEEP, DEEPEST = 3, 4
_LABELLED = re.compile(r"[^：:]{2,12}[：:]\s*(.*)", re.DOTALL)


@dataclass
class Header:
    """The header found. `first` and `last` are record numbers (None: there is none); `used` the columns' places."""

    first: int | None
    last: int
    used: list[int]
    names: list[str]
    problems: list[Problem] = field(default_factory=list)


def find_header(
    sample: list[Record], merges: tuple[Merge, ...], header_row: int | None, *, padded: bool = True
) -> Header:
    """The header in the sample; `header_row` fixes it by hand. Unpadded rows may be longer than the header."""
    rows = [record for record in sample if not is_blank(record.cells)]
    first = _given(rows, header_row) if header_row else _first_full_row(rows, merges)
    if first is None or (not header_row and not _is_header(rows, first, merges)):
        return _headerless(rows)
    last = _merged_last(rows, first, merges) or second_row(rows, first, merges) or first
    spread = [_spread(rows[place], merges) for place in range(first, last + 1)]
    return _named(spread, rows[first], rows[last], rows[last + 1 :], padded=padded)


def _merged_last(rows: list[Record], first: int, merges: tuple[Merge, ...]) -> int | None:
    """The last row of a header of three or four rows: its single columns are merged over all of them."""
    top = rows[first].number
    bottom = max((merge.bottom for merge in merges if merge.top == top), default=top)
    last = first + bottom - top
    if not DEEP <= bottom - top + 1 <= DEEPEST or last + 1 >= len(rows) or rows[last].number != bottom:
        return None
    finer = rows[first + 1 : last + 1]
    return (
        last
        if all(is_header_like(row.cells[at]) for row in finer for at in filled_places(row.cells))
        else None
    )


def is_blank(cells: list[str]) -> bool:
    """A row without any text."""
    return all(not cell or cell.isspace() for cell in cells)


def _given(rows: list[Record], header_row: int) -> int | None:
    return next((place for place, row in enumerate(rows) if row.number >= header_row), None)


def _spread(row: Record, merges: tuple[Merge, ...]) -> list[str]:
    """The cells with the text of a merged range in all its columns."""
    cells = list(row.cells)
    for merge in merges:
        if merge.top == row.number and merge.left < len(cells) and cells[merge.left]:
            for place in range(merge.left, min(merge.right + 1, len(cells))):
                cells[place] = cells[merge.left]
    return cells


def _first_full_row(rows: list[Record], merges: tuple[Merge, ...]) -> int | None:
    """The first row that fills at least half of the columns which the rows below use."""
    for place, row in enumerate(rows[:SEARCHED_ROWS]):
        filled = filled_places(_spread(row, merges))
        texts = {row.cells[at].strip() for at in filled_places(row.cells)}
        below = rows[place + 1 : place + 201]
        needed = _usual_width(below)
        is_title = _is_lone(rows, place, texts, needed) or _is_labelled(texts)
        if not is_title and len(filled) >= max(1, needed * FILLED_SHARE):
            return place
    return 0 if rows else None


def _is_lone(rows: list[Record], place: int, texts: set[str], needed: int) -> bool:
    """One text above a table of several columns; over values (a,a,a above 1,2,3) it is a name given many times."""
    if len(texts) != 1 or needed <= 1:
        return False
    if len(filled_places(rows[place].cells)) == 1 or place + 1 == len(rows):
        return True
    below = rows[place + 1].cells
    return all(is_header_like(below[at]) for at in filled_places(below))


def _is_labelled(texts: set[str]) -> bool:
    """填报单位：余杭区, 填报日期：2020-04-01: a form's head, no names of columns."""
    found = [_LABELLED.fullmatch(text) for text in texts]
    return bool(found) and all(found) and any(one and one[1] for one in found)


def _usual_width(rows: list[Record]) -> int:
    """How many cells the rows below fill: the median, which captions and blanks don't move."""
    counts = sorted(len(filled_places(row.cells)) for row in rows)
    return counts[len(counts) // 2] if counts else 1


def _is_header(rows: list[Record], place: int, merges: tuple[Merge, ...]) -> bool:
    """Names rather than values: in the typed columns the cell differs in kind from what stands below it."""
    cells = _spread(rows[place], merges)
    if _usual_width(rows) == 1 and any(row.cells == rows[place].cells for row in rows[place + 1 :]):
        return False  # a list whose first line comes again is all values
    if place + 1 >= len(rows):
        return all(is_header_like(cell) for cell in cells if not is_empty(cell))
    alike = differing = 0
    for at in filled_places(cells):
        below = [row.cells[at] for row in rows[place + 1 :] if at < len(row.cells)]
        kind = common_shape(below)
        if kind not in TYPED:
            continue
        if common_shape([cells[at]]) == kind:
            alike += 1
        else:
            differing += 1
    if _names_years(cells):
        return True
    if alike or differing:
        return differing >= alike
    return all(is_header_like(cells[at]) for at in filled_places(cells)) or place > 0


def _names_years(cells: list[str]) -> bool:
    """地区, 2019, 2020, 2021: years, each once, beside at least one word."""
    texts = [cell.strip() for cell in cells if not is_empty(cell)]
    years = [text for text in texts if _YEAR.fullmatch(text)]
    words = [text for text in texts if is_header_like(text)]
    return (
        len(years) > 1
        and len(set(years)) == len(years)
        and bool(words)
        and len(years) + len(words) == len(texts)
    )


def _headerless(rows: list[Record]) -> Header:
    width = max((len(row.cells) for row in rows), default=0)
    used = [
        at for at in range(width) if any(at < len(row.cells) and not is_empty(row.cells[at]) for row in rows)
    ]
    names = [f"column_{place}" for place in range(1, len(used) + 1)]
    return Header(None, 0, used, names, [Problem.of(ProblemCode.NO_HEADER)])


def _named(
    spread: list[list[str]], first: Record, last: Record, below: list[Record], *, padded: bool
) -> Header:
    named = max(len(cells) for cells in spread)
    width = max([named, *(len(row.cells) for row in below)]) if padded else _agreed_width(named, below)
    if len(spread) > 1:
        _carry_groups(spread)
    raw = [joined_name([cells[at] if at < len(cells) else "" for cells in spread]) for at in range(width)]
    used = [
        at
        for at in range(width)
        if raw[at] or any(at < len(row.cells) and not is_empty(row.cells[at]) for row in below)
    ]
    header = Header(first.number, last.number, used, [])
    own = [at < len(first.cells) and not is_empty(first.cells[at]) for at in range(width)]
    header.names = _unique([raw[at] for at in used], [own[at] or len(spread) > 1 for at in used], header)
    return header


def _agreed_width(named: int, below: list[Record]) -> int:
    """The header's width, unless most rows agree on being longer: a few longer rows are ragged."""
    longer = sorted(len(row.cells) for row in below)
    agreed = longer[len(longer) // 2] if longer else named
    return max(named, agreed)


def _carry_groups(spread: list[list[str]]) -> None:
    """In a two-row header without merged cells a group's name stands once: 人口,,面积 above 男,女,."""
    upper, lower = spread[0], spread[-1]
    for at in range(1, min(len(upper), len(lower))):
        grouped = not is_empty(lower[at]) and not is_empty(lower[at - 1])
        if is_empty(upper[at]) and grouped:
            upper[at] = upper[at - 1]


def _unique(names: list[str], own: list[bool], header: Header) -> list[str]:
    """Each name once. A name spread by a merged cell is no duplicate, one that was written twice is."""
    taken: set[str] = set()
    result: list[str] = []
    for place, name in enumerate(names):
        fresh = unique_name(
            name or f"column_{header.used[place] + 1}", taken | set(names[place + 1 :]) if not name else taken
        )
        if not name:
            facts = {"position": header.used[place] + 1, "renamed": fresh}
            header.problems.append(Problem.of(ProblemCode.MISSING_COLUMN_NAME, header.first, fresh, **facts))
        elif fresh != name and own[place]:
            facts = {"name": name, "renamed": fresh}
            header.problems.append(Problem.of(ProblemCode.DUPLICATE_COLUMN, header.first, fresh, **facts))
        taken.add(fresh)
        result.append(fresh)
    return result
