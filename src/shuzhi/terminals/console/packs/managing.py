"""Verbs of the node's installed packs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

if TYPE_CHECKING:
    from shuzhi.packs.upgrading import Report

Json = Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")]
Name = Annotated[str, typer.Argument(help="应用包：领域/名称。 A pack: field/name.")]
Reason = Annotated[str, typer.Option(help="理由，写入审计。 Why; it goes into the audit log.")]
STATUS = {"installed": "在用", "disabled": "停用", "archived": "归档", "new": "未安装"}


def list_packs(*, as_json: Json = False) -> None:
    """列出应用包。 Every pack of the node: its grade, version, state, and whether its files have changed since."""
    open_rooms()
    from shuzhi.packs import queries, services

    offered, _ = services.load_node_packs()
    installed = {each.id: each for each in queries.installed_packs()}
    rows: list[dict[str, Any]] = []
    for pack in offered:
        found = installed.pop(pack.id, None)
        rows.append(
            {
                "pack": pack.id,
                "version": pack.manifest.version,
                "installed": found and found.manifest.version,
                "grade": pack.manifest.grade.value,
                "status": found.status.value if found else "new",
                "changed": bool(found and found.digest != services.digest_of(pack)),
            }
        )
    rows += [
        {
            "pack": each.id,
            "version": None,
            "installed": each.manifest.version,
            "grade": each.manifest.grade.value,
            "status": each.status.value,
            "changed": False,
        }
        for each in installed.values()
    ]
    if as_json:
        print(json.dumps({"packs": rows}, ensure_ascii=False, indent=2))
        return
    for row in rows:
        more = " · 文件已变 files changed" if row["changed"] else ""
        state = f"{STATUS[row['status']]} {row['status']}"
        print(f"{row['pack']:<32} {row['installed'] or '—':<8} {row['grade']:<7} {state}{more}")


def install(
    names: Annotated[
        list[str] | None, typer.Argument(help="只装这些；停用的须写名称。 Only these; name a disabled one.")
    ] = None,
) -> None:
    """安装本节点的应用包。 Install the node's packs, or bring them up to date; all or nothing."""
    open_rooms()
    from shuzhi.packs import services
    from shuzhi.packs.scenarios.errors import PacksUnknown
    from shuzhi.pillars.security.types import system

    known = {pack.id for pack in services.load_node_packs()[0]}
    for name in names or ():
        if name not in known:
            raise PacksUnknown(name=name)
    changed = services.install_node_packs(by=system("console"), at=now(), names=names or ())
    print("\n".join(changed) if changed else "没有变化。 Nothing has changed.")


def upgrade(
    names: Annotated[list[str] | None, typer.Argument(help="只升级这些。 Only these packs.")] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预演。 Tell, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """升级应用包。 Say what an upgrade does to data and running dossiers, then do it; exit code 1 where it is refused."""
    open_rooms()
    from shuzhi.packs import queries, services
    from shuzhi.packs.scenarios.verifying import refuse_faulty
    from shuzhi.pillars.security.types import system

    packs, findings = services.load_node_packs()
    refuse_faulty(findings)
    in_use = {each.id for each in queries.installed_packs() if each.in_use}
    wanted = [pack for pack in packs if pack.id in in_use and (not names or pack.id in names)]
    reports = services.dry_run(packs=wanted, by=system("console"))
    if as_json:
        print(json.dumps({"reports": [one.as_dict() for one in reports]}, ensure_ascii=False, indent=2))
    else:
        _tell(reports)
    if any(one.refusals for one in reports):
        raise typer.Exit(1)
    if not dry_run:
        services.install_packs(packs=wanted, by=system("console"), at=now())


def disable(name: Name, *, reason: Reason) -> None:
    """停用应用包。 Take a pack out of use; its data and dossiers stay. `install NAME` takes it back into use."""
    open_rooms()
    from shuzhi.packs import services
    from shuzhi.pillars.security.types import system

    done = services.disable_pack(pack=name, reason=reason, by=system("console"), at=now())
    print(f"{done.id}：{STATUS[done.status.value]} {done.status.value}")


def archive(name: Name, *, reason: Reason) -> None:
    """归档应用包。 Disable a pack for good and keep its files; refused while its dossiers are open."""
    open_rooms()
    from shuzhi.packs import services
    from shuzhi.pillars.security.types import system

    folder = next((pack.folder for pack in services.load_node_packs()[0] if pack.id == name), None)
    done = services.archive_pack(pack=name, folder=folder, reason=reason, by=system("console"), at=now())
    print(f"{done.id}：{STATUS[done.status.value]} {done.status.value} {done.archive}")


def _tell(reports: list[Report]) -> None:
    for one in reports:
        print(f"{one.pack}  {one.installed or '—'} → {one.offered}")
        for change in one.changes:
            mark = "✗" if change.refuses else "·"
            count = f"（{change.touches}）" if change.touches else ""
            print(f"  {mark} {change.folder}/{change.id} {change.said.zh}{count} / {change.said.en}")
    if not reports:
        print("没有变化。 Nothing has changed.")
