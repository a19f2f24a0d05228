"""The public pages in a real browser: nothing runs out, nothing overlaps, axe finds nothing, no policy is broken."""

from __future__ import annotations

import os
from functools import partial

import pytest
from browser import complaints, new_page
from tests.unit.data.opendata import world

# Playwright's loop runs in this thread, and Django would take its own calls for asynchronous ones.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
READERS = ({"width": 1440}, {"width": 390, "english": True}, {"width": 1024, "elder": True})


@pytest.fixture
def served(transactional_db, live_server, tmp_path):
    dataset = world.plant(tmp_path)
    world.open_it(dataset)
    return live_server.url, (
        "/",
        "/data/",
        f"/data/{dataset}/",
        "/developers/",
        f"/offices/{world.OFFICE}/",
        "/about/",
    )


def note(found, said):
    if said.type == "error":
        found.append(f"console: {said.text}")


def test_pages_look_right_to_every_reader(browser, served):
    base, paths = served
    found = []
    for reader in READERS:
        page = new_page(browser, base, **reader)
        page.on("console", partial(note, found))
        for path in paths:
            page.goto(base + path)
            found += [f"{path} {reader}: {line}" for line in complaints(page)]
        page.context.close()
    assert not found, "\n".join(found)
