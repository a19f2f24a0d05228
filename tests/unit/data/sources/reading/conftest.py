"""Writes small files and reads them back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shuzhi.data.sources.reading import ReadOptions, SourceRow, TableReader, open_table

Write = Callable[[str, "str | bytes"], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def _write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _write


@pytest.fixture
def read() -> Callable[..., tuple[TableReader, list[SourceRow]]]:
    def _read(path: Path, **options) -> tuple[TableReader, list[SourceRow]]:
        with open_table(path, options=ReadOptions(**options)) as reader:
            return reader, list(reader)

    return _read
