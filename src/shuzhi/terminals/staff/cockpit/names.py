"""Names of divisions in both languages: the tree has Chinese ones, English pages write them in pinyin (GB/T 28039)."""

from __future__ import annotations

from shuzhi.pillars.organization.divisions import Division
from shuzhi.pillars.standards.sorting import sort_key
from shuzhi.terminals.design.types import Said

ENDS = {"街道": " Subdistrict", "镇": " Town", "乡": " Township", "区": "", "县": "", "市": ""}
STATISTICS = "nbs-"
VOWELS = tuple("aeo")


def name_of_division(division: Division) -> Said:
    """A division's name: 余杭区, Yuhang."""
    return Said(division.name, english_name(division.name))


def english_name(name: str) -> str:
    """The name in pinyin with the kind of place in English: 临安区 is Lin'an, 五常街道 Wuchang Subdistrict."""
    for end, kind in ENDS.items():
        if name.endswith(end) and len(name) > len(end) + 1:
            return _joined(name.removesuffix(end)) + kind
    return _joined(name)


def source_title(source: str) -> Said:
    """Where the names of divisions come from, as a person says it."""
    if source.startswith(STATISTICS):
        day = source.removeprefix(STATISTICS)
        return Said(
            f"国家统计局统计用区划代码（{day}）", f"National Bureau of Statistics, division codes of {day}"
        )
    return Said(source, source)


def _joined(name: str) -> str:
    written = ""
    for syllable in sort_key(name).split():
        plain = syllable.rstrip("12345")
        written += f"'{plain}" if written and plain.startswith(VOWELS) else plain
    return written[:1].upper() + written[1:]
