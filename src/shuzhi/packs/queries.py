from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shuzhi.packs import models
from shuzhi.packs.types import Manifest


@dataclass(frozen=True)
class Installed:
    """A pack as it was last installed on this node."""

    manifest: Manifest
    digest: str
    installed_at: datetime
    installed_by: str


def installed_packs() -> list[Installed]:
    """Every installed pack, by id."""
    return [
        Installed(
            manifest=Manifest.model_validate(row.manifest),
            digest=row.digest,
            installed_at=row.installed_at,
            installed_by=row.installed_by,
        )
        for row in models.InstalledPack.objects.order_by("id")
    ]
