"""Make the industry code lists of `packs/platform/standards/codelists/` from the MIT cross-walks of GB/T 4754.

    python scripts/build_codelists.py FOLDER_OF_GBT4754

The cross-walks (robin621/gbcrosswalk) name codes only. The names of the classes are in transcriptions that may not ship.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "packs" / "platform" / "standards" / "codelists"
STEPS = (("1994", "2002"), ("2002", "2011"), ("2011", "2017"))


def build(source: Path, target: Path) -> None:
    """Write one list of codes per version and one map for all steps; a code without successor maps to nothing."""
    codes: dict[str, set[str]] = defaultdict(set)
    pairs: set[tuple[str, str, str, str]] = set()
    for old, new in STEPS:
        for row in _read(source / f"gb_{old}_{new}.csv"):
            codes[old].add(row["from_code"])
            codes[new].add(row["to_code"])
            pairs.add((old, new, row["from_code"], row["to_code"]))
    for version, found in codes.items():
        rows = sorted((code, code[:-1] if len(code) > 2 else "") for code in found - {""})
        _write(target / f"industries-{version}.csv", ("code", "parent"), rows)
    _write(
        target / "industries-crosswalk.csv",
        ("from_version", "to_version", "from_code", "to_code"),
        sorted(pairs),
    )


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    build(Path(sys.argv[1]), TARGET)
