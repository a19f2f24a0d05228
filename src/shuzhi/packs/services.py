from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from shuzhi.foundation.packfiles import packs_root
from shuzhi.foundation.parts import Finding, Installation
from shuzhi.foundation.settings import settings
from shuzhi.packs import loader, models
from shuzhi.packs.engines import PARTS
from shuzhi.packs.errors import PacksFaulty
from shuzhi.packs.types import Pack
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Role


def pack_roots() -> list[Path]:
    """Where this node's packs lie: those of the product, then those of the setting `packs`."""
    return [packs_root(), *settings().packs]


def load_node_packs() -> tuple[list[Pack], list[Finding]]:
    """Every pack of this node, with every fault of every pack."""
    return loader.load_packs(loader.find_packs(pack_roots()))


def install_packs(*, packs: Sequence[Pack], by: Actor, at: datetime) -> list[str]:
    """Install packs, or bring installed ones to their present state; returns the ids that changed.

    All or nothing: parts are installed in the order of `engines.PARTS` over all packs, so that a data
    set of one pack may name an office of another.

    Raises:
        Forbidden: only an administrator installs packs.
    """
    policy.require("packs.install", by=by)
    # Whoever may install packs need not be an officer of every office they speak for: the rooms see the
    # platform act, the audit log sees who had it act.
    installer = replace(by, roles=by.roles | {Role.SYSTEM})
    changed = [pack for pack in packs if _digest(pack) != _installed_digest(pack)]
    with transaction.atomic():
        for part in PARTS:
            for pack in changed:
                installation = Installation(pack=pack.manifest.pack, folder=pack.folder, by=installer, at=at)
                for declaration in pack.declarations[part.folder]:
                    part.install(declaration, installation)
        for pack in changed:
            _note_installed(pack, by=by, at=at)
    return [pack.manifest.pack for pack in changed]


def install_node_packs(*, by: Actor, at: datetime) -> list[str]:
    """Load, check and install every pack of this node.

    Raises:
        PacksFaulty: a pack has a fault; nothing was installed.
    """
    packs, findings = load_node_packs()
    if findings:
        first = findings[0]
        raise PacksFaulty(count=len(findings), first=f"{first.file}:{first.line} {first.message.zh}")
    return install_packs(packs=packs, by=by, at=at)


def _note_installed(pack: Pack, *, by: Actor, at: datetime) -> None:
    models.InstalledPack.objects.update_or_create(
        id=pack.manifest.pack,
        defaults={
            "manifest": pack.manifest.model_dump(mode="json"),
            "digest": _digest(pack),
            "installed_at": at,
            "installed_by": by.name,
        },
    )
    audit.record(
        "packs.installed", target=f"pack/{pack.manifest.pack}", by=by, at=at, version=pack.manifest.version
    )


def _installed_digest(pack: Pack) -> str | None:
    row = models.InstalledPack.objects.filter(id=pack.manifest.pack).first()
    return row.digest if row else None


def _digest(pack: Pack) -> str:
    endings = {".yaml", *(part.ending for part in PARTS)}
    files = sorted(file for file in pack.folder.rglob("*") if file.suffix in endings and file.is_file())
    hashes = hashlib.sha256()
    for file in files:
        hashes.update(str(file.relative_to(pack.folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return hashes.hexdigest()
