"""What stands in docs/packs is what the packs and the verbs say."""

from __future__ import annotations

from pathlib import Path

DOCS = Path(__file__).resolve().parents[3] / "docs" / "packs"


def test_the_coverage_is_current():
    from shuzhi.packs import services
    from shuzhi.packs.coverage import coverage_page

    packs, findings = services.load_node_packs()
    assert findings == []
    assert (DOCS / "coverage.md").read_text("utf-8") == coverage_page(packs), (
        "run: shuzhi packs coverage --out docs/packs/coverage.md"
    )


def test_the_list_of_verbs_is_current():
    from shuzhi.packs.scenarios.listing import verbs_page

    assert (DOCS / "scenarios.md").read_text("utf-8") == verbs_page(), (
        "run: shuzhi packs verbs --out docs/packs/scenarios.md"
    )


def test_every_system_of_the_plans_has_its_row():
    text = (DOCS / "coverage.md").read_text("utf-8")
    assert all(f"| S{number:03} |" in text for number in range(1, 351))


def test_every_rule_of_the_checker_has_advice():
    from tests.unit.packs.test_mistakes import MISTAKES, STRANGE

    from shuzhi.packs import advice

    rules = {each.rule for each in MISTAKES} | {rule for _, rule in STRANGE.values() if rule}
    general = {rule for rule in rules if advice.for_rule(rule) is advice.OTHER}
    assert not general
