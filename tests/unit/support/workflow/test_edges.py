"""The inbox from outside: JSON end points and the console."""

from __future__ import annotations

import json

import pytest
import typer
from tests.unit.support.workflow.people import FRIDAY, INSTALLER, OFFICER
from typer.testing import CliRunner

from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import services as identity

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(rf):
    """Call an end point's function as an actor, as the router would."""

    def answer(function, actor, **values):
        request = rf.get("/")
        request.actor = actor
        return function(request, **values)

    return answer


def test_the_whole_api_can_be_described():
    from shuzhi.node.api import api

    paths = api.get_openapi_schema()["paths"]

    assert "/api/workflow/dossiers/{dossier}/actions/{action}" in paths
    assert "/api/quality/scorecards" in paths


def test_the_api_takes_a_step(call, open_issue):
    from shuzhi.support.workflow import api

    opened = open_issue()
    assert [row.dossier.id for row in call(api.read_inbox, OFFICER)] == [opened.id]
    step = api.StepIn(version=1, note="数据无误")

    moved = call(api.take_step, OFFICER, dossier=opened.id, action="appeal", step=step)

    assert moved.state == "appealed"
    assert len(call(api.read_history, OFFICER, dossier=opened.id)) == 2
    assert call(api.read_offers, OFFICER, dossier=opened.id) == []


def test_the_console_prints_an_inbox(open_issue):
    from shuzhi.terminals.console import inbox

    opened = open_issue()
    identity.open_account(
        username="officer",
        person="陈静",
        office="market-regulation",
        division=None,
        roles=frozenset({Role.DATA_OFFICER}),
        password=None,
        by=INSTALLER,
        at=FRIDAY,
    )

    console = typer.Typer()
    console.command()(inbox.inbox)
    printed = CliRunner().invoke(console, ["officer", "--json"])

    assert [row["dossier"] for row in json.loads(printed.stdout)] == [opened.id]
    assert CliRunner().invoke(console, ["nobody"]).exit_code == 1
