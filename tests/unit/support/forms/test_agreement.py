"""Browser and server say the same of the same answers, to the last word."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from tests import javascript
from tests.unit.support.forms import forms

from shuzhi.support.forms.engine import compile_form, evaluate, portable

HERE = Path(__file__).parent
MODULES = forms.REPOSITORY / "src/shuzhi/terminals/design/static/design/js"
TODAY = "2026-11-22"


def ask_browser(cases):
    return javascript.answers(HERE / "agree.mjs", MODULES, cases)


@pytest.mark.parametrize(("make", "seed"), [(forms.birth, 1), (forms.all_kinds, 2)])
def test_browser_and_server_agree_on_a_thousand_answers(make, seed):
    form = compile_form(make())
    random = Random(seed)
    cases = [forms.drawn_answers(form.declaration, random) for _ in range(1000)]
    facts = {"grade": "12.5"}

    loaded, *found = ask_browser(
        [{"document": portable(form)}, *({"answers": each, "facts": facts, "today": TODAY} for each in cases)]
    )

    assert loaded == {"unsupported": []}
    assert len(found) == 1000
    for given, theirs in zip(cases, found, strict=True):
        ours = evaluate(form, given, facts=facts, at=forms.NOW).as_dict()
        assert theirs == ours, given


@pytest.mark.parametrize("name", list(forms.ALL_KINDS))
def test_every_text_is_read_alike_in_every_field(name):
    form = compile_form(forms.all_kinds())
    base = {"size": "large", "count": "9", "sum": "10", "agreed": True, "wants": ["a"], "born": "2000-01-01"}
    cases = [base | {name: text} for text in forms.TEXTS]

    _, *found = ask_browser(
        [{"document": portable(form)}, *({"answers": each, "today": TODAY} for each in cases)]
    )

    assert found == [evaluate(form, each, facts={}, at=forms.NOW).as_dict() for each in cases]
