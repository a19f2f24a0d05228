"""Quality from outside: the console and the JSON end points."""

from __future__ import annotations

import json

from tests.unit.data.quality.world import BUREAU, GOOD
from typer.testing import CliRunner


def test_the_console_checks_and_prints_scores(office):
    from shuzhi.terminals.console import quality

    batch = office.collect(GOOD)

    checked = CliRunner().invoke(quality.app, ["check", batch.id, "--json"])
    card = CliRunner().invoke(quality.app, ["scorecard", office.dataset, "--json"])
    spoken = CliRunner().invoke(quality.app, ["scorecard"])

    rules = {rule["rule"]: rule for rule in json.loads(checked.stdout)["rules"]}
    assert rules["code-valid"]["checked"] == 1
    assert json.loads(card.stdout)[0]["dataset"] == office.dataset
    assert "完整性 100.00%" in spoken.stdout


def test_the_api_reads_scorecards_and_issues(rf, office):
    from shuzhi.data.quality import api

    request = rf.get("/")
    request.actor = BUREAU
    office.send(",9133010014304617XG,1980-01-21,,\n")

    assert [card.dataset for card in api.read_scorecards(request)] == [office.dataset]
    assert [issue.rule for issue in api.read_issues(request)] == ["name-present"]
    assert api.read_latest(request, dataset=office.dataset).rows == 1
    assert api.read_office_scores(request)[0].open_issues == 1
