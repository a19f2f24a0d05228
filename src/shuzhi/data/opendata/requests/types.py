from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shuzhi.foundation.words import Words


class Way(StrEnum):
    """How data open on conditions are used."""

    API = "api"
    SANDBOX = "sandbox"


WAYS = {
    Way.SANDBOX: Words(zh="沙箱：只取汇总数，不取明细", en="Sandbox: counts and means, no rows"),
    Way.API: Words(zh="接口：凭密钥按行取用", en="API: rows by a key"),
}


@dataclass(frozen=True)
class Wish:
    """What somebody asks for."""

    title: str
    purpose: str
    office: str
    dataset: str = ""
    way: Way = Way.SANDBOX
    days: int = 90


@dataclass(frozen=True)
class Demand:
    """A request as its maker sees it; `key` is there at the moment it is made only."""

    number: int
    dossier: int
    dataset: str
    title: str
    office: str
    account: str
    purpose: str
    way: Way
    days: int
    asked_at: datetime
    finding: Mapping[str, Any] | None
    agreed_at: datetime | None
    until: datetime | None
    has_key: bool
    calls: int
    report: str
    key: str = ""


@dataclass(frozen=True)
class Case:
    """A use case as it is listed."""

    title: str
    summary: str
    url: str
    datasets: tuple[str, ...]
    contest: str
    listed_at: datetime
