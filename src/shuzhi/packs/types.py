"""A pack's manifest and what loading a pack yields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.parts import Declaration
from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis


class PackGrade(StrEnum):
    """How far a pack is proven."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class Manifest(BaseModel):
    """`pack.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pack: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    title: Words
    summary: Words | None = None
    systems: tuple[str, ...] = ()
    owner: str
    basis: tuple[Basis, ...] = ()
    needs: tuple[str, ...] = ()
    grade: PackGrade = PackGrade.BRONZE
    version: str = Field(default="1", pattern=r"^\d+(\.\d+)*$")
    synthetic: bool = False


@dataclass(frozen=True)
class Pack:
    """A loaded pack: its manifest and its declarations by folder."""

    manifest: Manifest
    folder: Path
    declarations: dict[str, tuple[Declaration[BaseModel], ...]]
