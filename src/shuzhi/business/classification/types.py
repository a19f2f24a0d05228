from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Grade, Mask


class Kind(StrEnum):
    """What values may be that nobody should read without need."""

    RESIDENT_ID = "resident_id"
    PHONE = "phone"
    EMAIL = "email"
    PERSON_NAME = "person_name"
    ADDRESS = "address"
    HEALTH = "health"
    PLACE = "place"


@dataclass(frozen=True)
class Protection:
    """What a kind of data should have at least."""

    title: Words
    grade: Grade
    mask: Mask


# Sensitive personal information (敏感个人信息: health, whereabouts, identity numbers) is never below L3.
PROTECTIONS = {
    Kind.RESIDENT_ID: Protection(Words(zh="身份证号", en="identity numbers"), Grade.L3, Mask.PARTIAL),
    Kind.PHONE: Protection(Words(zh="电话号码", en="telephone numbers"), Grade.L3, Mask.PARTIAL),
    Kind.EMAIL: Protection(Words(zh="邮箱", en="mail addresses"), Grade.L3, Mask.PARTIAL),
    Kind.PERSON_NAME: Protection(Words(zh="姓名", en="names of persons"), Grade.L2, Mask.PARTIAL),
    Kind.ADDRESS: Protection(Words(zh="住址", en="home addresses"), Grade.L3, Mask.GENERALISE),
    Kind.HEALTH: Protection(Words(zh="健康信息", en="facts of health"), Grade.L3, Mask.DROP),
    Kind.PLACE: Protection(Words(zh="人员位置", en="whereabouts of persons"), Grade.L3, Mask.NOISE),
}


@dataclass(frozen=True)
class Found:
    """A field whose values ask for more protection than its declaration gives."""

    field: str
    kinds: tuple[Kind, ...]
    counts: dict[str, int]
    rows: int
    grade: Grade
    mask: Mask
    is_open: bool
    asked_grade: Grade
    asked_mask: Mask


@dataclass(frozen=True)
class Review:
    """A finding on its way: what was found, what is suggested, and where its dossier stands."""

    id: int
    dataset: str
    field: str
    kinds: tuple[Kind, ...]
    said: Words
    rows: int
    grade: Grade
    mask: Mask
    asked_grade: Grade
    asked_mask: Mask
    dossier: int
    is_open: bool
    outcome: str
    found_at: datetime
