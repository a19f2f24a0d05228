from __future__ import annotations

from datetime import date

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.terminals.design.types import Said


def render(text: str, **facts: object) -> str:
    return Template("{% load words parts %}" + text).render(Context(facts))


class TestT:
    def test_speaks_chinese_unless_english_was_chosen(self):
        assert render('{% t "工作台" "Workbench" %}') == "工作台"
        with translation.override("en"):
            assert render('{% t "工作台" "Workbench" %}') == "Workbench"

    def test_other_languages_of_a_browser_get_chinese(self):
        with translation.override("fr"):
            assert render('{% t "工作台" "Workbench" %}') == "工作台"

    @pytest.mark.parametrize(
        ("n", "zh", "en"),
        [
            (1, "还剩 1 天", "1 day left"),
            (2, "还剩 2 天", "2 days left"),
            (1200, "还剩 1,200 天", "1,200 days left"),
        ],
    )
    def test_counts_pick_their_noun(self, n, zh, en):
        text = '{% t "还剩 {n} 天" "{n:day|days} left" n=n %}'
        assert render(text, n=n) == zh
        with translation.override("en"):
            assert render(text, n=n) == en

    @given(st.text())
    def test_facts_are_always_escaped(self, fact):
        said = render('{% t "甲：{x}" "A: {x}" x=x %}', x=f"<b>{fact}")
        assert "<" not in said

    def test_a_fact_with_braces_is_not_a_format(self):
        assert render('{% t "{x}" "{x}" x=x %}', x="{0.__class__}") == "{0.__class__}"

    def test_days_and_bilingual_facts_are_said_in_the_same_language(self, in_english):
        text = render(
            '{% t "{o} {d}" "{o} on {d}" o=o d=d %}', o=Said("教育局", "Education"), d=date(2026, 11, 22)
        )
        assert text == "Education on 22 November 2026"


class TestSaid:
    def test_takes_pairs_mappings_and_names(self):
        assert (
            render(
                "{{ a|said }} {{ b|said }} {{ c|said }}",
                a=Said("目录", "Catalog"),
                b={"zh": "质量", "en": "Quality"},
                c="仓前街道",
            )
            == "目录 质量 仓前街道"
        )

    def test_falls_back_to_the_language_that_exists(self, in_english):
        assert render("{{ a|said }}", a={"zh": "仓前街道"}) == "仓前街道"

    def test_escapes_what_it_says(self):
        assert render("{{ a|said }}", a=Said("<script>", "x")) == "&lt;script&gt;"
