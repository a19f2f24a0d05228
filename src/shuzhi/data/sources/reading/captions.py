"""Rows between the data that are no data: group captions (北京市（92所）) and footnotes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shuzhi.data.sources.reading.grid import Merge, Record
from shuzhi.data.sources.reading.shapes import common_shape, is_empty, shape_of

LEAST_COLUMNS = 3
_DECLARED = re.compile(
    r"[（(]\s*(?:共|计|合计|小计)?\s*(\d{1,9})\s*[所家个户条项人名件处座宗起批次间辆本种类份台套村街道镇乡]{1,3}\s*[)）]\s*$"
    r"|[：:，, ]\s*共?\s*(\d{1,9})\s*[所家个户条项人名件处座宗起批次]\s*$"
)
_NUMBERED = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]+[章节部类])"
)
_FOOTNOTE = re.compile(
    r"\s*(?:注\s*[：:\d一二三]|备注\s*[：:]|说明\s*[：:]|附注|数据来源|资料来源|来源\s*[：:]|制表|填表|审核人|"
    r"Source:|Notes?:|\*)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CaptionRule:
    """Decides for one grid which rows are captions, footnotes or data."""

    width: int
    first: int
    numbered: bool
    merged_rows: frozenset[int]

    @classmethod
    def of(cls, sample: list[Record], used: list[int], merges: tuple[Merge, ...]) -> CaptionRule:
        """The rule for a grid, from its first rows."""
        first = used[0] if used else 0
        column = [row.cells[first] for row in sample if first < len(row.cells) and _filled(row) > 1]
        wide = {
            merge.top
            for merge in merges
            if merge.left <= first and merge.right - merge.left + 1 >= max(2, len(used) / 2)
        }
        return cls(len(used), first, common_shape(column) in {"integer", "digits"}, frozenset(wide))

    def has_groups(self, rows: list[Record]) -> bool:
        """Whether a caption stands above any data: a remark under the last row heads nothing."""
        headed = False
        for row in rows:
            if self.is_footnote(row):
                continue
            if self.is_caption(row):
                headed = True
            elif headed:
                return True
        return False

    def is_caption(self, row: Record) -> bool:
        """One text in the first column of an otherwise empty row, and a sign that it is a heading."""
        text = self._only_text(row)
        if text is None or self.width < LEAST_COLUMNS:
            return False
        heading = bool(_DECLARED.search(text) or _NUMBERED.match(text)) or row.number in self.merged_rows
        return heading or (self.numbered and shape_of(text) == "text")

    def is_footnote(self, row: Record) -> bool:
        """A remark under the table."""
        text = self._only_text(row)
        return text is not None and self.width > 1 and bool(_FOOTNOTE.match(text))

    def _only_text(self, row: Record) -> str | None:
        cells = row.cells
        if self.first >= len(cells) or is_empty(cells[self.first]):
            return None
        if any(cell and not cell.isspace() for place, cell in enumerate(cells) if place != self.first):
            return None
        return cells[self.first].strip()


def _filled(row: Record) -> int:
    return sum(not is_empty(cell) for cell in row.cells)


def declared_total(text: str) -> int | None:
    """The number of rows a caption says will follow: 92 in 北京市（92所）."""
    found = _DECLARED.search(text)
    return int(found[1] or found[2]) if found else None


def group_name(text: str) -> str:
    """The caption without its count: 北京市."""
    return _DECLARED.sub("", text).strip() or text.strip()
