"""Verbs that need no node: check packs, scaffold one, write down what the packs cover."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shuzhi.terminals.console.packs.folders import named_folders, rest_without_node, with_node

if TYPE_CHECKING:
    from shuzhi.foundation.parts import Finding


def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="只查这些文件夹。 Only these folders; beside the node's packs."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """检查应用包。 List every fault of every pack with file, line, rule and advice.

    Exit code 0 without faults, 1 with faults, 2 where there is no pack to check. Needs neither node nor database.
    """
    rest_without_node()
    from shuzhi.packs import loader, services

    asked = [path.resolve() for path in paths or ()]
    lost = loader.find_astray((), asked)
    named = named_folders(asked, or_lost={Path(each.file) for each in lost})

    folders = with_node(named, services.pack_roots())
    loaded, findings = loader.load_packs(folders)
    if asked:
        findings = [each for each in findings if any(_is_below(each.file, folder) for folder in named)]
    findings = [*(lost if asked else loader.find_astray(services.pack_roots())), *findings]
    if as_json:
        document = {"packs": len(named or folders), "findings": [_as_dict(each) for each in findings]}
        print(json.dumps(document, ensure_ascii=False))
    else:
        _say(findings, len(named) or len(loaded))
    raise typer.Exit(1 if findings else 0)


def _is_below(file: str, folder: Path) -> bool:
    return Path(file) == folder or Path(file).is_relative_to(folder)


def _as_dict(each: Finding) -> dict[str, Any]:
    return {
        "file": each.file,
        "line": each.line,
        "column": each.column,
        "rule": each.rule,
        **each.message.model_dump(),
        "message": each.message.model_dump(),
        "advice": each.advice.model_dump() if each.advice else None,
    }


def _say(findings: Sequence[Finding], packs: int) -> None:
    for one in findings:
        print(f"{one.file}:{one.line}: {one.rule}: {one.message.zh} / {one.message.en}")
        if one.advice:
            print(f"    → {one.advice.zh} / {one.advice.en}")
    print(f"{packs} 个应用包，{len(findings)} 处问题。 {packs} packs, {len(findings)} findings.")


def new(
    name: Annotated[str, typer.Argument(help="领域/名称，如 city/parks。 field/name.")],
    *,
    into: Annotated[Path, typer.Option("--in", help="放在哪个文件夹。 The folder for it.")] = Path("packs"),
    owner: Annotated[str, typer.Option(help="主管部门编号。 The owning office.")] = "data-bureau",
) -> None:
    """新建应用包。 Scaffold a pack that passes `check` and `verify`."""
    rest_without_node()
    from shuzhi.packs.scaffolding import scaffold

    folder = scaffold(name, into=into, owner=owner)
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            print(file)
    print(f"下一步 next: shuzhi packs check {folder}", file=sys.stderr)


def coverage(
    *,
    out: Annotated[Path | None, typer.Option(help="写入文件。 Write it to a file.")] = None,
) -> None:
    """生成系统覆盖表。 Say for each system of the plans which packs make it work, and which systems none does."""
    rest_without_node()
    from shuzhi.packs import services
    from shuzhi.packs.coverage import coverage_page
    from shuzhi.packs.scenarios.verifying import refuse_faulty

    packs, findings = services.load_node_packs()
    refuse_faulty(findings)
    _write(coverage_page(packs), out)


def verbs(
    *,
    out: Annotated[Path | None, typer.Option(help="写入文件。 Write it to a file.")] = None,
) -> None:
    """列出场景动作。 List the verbs that scenarios may use, as docs/packs/scenarios.md has them."""
    rest_without_node()
    from shuzhi.packs.scenarios.listing import verbs_page

    _write(verbs_page(), out)


def _write(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, "utf-8")
