"""What a running node says of itself (运行记录): its settings, under its home, for verbs in any other shell."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from shuzhi.foundation.processes import read_record
from shuzhi.foundation.settings import PREFIX, Settings, settings, variables

ANNOUNCEMENT = "node"
SUPERVISOR = "supervisor"


def announce(chosen: Settings) -> None:
    """Write the node's settings down, whole or not at all, for this user alone: an address may hold a password."""
    folder = chosen.home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{ANNOUNCEMENT}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(msgspec.json.encode(variables(chosen)))
    draft.replace(folder / ANNOUNCEMENT)


def withdraw(home: Path) -> None:
    """The node has ended."""
    (home / "run" / ANNOUNCEMENT).unlink(missing_ok=True)


def adopt_running() -> Settings:
    """The settings of the node that runs under this home, else this shell's own.

    They become this process's, so that whatever it asks (ports, database) is what the node uses.
    """
    said = _announced(_home())
    if said is not None:
        for name in [name for name in os.environ if name.startswith(PREFIX)]:
            del os.environ[name]
        os.environ.update(said)
        settings.cache_clear()
    return settings()


def _home() -> Path:
    return Path(os.environ.get(PREFIX + "HOME", "var")).absolute()


def _announced(home: Path) -> dict[str, str] | None:
    supervisor = read_record(home, SUPERVISOR)
    if supervisor is None or not supervisor.is_alive():
        return None
    try:
        said = msgspec.json.decode((home / "run" / ANNOUNCEMENT).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.DecodeError):
        return None
    # The process that asks is a console, wherever the home was mounted when the node started.
    return said | {PREFIX + "HOME": str(home)}
