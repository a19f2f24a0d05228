"""`shuzhi packs verify`: run scenarios on a throwaway node."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shuzhi.foundation.clock import now
from shuzhi.terminals.console.packs.folders import PACK, named_folders, with_node

if TYPE_CHECKING:
    from shuzhi.packs.scenarios.verifying import Verified


def verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="应用包，或其文件夹。 Packs by name or folder.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="全部应用包。 Every pack of the node.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。 Print JSON.")] = False,
) -> None:
    """运行验收场景。 Run packs' scenarios on a throwaway node with its own home and database.

    Exit code 0 when every scenario passes, 1 when one does not, 2 where there is no such pack.
    """
    if not names and not every:
        print("请写应用包名称，或用 --all。 Name packs, or say --all.", file=sys.stderr)
        raise typer.Exit(2)
    from shuzhi.foundation.settings import settings

    chosen = settings()
    given = [name for name in names or () if (Path(name) / PACK).is_file()]
    named = named_folders([Path(name) for name in given])
    wanted = [name if name not in given else _name(Path(name)) for name in names or ()]
    roots = (*chosen.packs, *dict.fromkeys(folder.parents[1] for folder in named))
    found = _verified(tuple(dict.fromkeys(roots)), named, wanted)
    _remember(chosen.home, found)
    if as_json:
        print(json.dumps({"packs": [each.as_dict() for each in found]}, ensure_ascii=False, indent=2))
    else:
        _say_all(found)
    raise typer.Exit(0 if all(each.passed == len(each.outcomes) for each in found) else 1)


def _verified(roots: tuple[Path, ...], named: list[Path], wanted: list[str]) -> list[Verified]:
    from shuzhi.foundation.settings import settings
    from shuzhi.foundation.telemetry.logs import configure_logs
    from shuzhi.packs.scenarios.throwaway import throwaway_node

    with throwaway_node(roots) as home:
        import django

        os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.node.django"
        configure_logs(settings())
        django.setup()
        from shuzhi.packs import services
        from shuzhi.packs.scenarios import verifying
        from shuzhi.packs.scenarios.errors import PacksUnknown

        folders = with_node(named, services.pack_roots())
        try:
            packs, chosen = verifying.wanted_packs(folders, wanted)
        except PacksUnknown as error:
            print(f"{error.message_zh}\n{error}", file=sys.stderr)
            raise typer.Exit(2) from None
        return verifying.verify(chosen, packs=packs, home=home, say=_say)


def _remember(home: Path, found: list[Verified]) -> None:
    """Where this node has a home, its gallery tells the last result."""
    if not home.is_dir():
        return
    from shuzhi.packs.scenarios.results import remember

    try:
        remember(home, [each.as_dict() for each in found], at=now())
    except OSError as error:  # the scenarios were run all the same
        _say(f"未能记下结果 The result is not kept: {error}")


def _say_all(found: list[Verified]) -> None:
    rows: list[dict[str, Any]] = [each.as_dict() for each in found]
    for row in rows:
        print(
            f"{row['pack']:<32} {row['grade']:<7} {row['passed']}/{row['scenarios']}  {row['steps']:>4} 步 steps  {row['seconds']:>6.1f} s"
        )
    passed, scenarios = sum(row["passed"] for row in rows), sum(row["scenarios"] for row in rows)
    print(
        f"{len(rows)} 个应用包，{scenarios} 个场景，通过 {passed}。 {len(rows)} packs, {passed} of {scenarios} scenarios passed."
    )


def _name(folder: Path) -> str:
    here = folder.resolve()
    return f"{here.parent.name}/{here.name}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
