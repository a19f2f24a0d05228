"""Which packs a verb is about: those of the node, and folders that somebody names."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

import typer

PACK = "pack.yaml"


def rest_without_node() -> None:
    """Make the rooms known in this process without a database, and without making a home where there is none."""
    import django
    from django.apps import apps

    if apps.ready:
        return
    from shuzhi.foundation.settings import settings

    if not settings().home.exists():
        # Only names are needed: keys that Django asks for go to a folder that is thrown away.
        os.environ["SHUZHI_HOME"] = tempfile.mkdtemp(prefix="shuzhi-check-")
        settings.cache_clear()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.node.django")
    django.setup()


def named_folders(paths: Sequence[Path], *, or_lost: Collection[Path] = ()) -> list[Path]:
    """The packs that some paths name: a pack, a field of packs, or a folder of fields.

    Exit code 2 where there is none, unless a file of `or_lost` lies there, of which more is said.
    """
    found = []
    for path in paths:
        here = path.resolve()
        below = (
            [here]
            if (here / PACK).is_file()
            else [file.parent for depth in ("*", "*/*") for file in sorted(here.glob(f"{depth}/{PACK}"))]
        )
        if not below and not any(file.is_relative_to(here) for file in or_lost):
            print(f"{path}：这里没有应用包。 There is no pack here.", file=sys.stderr)
            raise typer.Exit(2)
        found += below
    return list(dict.fromkeys(found))


def with_node(named: Sequence[Path], roots: Sequence[Path]) -> list[Path]:
    """The node's packs and the named ones; where a name stands in both, the named folder is meant."""
    from shuzhi.packs import loader

    names = {_name(folder) for folder in named}
    own = [folder for folder in loader.find_packs(roots) if _name(folder) not in names]
    return sorted([*own, *named])


def _name(folder: Path) -> tuple[str, str]:
    return folder.parent.name, folder.name
