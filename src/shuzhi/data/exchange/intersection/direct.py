"""The heavy backend: two parties connected directly run SPU's protocol, for millions of keys.

SPU lives in an environment of its own (`make spu`), because it wants older libraries than the platform's; its
Python runs `spu_party.py`. The lines must be protected by certificates unless both parties are on this machine.
"""

from __future__ import annotations

import csv
import ipaddress
import json
import subprocess
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from shuzhi.data.exchange.intersection.errors import DirectRunFailed, HeavyBackendMissing
from shuzhi.data.exchange.intersection.protocol import compared_keys
from shuzhi.data.linkage.types import Normalise

PARTY = Path(__file__).with_name("spu_party.py")
COLUMN = "key"


@dataclass(frozen=True)
class Certificates:
    """Who this party is, and which authority vouches for the other."""

    certificate: Path
    private_key: Path
    authority: Path


@dataclass(frozen=True)
class Line:
    """Where the two parties listen (`host:port`), and which of them this is; rank 0 learns the result."""

    rank: int
    parties: tuple[str, str]
    certificates: Certificates | None = None

    @property
    def peer(self) -> str:
        """The other party's address."""
        return self.parties[1 - self.rank]


def intersect_directly(
    keys: Collection[str],
    *,
    line: Line,
    python: Path,
    compare: Normalise = Normalise.NONE,
    seconds: float = 3600,
) -> list[str] | None:
    """The keys that both hold, for the party of rank 0; None for the other.

    Raises:
        HeavyBackendMissing: `python` is no interpreter of SPU's environment.
        DirectRunFailed: the line is not protected, the other party did not come, or the run broke off.
        NoKeys, TooManyKeys: the keys.
    """
    _refuse_open_line(line)
    own = sorted(compared_keys(keys, compare))
    with tempfile.TemporaryDirectory(prefix="shuzhi-psi-") as folder:
        job = _job(line, Path(folder), own)
        _run(python, job, line, seconds)
        return _members(Path(folder) / "out.csv") if line.rank == 0 else None


def _refuse_open_line(line: Line) -> None:
    if line.certificates is None and not all(_is_loopback(address) for address in line.parties):
        raise DirectRunFailed(
            peer=line.peer,
            reason="a line between machines takes certificates (--certificate --private-key --authority) / "
            "跨机器直连须提供证书（--certificate --private-key --authority）",
        )


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _job(line: Line, folder: Path, own: list[str]) -> Path:
    keys, job = folder / "keys.csv", folder / "job.json"
    with keys.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([COLUMN])
        writer.writerows([key] for key in own)
    content: dict[str, object] = {
        "rank": line.rank,
        "parties": line.parties,
        "keys": str(keys),
        "out": str(folder / "out.csv"),
        "column": COLUMN,
    }
    if line.certificates is not None:
        content |= {name: str(path) for name, path in vars(line.certificates).items()}
    job.write_text(json.dumps(content), "utf-8")
    return job


def _run(python: Path, job: Path, line: Line, seconds: float) -> None:
    command = [str(python), "-I", str(PARTY), str(job)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=seconds, check=False, text=True)
    except OSError as error:
        raise HeavyBackendMissing(reason=f"{python}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise DirectRunFailed(
            peer=line.peer, reason=f"nothing after {seconds:g} s / {seconds:g} 秒内未完成"
        ) from None
    if "No module named 'spu'" in done.stderr:
        raise HeavyBackendMissing(reason=f"{python}: No module named 'spu'")
    if done.returncode:
        raise DirectRunFailed(peer=line.peer, reason=(done.stderr or done.stdout).strip().splitlines()[-1])


def _members(file: Path) -> list[str]:
    with file.open(newline="", encoding="utf-8") as opened:
        return sorted(row[COLUMN] for row in csv.DictReader(opened))
