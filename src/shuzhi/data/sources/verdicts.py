"""Second pass (判定): which staged rows are new, which repeat what is known, which contradict; in SQL, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.sources.quarantine import Quarantine, masked_key
from shuzhi.data.sources.reasons import reason_words
from shuzhi.data.sources.staging import ROWS_AT_ONCE
from shuzhi.data.sources.types import Mode
from shuzhi.foundation import lake

ACCEPT, DUPLICATE, CONFLICT, UNKNOWN = "accept", "duplicate", "key_conflict", "unknown_key"

# Each states for every staged row: its verdict, and the row it contradicts. {key} partitions, {same} joins.
_FULL = """
    SELECT _row, CASE WHEN again > 1 THEN 'duplicate'
                      WHEN {keyed} AND first <> _row THEN 'key_conflict' ELSE 'accept' END AS verdict, first AS other
    FROM (SELECT *, min(_row) OVER (PARTITION BY {key}) AS first
          FROM (SELECT *, row_number() OVER (PARTITION BY _hash ORDER BY _row) AS again FROM staged))
"""
_INCREMENTAL = """
    SELECT _row, CASE WHEN coalesce(before, known_hash) = _hash THEN 'duplicate' ELSE 'accept' END AS verdict,
           NULL::BIGINT AS other
    FROM (SELECT s._row, s._hash, lag(s._hash) OVER (PARTITION BY {s_key} ORDER BY s._row) AS before,
                 n._hash AS known_hash
          FROM staged s LEFT JOIN now n ON {same})
"""
_DELETE = """
    SELECT _row, CASE WHEN again > 1 THEN 'duplicate' WHEN now_hash IS NOT NULL THEN 'accept'
                      WHEN ever_hash IS NOT NULL THEN 'duplicate' ELSE 'unknown_key' END AS verdict,
           NULL::BIGINT AS other
    FROM (SELECT s._row, row_number() OVER (PARTITION BY {s_key} ORDER BY s._row) AS again,
                 n._hash AS now_hash, e._hash AS ever_hash
          FROM staged s LEFT JOIN now n ON {same} LEFT JOIN ever e ON {same_ever})
"""
_SQL = {Mode.FULL: _FULL, Mode.INCREMENTAL: _INCREMENTAL, Mode.DELETE: _DELETE}


class Verdicts:
    """The verdicts on one staging file. Use as a context manager; the rows stream from it into the lake."""

    def __init__(self, staged: Path, *, declared: DataSetDeclaration, mode: Mode) -> None:
        self._declared = declared
        self._mode = mode
        self._key = list(declared.key) or ["_hash"]
        self._connection = lake.open_duckdb()
        self._connection.read_parquet(str(staged)).create_view("staged")
        self._decide()

    def __enter__(self) -> Verdicts:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def counts(self) -> dict[str, int]:
        """How many rows got each verdict."""
        return dict(self._rows("SELECT verdict, count(*) FROM verdicts GROUP BY verdict"))

    def repaired(self) -> dict[str, int]:
        """How many accepted rows had each field repaired."""
        found = self._rows(
            "SELECT name, count(*) FROM (SELECT unnest(string_split(_repaired, ',')) AS name FROM staged"
            " JOIN verdicts USING (_row) WHERE verdict = 'accept' AND _repaired IS NOT NULL) GROUP BY name ORDER BY name"
        )
        return dict(found)

    def accepted(self) -> Iterator[Any]:
        """The accepted rows as record batches, in the order of the file."""
        operation = "delete" if self._mode is Mode.DELETE else "upsert"
        reader = self._connection.sql(
            f"SELECT staged.*, '{operation}' AS _op FROM staged JOIN verdicts USING (_row)"  # noqa: S608
            " WHERE verdict = 'accept' ORDER BY _row"
        ).to_arrow_reader(ROWS_AT_ONCE)
        yield from reader

    def quarantine(self, quarantine: Quarantine) -> int:
        """Put the rows that contradict into quarantine; returns how many."""
        fields = [self._declared.field(name) for name in self._declared.key] or []
        shown = ", ".join(f"CAST({_quoted(name)} AS VARCHAR)" for name in self._declared.key) or "NULL"
        columns = "、".join(field.name.zh for field in fields) or None
        count = 0
        for row, verdict, other, *key in self._rows(
            f"SELECT _row, verdict, other, {shown} FROM staged JOIN verdicts USING (_row)"  # noqa: S608
            f" WHERE verdict IN ('{CONFLICT}', '{UNKNOWN}') ORDER BY _row"
        ):
            value = masked_key(key, fields) if fields else None
            words = reason_words(verdict, other=other)
            quarantine.add_row(row=row, reason=verdict, words=words, column=columns, value=value)
            count += 1
        quarantine.flush()
        return count

    def _decide(self) -> None:
        if self._mode is not Mode.FULL:
            self._known("now", lake.current_rows(self._connection, self._declared.dataset))
        if self._mode is Mode.DELETE:
            self._known("ever", lake.latest_operations(self._connection, self._declared.dataset))
        sql = _SQL[self._mode].format(
            key=", ".join(map(_quoted, self._key)),
            s_key=", ".join(f"s.{_quoted(name)}" for name in self._key),
            keyed="true" if self._declared.key else "false",
            same=self._same("n"),
            same_ever=self._same("e"),
        )
        self._connection.execute(f"CREATE TEMP TABLE verdicts AS {sql}")

    def _known(self, name: str, rows: Any) -> None:
        wanted = list(dict.fromkeys([*self._key, "_hash"]))
        if set(wanted) <= set(rows.columns):
            rows.project(", ".join(map(_quoted, wanted))).create_view(name)
            return
        # Nothing was ever collected under this key: nothing is known.
        columns = ", ".join(map(_quoted, wanted))
        self._connection.execute(f"CREATE VIEW {name} AS SELECT {columns} FROM staged WHERE false")  # noqa: S608

    def _same(self, other: str) -> str:
        return " AND ".join(f"s.{_quoted(name)} IS NOT DISTINCT FROM {other}.{_quoted(name)}" for name in self._key)

    def _rows(self, sql: str) -> Sequence[Any]:
        return list(self._connection.execute(sql).fetchall())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
