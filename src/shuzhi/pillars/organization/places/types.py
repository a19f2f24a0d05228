"""Where an address was placed, and on what evidence."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple


class Reason(NamedTuple):
    """Why an address was placed as it was, or not placed."""

    zh: str
    en: str
    confidence: float


REASONS = MappingProxyType(
    {
        "town": Reason("写明乡镇街道", "names a town or street office", 0.98),
        "district": Reason("写明区县，且该区县未分拆", "names a district that was never divided", 0.95),
        "zone": Reason("写明开发区或知名片区", "names a development zone or well-known area", 0.9),
        "village": Reason("写明村或社区", "names a village or community", 0.9),
        "former_town": Reason("写明已撤并的乡镇", "names a former town", 0.85),
        "settlement": Reason("以乡镇地名开头", "begins with the name of a town's settlement", 0.85),
        "road": Reason(
            "其他地址中此路或此处只在一个区",
            "other addresses show this road or site in one district only",
            0.8,
        ),
        "road_once": Reason(
            "另有地址表明此路或此处在可能的区之一",
            "another address shows this road or site in one of the possible districts",
            0.7,
        ),
        "remainder": Reason(
            "原区划只划出了地址必会写明的一部分，此处没有写到那一部分",
            "the district gave away only a part that addresses always name, and this one does not",
            0.8,
        ),
        "hint": Reason("来源另有区县信息", "the source says the district elsewhere", 0.7),
        "ambiguous": Reason(
            "原区划已分拆，地址不足以判断归属", "the district was divided and nothing tells the side", 0.0
        ),
        "conflict": Reason("区县与乡镇相互矛盾", "the district and the town contradict each other", 0.0),
        "outside": Reason("不在本市", "lies outside the city", 0.0),
        "no_division": Reason("没有写明任何区划", "names no division", 0.0),
        "empty": Reason("地址为空", "the address is empty", 0.0),
    }
)


@dataclass(frozen=True, slots=True)
class Placement:
    """One address in the tree of today; `division` is None where it could not be placed honestly.

    `evidence` quotes the words that decided. `candidates` are the divisions that remain possible when there are several.
    """

    division: str | None
    town: str | None
    reason_code: str
    evidence: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """0 when unplaced; otherwise how much the kind of evidence is worth, fixed by kind."""
        return REASONS[self.reason_code].confidence

    @property
    def reason_zh(self) -> str:
        """The reason in Chinese, with the words it rests on."""
        return "：".join(filter(None, (REASONS[self.reason_code].zh, "、".join(self.evidence))))

    @property
    def reason_en(self) -> str:
        """The reason in English, with the words it rests on."""
        return ": ".join(filter(None, (REASONS[self.reason_code].en, ", ".join(self.evidence))))
