"""The gateway's book: one file of SQLite, so that it outlives whoever is killed beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from shuzhi.foundation.clock import day_of

TABLES = """
CREATE TABLE IF NOT EXISTS ask (
  key TEXT PRIMARY KEY, what TEXT NOT NULL, fen INTEGER NOT NULL, of TEXT NOT NULL DEFAULT '',
  account TEXT NOT NULL DEFAULT '', title TEXT NOT NULL DEFAULT '', state TEXT NOT NULL,
  problem TEXT NOT NULL DEFAULT '', settled_on TEXT, deaf INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS callback (
  id INTEGER PRIMARY KEY, event TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, fen INTEGER NOT NULL,
  settled_on TEXT, done INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS comeback (
  key TEXT PRIMARY KEY, fen INTEGER NOT NULL, day TEXT NOT NULL, problem TEXT NOT NULL, told INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS nonce (nonce TEXT PRIMARY KEY, stamp INTEGER NOT NULL);
"""
FIELDS = ("key", "what", "fen", "of", "account", "title", "state", "problem", "settled_on", "deaf")


class Book:
    """What the gateway has been asked, and what became of it."""

    def __init__(self, file: Path, secret: str) -> None:
        """Open the book, or begin one."""
        self._file, self.secret = file, secret
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.writing() as rows:
            rows.executescript(TABLES)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all; others wait."""
        rows = sqlite3.connect(self._file, timeout=20, isolation_level=None)
        try:
            rows.row_factory = sqlite3.Row
            rows.execute("BEGIN IMMEDIATE")
            yield rows
            if rows.in_transaction:
                rows.execute("COMMIT")
        finally:
            rows.close()

    def is_fresh(self, nonce: str, at: datetime) -> bool:
        """Whether a nonce comes for the first time; it is remembered for ten minutes."""
        stamp = int(at.timestamp())
        with self.writing() as rows:
            rows.execute("DELETE FROM nonce WHERE stamp < ?", [stamp - 600])
            made = rows.execute("INSERT OR IGNORE INTO nonce VALUES (?, ?)", [nonce, stamp])
            return made.rowcount == 1

    def statement(self, day: date) -> list[dict[str, Any]]:
        """All that was done on a day, and what came back on it."""
        with self.writing() as rows:
            found = rows.execute(
                "SELECT key, what, fen, '' AS problem FROM ask WHERE settled_on = ?1 AND state = 'done' UNION ALL"
                " SELECT key, 'return', fen, problem FROM comeback WHERE day = ?1 ORDER BY 2, 1",
                [day.isoformat()],
            )
            return [dict(each) for each in found]

    def callbacks(self, most: int = 100, *, at: datetime | None = None) -> list[dict[str, Any]]:
        """Callbacks that nobody has taken yet; with `at` also of what has come back until then."""
        with self.writing() as rows:
            if at is not None:
                _tell_returned(rows, at)
            found = rows.execute(
                "SELECT c.*, coalesce(b.problem, '') AS problem FROM callback c"
                " LEFT JOIN comeback b ON b.key = c.key AND c.state = 'returned'"
                " WHERE c.done = 0 ORDER BY c.tries, c.id LIMIT ?",
                [most],
            )
            return [dict(each) for each in found]

    def note_callback(self, number: int, *, taken: bool) -> None:
        """Whether a callback was taken; one that was tried twenty times is given up."""
        with self.writing() as rows:
            rows.execute(
                "UPDATE callback SET tries = tries + 1, done = (? OR tries >= 19) WHERE id = ?",
                [taken, number],
            )


def _tell_returned(rows: sqlite3.Connection, at: datetime) -> None:
    """A callback for each payout that has come back."""
    back = [day_of(at).isoformat()]
    rows.execute(
        "INSERT INTO callback (event, key, state, fen, settled_on) SELECT key || '/returned', key, 'returned', fen, day"
        " FROM comeback WHERE told = 0 AND day <= ?",
        back,
    )
    rows.execute("UPDATE comeback SET told = 1 WHERE day <= ?", back)


def send_back(rows: sqlite3.Connection, row: dict[str, Any], at: datetime, problem: str) -> None:
    """The payee's bank will send a payout back on the next day."""
    day = (day_of(at) + timedelta(days=1)).isoformat()
    rows.execute(
        "INSERT OR IGNORE INTO comeback (key, fen, day, problem) VALUES (?, ?, ?, ?)",
        [row["key"], row["fen"], day, problem],
    )


def find(rows: sqlite3.Connection, key: str) -> dict[str, Any] | None:
    """What stands under a key."""
    row = rows.execute("SELECT * FROM ask WHERE key = ?", [key]).fetchone()
    return dict(row) if row else None


def write(rows: sqlite3.Connection, row: dict[str, Any]) -> None:
    """Keep what stands under a key now."""
    marks = ", ".join("?" for _ in FIELDS)
    rows.execute(f"INSERT OR REPLACE INTO ask VALUES ({marks})", [row[name] for name in FIELDS])  # noqa: S608 - marks only


def settle(rows: sqlite3.Connection, row: dict[str, Any], at: datetime, *, callbacks: int = 1) -> None:
    """The money is moved; the day is that of the gateway's books, in China."""
    row["state"], row["problem"], row["settled_on"] = "done", "", day_of(at).isoformat()
    write(rows, row)
    for _ in range(callbacks):
        rows.execute(
            "INSERT INTO callback (event, key, state, fen, settled_on) VALUES (?, ?, 'done', ?, ?)",
            [f"{row['key']}/done", row["key"], row["fen"], row["settled_on"]],
        )
