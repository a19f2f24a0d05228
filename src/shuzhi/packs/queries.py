from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shuzhi.packs import models
from shuzhi.packs.errors import PackNotInstalled
from shuzhi.packs.types import Manifest


class PackStatus(StrEnum):
    """Whether a pack is in use on this node."""

    INSTALLED = "installed"
    DISABLED = "disabled"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class Installed:
    """A pack as it stands on this node; `declared` is what it declared when it was installed, by folder and id."""

    manifest: Manifest
    digest: str
    installed_at: datetime
    installed_by: str
    status: PackStatus = PackStatus.INSTALLED
    declared: dict[str, dict[str, Any]] | None = None
    reason: str = ""
    archive: str = ""

    @property
    def id(self) -> str:
        """Field and name."""
        return self.manifest.pack

    @property
    def in_use(self) -> bool:
        """Whether it is neither disabled nor archived."""
        return self.status is PackStatus.INSTALLED


def installed_packs() -> list[Installed]:
    """Every pack that was ever installed, by id."""
    return [_value(row) for row in models.InstalledPack.objects.order_by("id")]


def installed_pack(pack: str) -> Installed:
    """One pack.

    Raises:
        PackNotInstalled: it never was on this node.
    """
    row = models.InstalledPack.objects.filter(id=pack).first()
    if row is None:
        raise PackNotInstalled(pack=pack)
    return _value(row)


def owners() -> dict[str, str]:
    """Which office owns each pack."""
    return {one.id: one.manifest.owner for one in installed_packs()}


def _value(row: models.InstalledPack) -> Installed:
    return Installed(
        manifest=Manifest.model_validate(row.manifest),
        digest=row.digest,
        installed_at=row.installed_at,
        installed_by=row.installed_by,
        status=PackStatus(row.status),
        declared=row.declared,
        reason=row.reason,
        archive=row.archive,
    )


def needs_file(sha256: str) -> bool:
    """Whether it is an archived pack."""
    return models.InstalledPack.objects.filter(archive=sha256).exists()
