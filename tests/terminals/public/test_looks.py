"""The public pages in a real browser: nothing runs out, nothing overlaps, axe finds nothing, no policy is broken."""

from __future__ import annotations

import pytest
from browser import complaints, new_page
from tests.unit.data.opendata import world

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


def test_pages_look_right_to_every_reader(browser, served):
    base, paths = served
    found = []
    for reader in READERS:
        page = new_page(browser, base, **reader)
        page.on(
            "console", lambda said: found.append(f"console: {said.text}") if said.type == "error" else None
        )
        for path in paths:
            page.goto(base + path)
            found += [f"{path} {reader}: {line}" for line in complaints(page)]
        page.context.close()
    assert not found, "\n".join(found)
