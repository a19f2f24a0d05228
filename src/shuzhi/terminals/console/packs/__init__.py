"""`shuzhi packs`: check, verify, list, install, upgrade, disable, archive and scaffold packs."""

from __future__ import annotations

import typer

from shuzhi.terminals.console.packs import managing, verifying
from shuzhi.terminals.console.packs.checking import check, coverage, new, verbs

__all__ = ["app", "check", "coverage", "new", "verbs"]

app = typer.Typer(no_args_is_help=True, help="应用包。 Packs.")
app.command()(check)
app.command()(verifying.verify)
app.command("list")(managing.list_packs)
app.command()(managing.install)
app.command()(managing.upgrade)
app.command()(managing.disable)
app.command()(managing.archive)
app.command()(new)
app.command()(coverage)
app.command()(verbs)
