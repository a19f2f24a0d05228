from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from shuzhi.foundation.files import file_store
from shuzhi.foundation.packfiles import packs_root
from shuzhi.foundation.parts import Finding, Installation
from shuzhi.foundation.settings import settings
from shuzhi.packs import loader, models, needing, queries, upgrading
from shuzhi.packs.engines import PARTS
from shuzhi.packs.errors import (
    DossiersOpen,
    PackIsGround,
    PackNeeded,
    PacksFaulty,
    UpgradeRefused,
    VersionTooLow,
)
from shuzhi.packs.queries import Installed, PackStatus
from shuzhi.packs.types import Pack, is_at_least
from shuzhi.packs.upgrading import Report
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import queries as workflow

GROUND = ("nodes", "offices", "laws")
"""What other packs stand on without saying so."""


def pack_roots() -> list[Path]:
    """Where this node's packs lie: those of the product, then those of the setting `packs`."""
    return [packs_root(), *settings().packs]


def load_node_packs() -> tuple[list[Pack], list[Finding]]:
    """Every pack of this node, with every fault of every pack."""
    packs, findings = loader.load_packs(loader.find_packs(pack_roots()))
    return packs, [*loader.find_astray(pack_roots()), *findings]


def dry_run(*, packs: Sequence[Pack], by: Actor) -> list[Report]:
    """What installing these packs would do to data and dossiers; nothing is changed.

    Raises:
        Forbidden: only an administrator installs packs.
    """
    policy.require("packs.install", by=by)
    known = {each.id: each for each in queries.installed_packs()}
    return [
        upgrading.report(pack, known.get(pack.id)) for pack in packs if _differs(pack, known.get(pack.id))
    ]


def install_packs(*, packs: Sequence[Pack], by: Actor, at: datetime) -> list[str]:
    """Install packs, or bring installed ones to their present state; returns the ids that changed.

    All or nothing: parts are installed in the order of `engines.PARTS` over all packs, so that a data
    set of one pack may name an office of another. What runs on an earlier state is migrated by the rooms;
    where one of them can't, nothing is done.

    Raises:
        UpgradeRefused: data or dossiers of an installed pack can't follow.
        VersionTooLow: a later version is installed.
        Forbidden: only an administrator installs packs.
    """
    policy.require("packs.install", by=by)
    # Whoever may install packs need not be an officer of every office they speak for: the rooms see the
    # platform act, the audit log sees who had it act.
    installer = replace(by, roles=by.roles | {Role.SYSTEM})
    known = {each.id: each for each in queries.installed_packs()}
    changed = [pack for pack in packs if _differs(pack, known.get(pack.id))]
    for pack in changed:
        _require_possible(pack, known.get(pack.id), by=by, at=at)
    with transaction.atomic():
        moves = {pack.id: _moves(pack, known.get(pack.id)) for pack in changed}
        for pack in changed:
            upgrading.retire(moves[pack.id], Installation(pack.id, pack.folder, installer, at))
        for part in PARTS:
            for pack in changed:
                installation = Installation(pack=pack.id, folder=pack.folder, by=installer, at=at)
                for declaration in pack.declarations[part.folder]:
                    part.install(declaration, installation)
        for pack in changed:
            upgrading.migrate(moves[pack.id], Installation(pack.id, pack.folder, installer, at))
            _note_installed(pack, known.get(pack.id), by=by, at=at)
    return [pack.id for pack in changed]


def install_node_packs(*, by: Actor, at: datetime, names: Sequence[str] = ()) -> list[str]:
    """Load, check and install every pack of this node, or those named; disabled ones only when they are named.

    Raises:
        PacksFaulty: a pack has a fault; nothing was installed.
    """
    packs, findings = load_node_packs()
    if findings:
        first = findings[0]
        raise PacksFaulty(count=len(findings), first=f"{first.file}:{first.line} {first.message.zh}")
    resting = {each.id for each in queries.installed_packs() if not each.in_use}
    wanted = [pack for pack in packs if (pack.id in names if names else pack.id not in resting)]
    return install_packs(packs=wanted, by=by, at=at)


def disable_pack(*, pack: str, reason: str, by: Actor, at: datetime) -> Installed:
    """Take a pack out of use (停用): nothing new begins with it, all it has collected and decided stays.

    Raises:
        PackNotInstalled: it is not on this node.
        PackIsGround: other packs stand on it without saying so.
        PackNeeded: an installed pack names it among its needs.
        UpgradeRefused: something runs on it that can't be left, such as offices that call its interface.
        Forbidden: only an administrator disables packs.
    """
    policy.require("packs.install", by=by)
    found = queries.installed_pack(pack)
    if found.in_use:
        _require_dispensable(found, by=by, at=at)
        with transaction.atomic():
            _retire(found, by=by, at=at)
            _set_status(pack, PackStatus.DISABLED, reason=reason, by=by, at=at)
            audit.record("packs.disabled", target=f"pack/{pack}", by=by, at=at, reason=reason)
    return queries.installed_pack(pack)


def archive_pack(*, pack: str, folder: Path | None, reason: str, by: Actor, at: datetime) -> Installed:
    """Archive a pack (归档): disabled for good, its files kept with their hash beside what it has collected.

    Raises:
        DossiersOpen: a dossier of its loops is still on its way.
        PackNotInstalled, PackIsGround, PackNeeded, UpgradeRefused, Forbidden: as for `disable_pack`.
    """
    policy.require("packs.install", by=by)
    declared = queries.installed_pack(pack).declared or {}
    running = sum(workflow.count_open(loop=loop) for loop in declared.get("loops", {}))
    if running:
        raise DossiersOpen(pack=pack, count=running)
    disable_pack(pack=pack, reason=reason, by=by, at=at)
    with transaction.atomic():
        kept = file_store().put(_packed(folder), f"{pack.replace('/', '-')}.zip").sha256 if folder else ""
        _set_status(pack, PackStatus.ARCHIVED, reason=reason, by=by, at=at, archive=kept)
        audit.record("packs.archived", target=f"pack/{pack}", by=by, at=at, reason=reason, sha256=kept)
    return queries.installed_pack(pack)


def digest_of(pack: Pack) -> str:
    """A pack's content as one word: every declaration, whatever room reads it."""
    endings = {".yaml", *(part.ending for part in PARTS)}
    files = sorted(file for file in pack.folder.rglob("*") if file.suffix in endings and file.is_file())
    hashes = hashlib.sha256()
    for file in files:
        hashes.update(str(file.relative_to(pack.folder)).encode() + b"\0" + file.read_bytes() + b"\0")
    return hashes.hexdigest()


def _differs(pack: Pack, installed: Installed | None) -> bool:
    return installed is None or not installed.in_use or installed.digest != digest_of(pack)


def _require_possible(pack: Pack, installed: Installed | None, *, by: Actor, at: datetime) -> None:
    if installed is None or not installed.in_use:
        return
    before, offered = installed.manifest.version, pack.manifest.version
    if not is_at_least(offered, before):
        raise VersionTooLow(pack=pack.id, installed=before, offered=offered)
    _refuse(upgrading.report(pack, installed), by=by, at=at)


def _refuse(found: Report, *, by: Actor, at: datetime) -> None:
    """Refuse what a room can't follow; the attempt is in the audit log."""
    if not found.refusals:
        return
    parts = [f"{each.folder}/{each.id}" for each in found.refusals]
    audit.record("packs.upgrade", target=f"pack/{found.pack}", by=by, at=at, outcome="refused", parts=parts)
    raise UpgradeRefused(
        pack=found.pack,
        reasons="; ".join(f"{each.folder}/{each.id}: {each.said.en}" for each in found.refusals),
        reasons_zh="；".join(f"{each.folder}/{each.id}：{each.said.zh}" for each in found.refusals),
    )


def _require_dispensable(found: Installed, *, by: Actor, at: datetime) -> None:
    declared = found.declared or {}
    if needing.is_ground(found.id) or any(declared.get(folder) for folder in GROUND):
        raise PackIsGround(pack=found.id)
    others = [
        each.id
        for each in queries.installed_packs()
        if each.in_use and found.id in {need.pack for need in each.manifest.needed_packs}
    ]
    if others:
        raise PackNeeded(pack=found.id, others=", ".join(others))
    changes = [change for pair in upgrading.retired_pairs(declared) for change in upgrading.told_of(pair)]
    version = found.manifest.version
    _refuse(Report(found.id, version, version, tuple(changes)), by=by, at=at)


def _moves(pack: Pack, installed: Installed | None) -> list[upgrading.Pair]:
    in_use = installed is not None and installed.in_use
    return upgrading.changed_pairs(pack, installed.declared) if installed and in_use else []


def _retire(found: Installed, *, by: Actor, at: datetime) -> None:
    installer = replace(by, roles=by.roles | {Role.SYSTEM})
    pairs = upgrading.retired_pairs(found.declared)[::-1]
    upgrading.retire(pairs, Installation(pack=found.id, folder=Path(), by=installer, at=at))


def _set_status(
    pack: str, status: PackStatus, *, reason: str, by: Actor, at: datetime, archive: str = ""
) -> None:
    models.InstalledPack.objects.filter(id=pack).update(
        status=status.value, reason=reason, changed_at=at, changed_by=by.name, archive=archive
    )


def _note_installed(pack: Pack, before: Installed | None, *, by: Actor, at: datetime) -> None:
    models.InstalledPack.objects.update_or_create(
        id=pack.id,
        defaults={
            "manifest": pack.manifest.model_dump(mode="json"),
            "digest": digest_of(pack),
            "status": PackStatus.INSTALLED.value,
            "declared": upgrading.snapshot(pack),
            "archive": "",
            "reason": "",
            "installed_at": at,
            "installed_by": by.name,
            "changed_at": at,
            "changed_by": by.name,
        },
    )
    former = {"former": before.manifest.version} if before else {}
    version = pack.manifest.version
    audit.record("packs.installed", target=f"pack/{pack.id}", by=by, at=at, version=version, **former)


def _packed(folder: Path) -> io.BytesIO:
    """The pack's files in one, the same bytes for the same files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)), date_time=(1980, 1, 1, 0, 0, 0))
            packed.writestr(entry, file.read_bytes(), compress_type=zipfile.ZIP_DEFLATED)
    content.seek(0)
    return content
