"""The commands of the command line; each is run or says why nothing of a data set leaves by it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from click.testing import CliRunner

from tests.ways_out import world as worlds

NO_VALUES = "counts, states and names of things only"
OWN_FILE = "reads a file that the person has, nothing of the platform"
# Words of a command that is run, or the reason why not.
COMMANDS: dict[str, Any] = {
    "accounts": NO_VALUES,
    "audit": NO_VALUES,
    "archive": "counts, and checks of a package that the person has",
    "batches receive": NO_VALUES,
    "batches collect": NO_VALUES,
    "batches list": [],
    "batches quarantine": ["{batch}"],
    "benefits": "counts, sums and reasons; nobody's name or number",
    "classification": NO_VALUES,
    "clients": NO_VALUES,
    "market": "products, prices, amounts and offices; persons are summed up",
    "consents": "states of consents and names of things; who agreed is never printed",
    "exchange": "calls the gateway, which is walked by itself; of other nodes names, states and keys",
    "credentials": OWN_FILE,
    "messages": NO_VALUES,
    "exports dataset": ["{dataset}", "--account", "officer", "--purpose", worlds.EXPORT_PURPOSE, "--basis", worlds.BASIS, "--out", "{folder}/out.csv"],
    "exports list": [],
    "forms": OWN_FILE,
    "govstack": NO_VALUES,
    "hotline": NO_VALUES,
    "indicators": NO_VALUES,
    "intersection": OWN_FILE,
    "keys": NO_VALUES,
    "opendata check": ["{dataset}"],
    "opendata token": NO_VALUES,
    "outbox": NO_VALUES,
    "packs": NO_VALUES,
    "payments": NO_VALUES,
    "quality check": ["{batch}", "--json"],
    "quality scorecard": ["{dataset}", "--json"],
    "registers build": NO_VALUES,
    "rules": OWN_FILE,
    "registers show": ["legal-entity", "uscc", worlds.CODE],
    "secops": NO_VALUES,
    "security find-leaker": ["{folder}/out.csv", "--json"],
    "sources": OWN_FILE,
    "workflow": NO_VALUES,
}  # fmt: skip


def commands() -> Iterator[tuple[str, str]]:
    """Room and command, as typer knows them."""
    from shuzhi.node.cli import ROOMS

    for room in ROOMS:
        app = import_module(f"shuzhi.terminals.console.{room}").app
        command = typer.main.get_command(app)
        for name in getattr(command, "commands", {"": command}):
            yield room, name


def listed(room: str, name: str) -> Any:
    """What the table says of a command."""
    return COMMANDS.get(f"{room} {name}", COMMANDS.get(room))


def walk_commands(world: worlds.World, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Every command that is run, and what it printed or wrote."""
    facts = {"batch": world.batch, "dataset": world.dataset, "folder": str(folder)}
    for room, name in commands():
        given = listed(room, name)
        assert given is not None, f"say in COMMANDS how to run: shuzhi {room} {name}"
        if isinstance(given, str):
            continue
        app = import_module(f"shuzhi.terminals.console.{room}").app
        words = [name, *(word.format(**facts) for word in given)]
        answer = CliRunner().invoke(typer.main.get_command(app), words)
        assert answer.exit_code in {0, 1}, (words, answer.output)
        file = folder / "out.csv"
        written = "," + file.read_text("utf-8").replace("\n", ",\n,") if name == "dataset" else ""
        yield "console", f"shuzhi {room} {name}", worlds.shape(answer.output + written)
