"""Where a case stands, drawn in Chromium under the pages' own policy of content, with the viewer's watermark."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser import complaints, new_page
from tests.terminals.staff.test_cases import BODY, DRAWING, HEAD
from tests.terminals.staff.test_journeys import INSTALL, SOURCE, free_port, open_folder, run

pytestmark = pytest.mark.proof
CASE = """
from shuzhi.demo.people import RUNNER
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.support.identity.queries import actor
from shuzhi.support.workflow.processes import services
from shuzhi.support.workflow.processes.declaring import declare
declared, faults = declare("birth", ("birth.bpmn", {content!r}))
services.install_process(declaration=declared, pack="people/birth", by=RUNNER, at=now())
services.start_process(process="birth", subject="person/7", title=Words(zh="王小明出生登记", en="Birth of Wang Xiaoming"),
    office="market-regulation", requester=None, by=actor("officer"), at=now())
"""


@pytest.fixture(scope="module")
def node(browser):
    home, port = open_folder("shuzhi-cases-"), str(free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SHUZHI_", "DJANGO_"))}
    environ = kept | {
        "SHUZHI_HOME": str(home),
        "SHUZHI_WEB_PORT": port,
        "SHUZHI_GATEWAY_PORT": str(free_port()),
        "SHUZHI_DEMO": "true",
        "PYTHONPATH": str(SOURCE),
    }
    run(environ, "-m", "shuzhi", "up", "--only", "database", "--only", "web", "--detach")
    try:
        run(environ, "-c", INSTALL + CASE.format(content=f"{HEAD}{BODY}{DRAWING}</definitions>".encode()))
        yield f"http://127.0.0.1:{port}"
    finally:
        run(environ, "-m", "shuzhi", "stop")


@pytest.mark.parametrize(
    ("width", "mode"),
    [(1440, {}), (1024, {"english": True}), (390, {}), (390, {"elder": True}), (1440, {"dark": True})],
)
def test_the_drawing_shows_where_it_stands(browser, node, width, mode):
    page = new_page(browser, node, width=width, **mode)
    said = []
    page.on("console", lambda each: said.append(each.text) if each.type == "error" else None)
    page.goto(f"{node}/staff/login/")
    page.click(".person:has-text('陈静'), .person:has-text('Chen')")
    page.wait_for_url(f"{node}/staff/")
    page.goto(f"{node}/staff/cases/1/")
    page.wait_for_selector(".is-standing")
    if folder := os.environ.get("TEST_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"case-{width}-{'-'.join(mode)}.png"), full_page=True)
    assert page.locator(".is-standing").get_attribute("data-element-id") == "check"
    assert page.locator(".bjs-powered-by").is_visible()
    assert said == []
    assert complaints(page) == []
    page.context.close()
