"""JSON, GeoJSON and JSON lines as tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shuzhi.data.sources.reading.encodings import lines, text_chunks
from shuzhi.data.sources.reading.errors import EmptyFile, FileTooLarge, JsonTooDeep, UnknownFormat
from shuzhi.data.sources.reading.grid import Grid, Record
from shuzhi.data.sources.reading.json_records import (
    NESTED_LEVELS,
    Flat,
    check_depth,
    child_key,
    decoder,
    feature,
    flatten,
    text,
    unfold,
)
from shuzhi.data.sources.reading.json_stream import JsonWalker
from shuzhi.data.sources.reading.keyed import Columns, Keyed, keyed_reader
from shuzhi.data.sources.reading.layout import read_grid
from shuzhi.data.sources.reading.problems import Problem, ProblemCode, line_problem, other_tables
from shuzhi.data.sources.reading.types import ReadOptions, TableReader

Path_ = tuple[str, ...]
ARRAYS_KEPT = 1_000
WIDE = 256  # more columns than this come from maps, not from fields
KEY = "key"


@dataclass
class _Array:
    """What the first pass found out about one array of the document."""

    objects: int = 0
    lists: int = 0
    features: int = 0
    trees: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class JsonDocument:
    """One JSON document and how to read it."""

    path: Path
    encoding: str
    options: ReadOptions
    name: str

    def reader(self) -> TableReader:
        """The rows of the array that holds the most objects.

        Raises:
            UnknownFormat: there is nothing like a table in the document.
        """
        arrays = self._arrays()
        tables = [path for path, array in arrays.items() if array.objects]
        if self.options.table is not None:
            tables = [path for path in tables if ".".join(path) == self.options.table]
        if tables:
            return self._table(max(tables, key=lambda path: (arrays[path].objects, -len(path))), arrays)
        grids = [path for path, array in arrays.items() if array.lists > 1]
        if grids:
            return self._grid(max(grids, key=lambda path: arrays[path].lists))
        return self._small()

    def _walk(self) -> Iterator[tuple[Path_, int, Any]]:
        for path, index, value in JsonWalker(self.path, self.encoding, self.options.limits, self.name).walk():
            check_depth(value, self.options.limits.json_depth, self.name)
            yield path, index, value

    def _arrays(self) -> dict[Path_, _Array]:
        arrays: dict[Path_, _Array] = {}
        for path, index, value in self._walk():
            if index < 0 or (path not in arrays and len(arrays) >= ARRAYS_KEPT):
                continue
            array = arrays.setdefault(path, _Array())
            if isinstance(value, dict):
                array.objects += 1
                array.features += value.get("type") == "Feature" and "geometry" in value
                tree = child_key(value)
                array.trees.update([tree] if tree else ())
            array.lists += isinstance(value, list)
        return arrays

    def _table(self, path: Path_, arrays: dict[Path_, _Array]) -> TableReader:
        array = arrays[path]
        features = array.features > array.objects / 2
        tree = None if features or not array.trees else array.trees.most_common(1)[0][0]
        how = _How(tree, features)
        columns = self._columns(path, how)
        if len(columns) > WIDE:
            how = _How(tree, features, levels=1)
            columns = self._columns(path, how)
        tables = tuple(".".join(found) for found, one in arrays.items() if one.objects and found)
        reader = keyed_reader(
            format="geojson" if features else "json",
            encoding=self.encoding,
            columns=columns,
            records=lambda: self._keyed(path, how),
            limits=self.options.limits,
            table=".".join(path) or None,
            tables=tables,
        )
        others = [name for name in tables if name != reader.table]
        if others and self.options.table is None:
            reader.problems.add(other_tables(reader.table, others))
        return reader

    def _columns(self, path: Path_, how: _How) -> tuple[str, ...]:
        columns = Columns(self.options.limits, self.name, WIDE if how.levels > 1 else None)
        for record in self._keyed(path, how):
            columns.take(record.cells or {})
            if columns.is_over:
                break
        return tuple(columns.names)

    def _keyed(self, wanted: Path_, how: _How) -> Iterator[Keyed]:
        number = 0
        for path, index, value in self._walk():
            if path != wanted or index < 0:
                continue
            for record in unfold(value, how.tree) if how.tree else (value,):
                number += 1
                yield _keyed(number, record, how)

    def _grid(self, wanted: Path_) -> TableReader:
        found = (value for path, index, value in self._walk() if path == wanted and index >= 0)
        records = (
            Record(
                number, [text(cell) or "" for cell in (value if isinstance(value, list) else [value])] or [""]
            )
            for number, value in enumerate(found, 1)
        )
        grid = Grid(format="json", encoding=self.encoding, records=records)
        return read_grid(grid, self.options, self.name)

    def _small(self) -> TableReader:
        """A document without any array of objects: a dictionary of objects, or one object."""
        limit = self.options.limits.document_bytes
        if self.path.stat().st_size > limit:
            raise FileTooLarge(
                file=self.name, what="JSON document", size=self.path.stat().st_size, limit=limit
            )
        whole = "".join(text_chunks(self.path, self.encoding))
        value = decoder().decode(whole)
        if value in ({}, []):
            raise EmptyFile(file=self.name)
        if not isinstance(value, dict):
            raise UnknownFormat(file=self.name)
        rows: list[Flat]
        busiest = _busiest_map(value)
        if busiest:
            rows = [{KEY: text(key), **flatten(inner, 1)} for key, inner in busiest.items()]
        else:
            rows = [flatten(value)]
        columns = Columns(self.options.limits, self.name)
        for row in rows:
            columns.take(row)
        return keyed_reader(
            format="json",
            encoding=self.encoding,
            columns=tuple(columns.names),
            records=lambda: (Keyed(number, row) for number, row in enumerate(rows, 1)),
            limits=self.options.limits,
        )


@dataclass(frozen=True)
class _How:
    """How the elements of an array become rows."""

    tree: str | None
    features: bool
    levels: int = NESTED_LEVELS


def _keyed(number: int, record: Any, how: _How) -> Keyed:
    if not isinstance(record, dict):
        return Keyed(number, None, text(record) or "")
    return Keyed(number, feature(record, how.levels) if how.features else flatten(record, how.levels))


def _busiest_map(value: dict[str, Any], levels: int = 3) -> dict[str, Any] | None:
    """The largest dictionary whose values are all objects, not far from the top."""
    inner = [one for one in value.values() if isinstance(one, dict)]
    best = value if len(value) > 1 and len(inner) == len(value) else None
    deeper = [_busiest_map(one, levels - 1) for one in inner[:1_000]] if levels > 1 else []
    return max([one for one in [best, *deeper] if one], key=len, default=None)


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line; a line that is none is handed out with its problem."""

    path: Path
    encoding: str
    options: ReadOptions
    name: str

    def reader(self) -> TableReader:
        """The lines as rows."""
        levels = NESTED_LEVELS
        columns = self._columns(levels)
        if len(columns) > WIDE:
            levels = 1
            columns = self._columns(levels)
        if not columns:
            raise UnknownFormat(file=self.name)
        return keyed_reader(
            format="jsonl",
            encoding=self.encoding,
            columns=columns,
            records=lambda: self._records(levels),
            limits=self.options.limits,
        )

    def _columns(self, levels: int) -> tuple[str, ...]:
        columns = Columns(self.options.limits, self.name, WIDE if levels > 1 else None)
        for record in self._records(levels):
            columns.take(record.cells or {})
            if columns.is_over:
                break
        return tuple(columns.names)

    def _records(self, levels: int) -> Iterator[Keyed]:
        one = decoder()
        for number, line in enumerate(
            lines(self.path, self.encoding, self.options.limits.line_characters), 1
        ):
            written = line.text.strip().removeprefix("\ufeff")
            if not written:
                continue
            cells = None if line.fault else self._cells(one, written, levels)
            problem = None if cells is not None else self._problem(number, line.fault)
            yield Keyed(number, cells, written, problem)

    def _problem(self, number: int, fault: str | None) -> Problem:
        if fault is None:
            return Problem.of(ProblemCode.BAD_JSON_LINE, number)
        return line_problem(number, fault, encoding=self.encoding, limit=self.options.limits.line_characters)

    def _cells(self, one: json.JSONDecoder, written: str, levels: int) -> Flat | None:
        try:
            value = one.decode(written)
        except RecursionError as error:
            raise JsonTooDeep(file=self.name, limit=self.options.limits.json_depth) from error
        except ValueError:
            return None
        check_depth(value, self.options.limits.json_depth, self.name)
        return flatten(value, levels) if isinstance(value, dict) else None
