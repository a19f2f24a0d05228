"""The checker finds what it is there to find, and the keys do what the pages promise."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import complaints

import shuzhi.terminals.design

JS = Path(shuzhi.terminals.design.__file__).parent / "static" / "design" / "js"
SHELL = '<!doctype html><html lang="en"><head><title>Page</title></head><body><main><h1>Page</h1>{}</main></body></html>'


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 800, "height": 600})
    yield context.new_page()
    context.close()


def found(page, body: str) -> str:
    page.set_content(SHELL.format(body))
    return "\n".join(complaints(page))


class TestLook:
    def test_a_plain_page_is_clean(self, page):
        assert found(page, "<p>Some words.</p>") == ""

    def test_finds_sideways_scrolling(self, page):
        assert "scrolls sideways" in found(page, '<p style="width:2000px">Some words.</p>')

    def test_a_box_that_scrolls_by_itself_is_fine(self, page):
        assert (
            found(
                page, '<div style="overflow:auto" tabindex="0"><p style="width:2000px">Some words.</p></div>'
            )
            == ""
        )

    def test_finds_text_over_text(self, page):
        assert "lies over other text" in found(
            page, '<p>Some words.</p><p style="margin-top:-36px">Others.</p>'
        )

    def test_finds_text_that_is_cut_off(self, page):
        assert "cut off" in found(
            page, '<p style="width:40px;overflow:hidden;white-space:nowrap">Many more words.</p>'
        )

    def test_finds_what_axe_finds(self, page):
        assert "color-contrast" in found(page, '<p style="color:#ccc">Some words.</p>')


ROWS = """
<label for="q">Search</label><input id="q" data-search>
<table><tr data-row><td><a href="#one">One</a> <button data-act id="act1">Act</button></td></tr>
<tr data-row><td><a href="#two">Two</a> <button data-act id="act2">Act</button></td></tr></table>
"""


class TestKeys:
    @pytest.fixture
    def rows(self, page):
        page.set_content(SHELL.format(ROWS))
        module = (JS / "keys.mjs").read_text().replace("export function", "function")
        page.add_script_tag(content=f"{module}\nlisten(document);\nwindow.listening = true;", type="module")
        page.wait_for_function("() => window.listening")  # a module runs when the page gets to it
        page.evaluate(
            "document.querySelectorAll('button').forEach(b => b.onclick = () => { window.acted = b.id })"
        )
        return page

    def here(self, page) -> str:
        return page.evaluate("document.querySelector('[data-row].here a')?.textContent ?? ''")

    def test_j_and_k_move_and_stay_inside(self, rows):
        seen = []
        for key in "jjjkkk":
            rows.keyboard.press(key)
            seen.append(self.here(rows))
        assert seen == ["One", "Two", "Two", "One", "One", "One"]
        assert rows.evaluate("document.activeElement.textContent") == "One"

    def test_e_acts_on_the_row_under_the_keys(self, rows):
        for key in "jje":
            rows.keyboard.press(key)
        assert rows.evaluate("window.acted") == "act2"

    def test_slash_searches_and_typing_is_left_alone(self, rows):
        rows.keyboard.press("/")
        rows.keyboard.type("je/")
        assert rows.input_value("#q") == "je/"
        assert self.here(rows) == ""
