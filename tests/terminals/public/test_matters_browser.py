"""Finding a matter and its guide in a real browser: what one types finds it, what one answers changes what one needs."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from browser import complaints, new_page
from tests.unit.business.matters.library_of_packs import ROOT, matters, read, words

from shuzhi.business.matters.library import services
from shuzhi.foundation.parts import Declaration, Installation
from shuzhi.pillars.organization.parts import install_office
from shuzhi.pillars.organization.types import OfficeDeclaration
from shuzhi.pillars.security.types import system

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
AT = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
PLATFORM = system("test")
READERS = ({"width": 1440}, {"width": 1024, "english": True}, {"width": 390, "elder": True})
PATHS = ("/matters/", "/matters/?q=身份证丢了", "/matters/household-move/?ground=home")
PICTURES = os.environ.get("TEST_PICTURES")


@pytest.fixture
def base(transactional_db, live_server):
    for file in sorted((ROOT / "packs/node/hangzhou/offices").glob("*.yaml")):
        declared = OfficeDeclaration.model_validate(read(file))
        installation = Installation("node/hangzhou", ROOT, PLATFORM, AT)
        install_office(Declaration("node/hangzhou", file, declared, {}), installation)
    for one in matters():
        services.install_matter(declaration=one, pack="services/matters", by=PLATFORM, at=AT)
    for one in words():
        services.install_vocabulary(declaration=one, pack="platform/everyday-words", by=PLATFORM, at=AT)
    return live_server.url


def note(found, said):
    if said.type == "error":
        found.append(f"console: {said.text}")


def look(page, base, path, reader):
    page.goto(base + path)
    if PICTURES:
        name = f"{path.strip('/').replace('/', '-').replace('?', '_')}.{reader['width']}{'e' if reader.get('elder') else ''}.png"
        page.screenshot(path=Path(PICTURES) / name, full_page=True)
    return [f"{path} {reader}: {line}" for line in complaints(page)]


def test_pages_look_right_and_answer(browser, base):
    found = []
    for reader in READERS:
        page = new_page(browser, base, **reader)
        page.on("console", partial(note, found))
        for path in PATHS:
            found += look(page, base, path, reader)
        page.context.close()
    assert not found, "\n".join(found)

    page = new_page(browser, base, width=390)
    page.goto(f"{base}/matters/")
    page.locator("#q").press_sequentially("结婚证不见了")  # no button is pressed
    page.get_by_role("link", name="补领婚姻登记证").first.click()
    assert page.get_by_text("仅供查询").first.is_visible()

    page.goto(f"{base}/matters/household-move/")
    assert page.locator("#guide-needs").get_by_text("回答上面的问题后才能确定").first.is_visible()
    page.get_by_label("购房").check()
    page.locator("#guide-needs").get_by_text("回答上面的问题后才能确定").first.wait_for(state="detached")
    assert page.locator("#guide-needs").get_by_text("房屋权属证明").is_visible()
    assert page.locator("#guide-needs").get_by_text("迁移理由的证明").count() == 0
    page.context.close()
