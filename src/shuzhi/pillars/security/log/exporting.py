"""Export (导出): the whole sealed log as files, with the program that verifies them anywhere.

entries/N.ndjson.gz    65,536 entries a file from place N: name, tab, canonical JSON
hashes/N.bin           their leaf hashes, 32 bytes each
heads.ndjson           every signed head, the newest last        keys.txt   the public keys
verify_audit.py        python3 verify_audit.py export .
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from shuzhi.pillars.security import models
from shuzhi.pillars.security.log import merkle, proofs, verify_audit
from shuzhi.pillars.security.log.checking import STRETCH, Stretch, leaves_of, stored_hashes

A_FILE = 65_536


@dataclass(frozen=True)
class Exported:
    """What was written."""

    entries: int
    heads: int
    files: int
    root: str


def export(folder: Path, *, progress: Callable[[int, int], None] | None = None) -> Exported:
    """Write the log up to its newest head; what was changed is written as it is found, for the verifier to name."""
    newest = proofs.head()
    size = newest.size if newest else 0
    for part in ("entries", "hashes"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for first in range(0, size, A_FILE):
        _write_file(folder, first, min(first + A_FILE, size))
        if progress:
            progress(min(first + A_FILE, size), size)
    notes = list(
        models.AuditHead.objects.filter(size__lte=size).order_by("size").values_list("note", flat=True)
    )
    lines = [json.dumps({"note": note}, ensure_ascii=False) + "\n" for note in notes]
    (folder / "heads.ndjson").write_text("".join(lines), "utf-8")
    (folder / "keys.txt").write_text("".join(f"{key.text}\n" for key in proofs.public_keys()), "utf-8")
    if newest:
        (folder / "head.txt").write_text(newest.note, "utf-8")
    shutil.copyfile(verify_audit.__file__, folder / "verify_audit.py")
    return Exported(size, len(notes), -(-size // A_FILE), newest.root if newest else "")


def _write_file(folder: Path, first: int, last: int) -> None:
    name = f"{first:012d}"
    with (
        gzip.open(folder / "entries" / f"{name}.ndjson.gz", "wb", compresslevel=1) as entries,
        (folder / "hashes" / f"{name}.bin").open("wb") as hashes,
        connection.cursor() as cursor,
    ):
        for begin in range(first, last, STRETCH):
            stretch = Stretch(begin, min(begin + STRETCH, last))
            for leaf in leaves_of(cursor, stretch):
                entries.write(leaf.entry.encode() + b"\t" + (leaf.content or b"") + b"\n")
            hashes.write(b"".join(stored_hashes(cursor, stretch.first, stretch.last)))


assert A_FILE % STRETCH == 0 == STRETCH % merkle.WIDTH
