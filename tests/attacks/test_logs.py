"""Attacks on what is written down (日志注入): lines of one's own, hidden letters, commands for a terminal."""

from __future__ import annotations

import json
import logging
import sys
from io import StringIO

import pytest
import structlog

from shuzhi.foundation.settings import Settings
from shuzhi.foundation.telemetry.logs import configure_logs

FORGED = "2026-01-01T00:00:00Z [info     ] signed_in user=admin"
TYPED = [
    f"a\n{FORGED}", f"a\r{FORGED}", f"a\r\n{FORGED}", f"a\x85{FORGED}", f"a\u2028{FORGED}", f"a\x0b{FORGED}", "\x1b[2J\x1b[31mred", "\x9b31m",
    "\x1b]0;title\x07", "a\u202egpj.exe", "a\u2066b\u2069", "bu\u200breau", "\ufeffa", "\x08\x08\x08", "\x00", "\x7f", "\ud800",
]  # fmt: skip
ACTING = [chr(code) for code in (*range(10), *range(11, 32), *range(0x7F, 0xA0), 0x202E, 0x2066, 0x2028, 0x200B, 0xFEFF)]  # fmt: skip


@pytest.fixture(params=["text", "json"])
def written(request, monkeypatch):
    """What stands in the log after somebody wrote into it, and how many lines are an entry."""
    before = logging.getLogger().handlers[:], logging.getLogger().level, structlog.get_config()
    stream = StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logs(Settings(log_format=request.param))

    def read() -> tuple[str, list[str]]:
        text = stream.getvalue()
        entries = [line for line in text.split("\n") if line and not line.startswith("  | ")]
        return text, entries

    yield read
    logging.getLogger().handlers[:], level, config = before
    logging.getLogger().setLevel(level)
    structlog.configure(**config)


@pytest.mark.parametrize("typed", TYPED, ids=ascii)
def test_input_writes_no_line_and_moves_no_cursor(written, typed):
    log = structlog.get_logger("tests.attacks")
    log.warning("refused", user=typed, nested={"name": [typed]})
    log.warning(typed)
    logging.getLogger("django.security").warning("Forbidden: %s", typed)
    logging.getLogger("other").warning(typed, extra={"request": typed})

    text, entries = written()

    assert len(entries) == 4
    assert [character for character in ACTING if character in text] == []


def fail(typed: str) -> None:
    raise ValueError(typed)


@pytest.mark.parametrize("typed", TYPED, ids=ascii)
def test_nor_does_what_an_error_says(written, typed):
    try:
        fail(typed)
    except ValueError:
        structlog.get_logger("tests.attacks").exception("broke")
        logging.getLogger("django.request").exception("broke")

    text, entries = written()

    assert len(entries) == 2
    assert "ValueError" in text
    assert [character for character in ACTING if character in text] == []


def test_a_json_line_stays_one(written):
    structlog.get_logger("x").warning(
        "a", user="\u0085\u2028", other=object(), raw=b"\n", none=None, number=1.5
    )

    text, entries = written()

    assert len(entries) == 1
    if text.startswith("{"):
        assert json.loads(entries[0])["number"] == 1.5


def test_requests_write_no_lines_of_their_own(as_person, written):
    browser = as_person(None)
    for typed in TYPED:
        browser.post("/staff/login/", {"username": typed.replace("\ud800", "x"), "password": "x"})
        browser.get("/staff/", headers={"Host": typed.encode("ascii", "replace").decode(), "User-Agent": typed, "X-Request-Id": typed})  # fmt: skip
        browser.get("/data/", {"q": typed.encode("utf-8", "replace").decode()})

    text, entries = written()

    assert not any(entry.startswith(FORGED) for entry in entries)
    assert [character for character in ACTING if character in text] == []
