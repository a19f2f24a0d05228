from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

import shuzhi.terminals.design
from shuzhi.terminals.design import samples, types
from shuzhi.terminals.design.types import Said
from shuzhi.terminals.design.types.charts import shade_of, shades

HOME = Path(shuzhi.terminals.design.__file__).parent


def draw(part: object) -> str:
    request = RequestFactory().get("/")
    return Template("{% load parts %}{% part part %}").render(Context({"part": part, "request": request}))


class TestReceipt:
    def test_a_balanced_receipt_says_so(self):
        assert "一行不少" in draw(types.Receipt(received=10, accepted=7, quarantined=2, duplicates=1))

    def test_an_unbalanced_receipt_is_an_alarm(self):
        assert "差 3 行" in draw(types.Receipt(received=10, accepted=7, quarantined=0, duplicates=0))

    @given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
    def test_the_bar_fills_its_width_and_shows_every_part(self, accepted, quarantined, duplicates):
        parts = (accepted, quarantined, duplicates)
        bars = types.Receipt(
            received=sum(parts), accepted=accepted, quarantined=quarantined, duplicates=duplicates
        ).bars
        assert all((width > 0) == (n > 0) for n, (_, _, width) in zip(parts, bars, strict=True))
        assert sum(width for _, _, width in bars) == pytest.approx(1000 if sum(parts) else 0, abs=0.2)


class TestDeadline:
    @pytest.mark.parametrize(
        ("days", "words", "tone"),
        [
            (9, "还剩 9 个工作日", "neutral"),
            (2, "还剩 2 个工作日", "warning"),
            (0, "今天到期", "warning"),
            (-3, "超期 3 个工作日", "danger"),
        ],
    )
    def test_says_it_in_words_and_reddens_only_when_late(self, days, words, tone):
        html = draw(types.Deadline(date(2026, 11, 20), days))
        assert words in html
        assert f"chip {tone}" in html


class TestTable:
    def table(self, **changes: object) -> types.Table:
        return samples.table({"state": "due", "sort": "rows", "page": "2"}, **changes)

    def test_sorting_keeps_the_filters_and_starts_at_the_first_page(self):
        links = re.findall(
            r'<th scope="col" class="number" aria-sort="ascending"><a href="([^"]+)"', draw(self.table())
        )
        assert links == ["?state=due&amp;sort=-rows"]

    def test_turning_a_page_keeps_everything(self):
        assert 'href="?state=due&amp;sort=rows&amp;page=3"' in draw(self.table())

    def test_filtering_keeps_the_order_and_forgets_the_page(self):
        form = re.search(r'<form class="filters".*?</form>', draw(self.table()), re.DOTALL)
        assert form
        assert '<input type="hidden" name="sort" value="rows">' in form[0]
        assert 'name="page"' not in form[0]

    def test_shows_only_the_chosen_columns(self):
        html = draw(self.table(chosen=("title", "rows")))
        head = re.search(r"<thead.*?</thead>", html, re.DOTALL)
        assert head
        assert head[0].count('<th scope="col"') == 3
        assert "部门" not in head[0]

    def test_an_empty_list_says_what_to_do(self):
        html = draw(
            self.table(
                rows=(),
                empty=Said("登记一个来源。", "Register one."),
                empty_action=types.Link(Said("登记来源", "Register"), "/new"),
            )
        )
        assert "登记一个来源。" in html
        assert 'href="/new"' in html

    def test_a_failed_list_stays_beside_its_cause(self):
        html = draw(self.table(state="error", problem=Said("数据库没有应答。", "No answer.")))
        assert 'role="alert"' in html
        assert "数据库没有应答。" in html

    def test_values_are_escaped(self):
        row = types.Row({"title": "<script>alert(1)</script>"})
        assert "<script>" not in draw(self.table(rows=(row,)))

    @given(st.integers(1, 400), st.integers(1, 50), st.integers(0, 10_000))
    def test_offered_pages_rise_and_hold_first_last_and_present(self, number, size, total):
        last = types.Pages(1, size, total).last
        number = min(number, last)
        pages = types.Pages(number, size, total)
        offered = [n for n in pages.shown if n is not None]
        assert offered == sorted(set(offered))
        assert {1, number, last} <= set(offered)


class TestField:
    def test_an_error_is_tied_to_its_control(self):
        html = draw(types.Field(name="uscc", label="代码", error="第 11 位有误", hint="18 位"))
        assert 'aria-invalid="true"' in html
        assert 'aria-describedby="field-uscc-hint field-uscc-error"' in html

    def test_takes_value_and_error_from_a_django_form(self):
        class Form(forms.Form):
            rows = forms.IntegerField()

        field = types.Field(name="rows", label="行数").bound(Form({"rows": "许多"})["rows"])
        assert field.value == "许多"
        assert field.error

    def test_the_summary_links_to_the_field(self):
        wrong = types.Field(name="uscc", label="代码", error="有误")
        assert 'href="#field-uscc"' in draw(types.ErrorSummary([wrong]))
        assert draw(types.ErrorSummary([types.Field(name="a", label="甲")])).strip() == ""


class TestFigure:
    def test_a_share_shows_what_it_is_of(self):
        html = draw(types.Figure(label="完整率", value=types.Share(1184, 1203), url="/k12"))
        assert "98.4%" in html
        assert "1,184 / 1,203" in html
        assert 'href="/k12"' in html


class TestProgress:
    def test_asks_again_only_while_something_remains(self):
        running = types.Progress(id="p", label="归集", done=1, total=2, unit="行", poll_url="/p")
        finished = types.Progress(id="p", label="归集", done=2, total=2, unit="行", poll_url="/p")
        assert "hx-get" in draw(running)
        assert "hx-get" not in draw(finished)


class TestShades:
    def test_a_value_on_a_bound_belongs_above_it(self):
        legend = shades((0, 100, 200))
        assert [shade_of(value, legend) for value in (0, 99.9, 100, 500, -1, None)] == [
            "0",
            "0",
            "3",
            "6",
            "none",
            "none",
        ]


def test_templates_keep_to_the_strict_policy():
    for template in HOME.rglob("templates/**/*.html"):
        text = template.read_text()
        assert " style=" not in text, template.name
        assert not re.search(r"\son\w+=", text), template.name
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), template.name
        assert "<style" not in text, template.name
