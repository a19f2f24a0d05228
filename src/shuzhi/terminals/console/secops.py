"""`shuzhi secops`: look for unusual access in the audit log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="安全运营。 Security operation.")


@app.command()
def scan(
    *, seal: Annotated[bool, typer.Option(help="先封存等待的记录。 Seal what waits first.")] = True
) -> None:
    """扫描新的审计记录，异常访问立为安全事件。 Read new audit entries; unusual access becomes an incident."""
    open_rooms()
    from shuzhi.business.secops import services
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.log.unfolding import unfold_waiting
    from shuzhi.pillars.security.types import system

    if seal:
        unfold_waiting()
        audit.seal(at=now())
    found = services.scan(by=system("console"), at=now())
    typer.echo(
        f"读取 {found.entries} 条，异常 {found.findings} 项，新立事件 {found.incidents} 件；已读到第 {found.place} 条。\n"
        f"Read {found.entries} entries: {found.findings} findings, {found.incidents} new incidents; read up to place {found.place}."
    )


@app.command("list")
def list_incidents() -> None:
    """列出未结的安全事件。 List open incidents."""
    open_rooms()
    from shuzhi.business.secops import queries

    for one in queries.incidents(open_only=True):
        typer.echo(f"{one.id}\t{one.day}\t{one.caller}\t{one.title.zh}\t{one.said.zh}")


@app.command()
def assets(
    *,
    take: Annotated[bool, typer.Option(help="先重新盘点。 Take stock first.")] = False,
    gaps: Annotated[bool, typer.Option(help="只列有缺项的。 Those with gaps only.")] = False,
) -> None:
    """列出资产清单。 List the assets: id, kind, owner, grade, who reaches it, gaps."""
    open_rooms()
    from shuzhi.business.secops import queries, services
    from shuzhi.pillars.security.types import system

    at, page = now(), 1
    if take:
        found = services.take_stock(by=system("console"), at=at)
        typer.echo(
            f"资产 {found.assets} 项，新增 {found.new}，变更 {found.changed}，消失 {found.gone}，有缺项 {found.incomplete}；新立问题 {found.gaps_opened} 件，办结 {found.gaps_closed} 件。\n"
            f"{found.assets} assets: {found.new} new, {found.changed} changed, {found.gone} gone, {found.incomplete} with gaps; {found.gaps_opened} issues opened, {found.gaps_closed} closed."
        )
    while rows := queries.assets(at=at, gaps_only=gaps, page=page):
        for one in rows:
            lacks = ",".join(one.gaps) or "-"
            typer.echo(
                f"{one.id}\t{one.kind}\t{one.owner or '-'}\t{one.grade or '-'}\t{one.exposure}\t{lacks}\t{one.title.zh}"
            )
        page += 1


@app.command()
def access(
    *, end_expired: Annotated[bool, typer.Option(help="先终止到期的。 End what is over first.")] = False
) -> None:
    """列出有效的第三方访问。 List third parties' accesses that are open, the next to end first."""
    open_rooms()
    from shuzhi.business.secops import services, third_parties
    from shuzhi.pillars.security.types import system

    if end_expired:
        ended = services.end_expired(by=system("console"), at=now())
        typer.echo(f"终止 {ended} 项。 Ended {ended}.")
    for one in third_parties.accesses(open_only=True):
        typer.echo(
            f"{one.id}\t{one.vendor}\t{one.holder}\t{one.sponsor}\t{one.until.isoformat()}\t{one.purpose}"
        )


@app.command()
def drills() -> None:
    """列出演练。 List drills with their states, findings and measures."""
    open_rooms()
    from shuzhi.business.secops import drilling

    for one in drilling.drills():
        typer.echo(f"{one.id}\t{one.planned_on}\t{one.state}\t{one.title}\t{'；'.join(one.measures)}")


@app.command()
def evidence(
    incident: Annotated[int, typer.Argument(help="安全事件编号。 The incident's number.")],
    out: Annotated[Path, typer.Option(help="证据包（ZIP）。 The package (ZIP).")],
) -> None:
    """导出安全事件的证据包，可离线查验。 Export an incident's evidence; `python3 verify_evidence.py .` checks it offline."""
    open_rooms()
    from shuzhi.business.secops import services
    from shuzhi.pillars.security.types import system

    packed = services.export_evidence(incident=incident, by=system("console"), at=now())
    out.write_bytes(packed)
    typer.echo(f"{out}：{len(packed)} 字节。 {len(packed)} bytes.")


@app.command()
def assess(
    assessment: Annotated[str, typer.Argument(help="测评项目。 Which controls.")] = "level-protection-3",
) -> None:
    """逐项自评估。 Assess the platform control by control: checked, failed, stated, manual."""
    open_rooms()
    from shuzhi.business.secops import services
    from shuzhi.business.secops.types import ControlState
    from shuzhi.pillars.security.types import system

    found = services.assess(assessment=assessment, by=system("console"), at=now())
    for one in found.results:
        typer.echo(f"{one.state}\t{one.control.clause}\t{one.control.title.zh}\t{one.said.zh}")
    typer.echo("  ".join(f"{state} {found.count(state)}" for state in ControlState))
