"""Rows between the data that are no data: group captions (北京市（92所）) and footnotes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shuzhi.data.sources.reading.grid import Merge, Record
from shuzhi.data.sources.reading.shapes import MARKERS, common_shape, is_empty, shape_of

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
_LABEL = re.compile(r"\s*[^：:]{1,12}[：:]", re.DOTALL)
_SIGNED = re.compile(
    r"\s*(?:(?:制表|填表|填报|审核|复核|经办|统计|打印|导出|报送|单位|部门|科室|分管)(?:人员|人|员|单位|部门|日期|时间|负责人|领导)?"
    r"|负责人|联系人|联系电话|电话|日期)\s*[：:]"
)
_COUNTED = re.compile(
    r"\s*(?:本表|以上|总|合计)?[,，]?\s*共?计?\s*\d+\s*[条行家户人项个](?:记录|数据|企业)?[。.]?\s*"
)
_TOTAL = re.compile(
    r"(?:本页|本表|全部|各项)?(?:合计|总计|共计|小计|总和)(?:数|[(（].{1,6}[)）])?[：:]?|(?:grand|sub)?total[:：]?|sum[:：]?",
    re.IGNORECASE,
)
_TOTAL_STARTS = frozenset("本全各合总共小GgSsTt")
# What a remark, a signature or a total can begin with: nearly every row is cleared by its first sign.
APART_STARTS = _TOTAL_STARTS | frozenset("注备说附数资来制填审核复经统打导报单部科分负联电日以SN*")
_NUMERIC = re.compile(r"[¥￥$]?\s*[+-]?[\d,]*\.?\d+\s*(?:%|％|[百千万亿]*元?|[个家户人次件])")


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
        """A remark, a count or the signatures under the table."""
        texts = [cell for cell in row.cells if not is_empty(cell)]
        if self.width < 2 or not texts:  # noqa: PLR2004
            return False
        alone = len(texts) == 1 or len(row.cells) < self.width
        if alone and (_FOOTNOTE.match(texts[0]) or (len(texts) == 1 and _COUNTED.fullmatch(texts[0]))):
            return True
        return bool(_SIGNED.match(texts[0])) and all(map(_LABEL.match, texts))

    def is_total(self, row: Record) -> bool:
        """合计, and nothing but numbers beside it."""
        texts = (cell for cell in row.cells if not is_empty(cell))
        first = next(texts, "").strip()
        if self.width < 2 or first[:1] not in _TOTAL_STARTS or not _TOTAL.fullmatch("".join(first.split())):  # noqa: PLR2004
            return False
        others = [cell.strip() for cell in texts]
        return bool(others) and all(cell in MARKERS or _NUMERIC.fullmatch(cell) for cell in others)

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
