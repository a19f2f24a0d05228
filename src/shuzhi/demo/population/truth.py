"""What is true of every row, kept beside the extracts: the measure of matching and of error detection."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from shuzhi.demo.population.types import Fact


class TruthWriter:
    """Streams facts into `truth.jsonl`: one line for each row of each extract; rows count from 1."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")

    def __enter__(self) -> Self:
        """Nothing to open: the file is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Finish the file."""
        self._file.close()

    def add(self, extract: str, row: int, fact: Fact) -> None:
        """Note the truth of one row."""
        self._file.write(
            json.dumps({"extract": extract, "row": row, **asdict(fact)}, ensure_ascii=False) + "\n"
        )


def read_truth(folder: Path) -> Iterator[dict[str, Any]]:
    """The facts of a generated population, one at a time: `extract`, `row` and the fields of `Fact`."""
    with (folder / "truth.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)
