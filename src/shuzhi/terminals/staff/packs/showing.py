"""What the gallery and a pack's own page both say: grade, state, and the scenarios' last result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shuzhi.packs.queries import Installed, PackStatus
from shuzhi.packs.types import PackGrade
from shuzhi.terminals.design.types import Cell, Chip, Said, Tone

GRADES = {
    PackGrade.DRAFT: Said("草稿：未作承诺", "Draft: claims nothing"),
    PackGrade.BRONZE: Said("铜：能装，场景通过", "Bronze: installs, scenarios pass"),
    PackGrade.SILVER: Said("银：拒绝、期限、双语", "Silver: refusals, deadlines, both languages"),
    PackGrade.GOLD: Said("金：无障碍、负荷、驾驶舱", "Gold: access, load, cockpit"),
}
STATES = {
    PackStatus.INSTALLED: Chip(Said("在用", "In use"), Tone.SUCCESS),
    PackStatus.DISABLED: Chip(Said("停用", "Disabled"), Tone.WARNING),
    PackStatus.ARCHIVED: Chip(Said("归档", "Archived"), Tone.NEUTRAL),
}
Result = Mapping[str, Any]


def verdict(pack: Installed, result: Result | None) -> Cell:
    """How the scenarios went when they were last run, and whether they were run on what is installed."""
    if not result:
        return Cell(Chip(Said("未验收", "Not verified")))
    passed, scenarios = int(result.get("passed", 0)), int(result.get("scenarios", 0))
    if not scenarios:
        return Cell(Chip(Said("没有场景", "No scenarios")))
    words = Said(f"{scenarios} 个场景通过 {passed} 个", f"{passed} of {scenarios} passed")
    tone = Tone.SUCCESS if passed == scenarios else Tone.DANGER
    if result.get("digest") != pack.digest:
        return Cell(Chip(words, Tone.WARNING), under=Said("验收后内容已变", "Changed since"))
    return Cell(Chip(words, tone), under=verified_at(result))


def verified_at(result: Result) -> datetime | None:
    """When the scenarios were run."""
    try:
        return datetime.fromisoformat(str(result.get("at")))
    except ValueError:
        return None
