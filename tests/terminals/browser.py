"""A real browser for tests: opens pages and looks at them as a careful person would.

`look(page)` fails on horizontal scrolling, on text that lies over other text or is cut off, and on anything that axe
(WCAG 2.2 AA) finds. `complaints(page)` returns the same as a list.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

REPOSITORY = Path(__file__).resolve().parents[2]
AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
LAYOUT = Path(__file__).with_name("layout.js")
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-unsafe-swiftshader",  # maps need WebGL, and a test machine has no graphics card
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEIGHTS = {1920: 1080, 1440: 900, 1024: 768, 390: 844, 6656: 1792, 1080: 1920}  # the last is a kiosk


def chromium_path() -> str | None:
    """The browser to drive: `SHUZHI_CHROMIUM`, else the system's."""
    return os.environ.get("SHUZHI_CHROMIUM") or next(
        (path for name in NAMES if (path := shutil.which(name))), None
    )


@contextmanager
def open_browser() -> Iterator[Any]:
    """A headless browser, closed at the end; skips the test where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine; install Debian's package chromium or set SHUZHI_CHROMIUM")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One browser for the tests of a file: while it is open, this thread's event loop is the driver's."""
    with open_browser() as opened:
        yield opened


def new_page(
    browser: Any,
    url: str,
    *,
    width: int = 1440,
    english: bool = False,
    elder: bool = False,
    dark: bool = False,
) -> Any:
    """A page of that width in a fresh context, with the choices of a reader set as cookies."""
    viewport = {"width": width, "height": HEIGHTS.get(width, 900)}
    context = browser.new_context(viewport=viewport, locale="en-GB" if english else "zh-CN")
    choices = {
        "shuzhi_language": "en" if english else "zh",
        "shuzhi_elder": "on" if elder else "off",
        "shuzhi_theme": "dark" if dark else "light",
    }
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in choices.items()])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def sign_in(page: Any, url: str, *, username: str, password: str) -> None:
    """Sign in through the form, as a person does."""
    page.goto(url)
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def settle(page: Any) -> None:
    """Wait until modules, charts and maps have drawn."""
    page.wait_for_load_state("load")
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_timeout(300 if page.locator("[data-part=map], [data-part=chart]").count() == 0 else 2000)


def complaints(page: Any) -> list[str]:
    """What is wrong with the page to the eye and to assistive technology; an empty list is the aim."""
    settle(page)
    return [*page.evaluate(LAYOUT.read_text()), *_axe(page)]


def look(page: Any) -> None:
    """Fail with every complaint about the page."""
    found = complaints(page)
    assert not found, "\n".join([page.url, *found])


def _axe(page: Any) -> list[str]:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed; run `npm ci`")
    page.evaluate(AXE.read_text())  # evaluated by the driver, so that the page's own policy stays strict
    result = page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", RULES)
    return [
        f"axe {violation['id']}: {violation['help']} at {node['target']}: {' '.join(node['failureSummary'].split())}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
