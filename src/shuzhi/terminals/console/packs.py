"""`shuzhi packs`: check and install packs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.opening import open_rooms

app = typer.Typer(no_args_is_help=True, help="应用包。 Packs.")


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="只查这些文件夹。 Only these folders.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """检查应用包。 List every fault of every pack with file, line and rule; exit code 1 when there are any."""
    open_rooms()
    from shuzhi.packs import loader, services

    loaded, findings = loader.load_packs(loader.find_packs(services.pack_roots()))
    if paths:
        wanted = tuple(str(path.resolve()) for path in paths)
        findings = [finding for finding in findings if str(Path(finding.file).resolve()).startswith(wanted)]
    if as_json:
        rows = [
            {"file": one.file, "line": one.line, "rule": one.rule, **one.message.model_dump()}
            for one in findings
        ]
        print(json.dumps({"packs": len(loaded), "findings": rows}, ensure_ascii=False))
    else:
        for one in findings:
            print(f"{one.file}:{one.line}: {one.rule}: {one.message.zh} / {one.message.en}")
        print(
            f"{len(loaded)} 个应用包，{len(findings)} 处问题。 {len(loaded)} packs, {len(findings)} findings."
        )
    raise typer.Exit(1 if findings else 0)


@app.command()
def install() -> None:
    """安装本节点的应用包。 Install the node's packs, or bring them up to date; all or nothing."""
    open_rooms()
    from shuzhi.packs import services
    from shuzhi.pillars.security.types import system

    changed = services.install_node_packs(by=system("console"), at=now())
    print("\n".join(changed) if changed else "没有变化。 Nothing has changed.")
