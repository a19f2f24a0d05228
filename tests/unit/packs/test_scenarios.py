"""A scenario does what it says, step by step; what does not hold is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

SCENARIO = """\
scenario: a-loop
title: {zh: 一案, en: A dossier}
date: 2026-11-20
do:
  - as: data-bureau/bureau
    open dossier: {loop: upkeep, subject: park/1, title: {zh: 修剪, en: Mow}, office: parks}
    keep: 案
    expect: 案.due_on = date("2026-11-25")
  - as: parks/data_officer
    act: {dossier: =案.id, action: take}
  - wait: {working_days: 4}
then:
  - as: parks/data_officer
    inbox: {loop: upkeep}
    expect: result[1].light = "red"
  - audit: {target: dossier/}
    expect: count(result) >= 1
"""


@pytest.fixture
def play(transactional_db, tmp_path):
    from tests.unit.packs.good import GROUND

    from shuzhi.packs import loader, services
    from shuzhi.packs.scenarios.running import run_scenario
    from shuzhi.packs.scenarios.stage import PLATFORM

    with connection.cursor() as cursor:  # jobs of others, which no test rolls back
        cursor.execute("DELETE FROM procrastinate_events")
        cursor.execute("DELETE FROM procrastinate_jobs")

    def play(text):
        files = {
            **GROUND,
            "city/trees/pack.yaml": "pack: city/trees\ntitle: {zh: 树, en: Trees}\nowner: parks\nneeds: [city/node]\n",
        }
        files["city/trees/scenarios/a-loop.yaml"] = text
        for name, content in files.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
        packs, findings = loader.load_packs(loader.find_packs([tmp_path]))
        assert findings == [], [each.message.zh for each in findings]
        pack = packs[-1]
        (declared,) = pack.declarations["scenarios"]
        services.install_packs(packs=packs, by=PLATFORM, at=declared.value.begins_at)
        return run_scenario(declared, pack=pack, packs=packs)

    return play


def test_it_passes(play):
    outcome = play(SCENARIO)
    assert outcome.passed, outcome.failure
    assert outcome.steps == 5


@pytest.mark.parametrize(
    ("written", "instead", "line", "zh"),
    [
        ('light = "red"', 'light = "green"', 13, "预期不成立"),
        ("    act: {dossier: =案.id, action: take}", "    act: {dossier: =案.id, action: take}\n    refused: workflow.stale", 9, "应被拒绝"),
        ("as: parks/data_officer\n    act", "as: parks/leader\n    act", 9, "被拒绝（security.forbidden）"),
        ("=案.id, action: take", "=案.number, action: take", 9, "出错"),
        ("action: take", "action: mow", 9, "被拒绝"),
    ],
)  # fmt: skip
def test_what_does_not_hold_is_told_with_its_line(play, written, instead, line, zh):
    assert written in SCENARIO
    outcome = play(SCENARIO.replace(written, instead, 1))

    assert not outcome.passed
    assert outcome.failure.line == line
    assert zh in outcome.failure.message.zh
    assert outcome.failure.message.en


def test_a_file_outside_the_pack_is_not_there(tmp_path):
    from datetime import UTC, datetime
    from types import SimpleNamespace

    from shuzhi.packs.scenarios.errors import FileMissing
    from shuzhi.packs.scenarios.stage import Play

    (tmp_path / "secret.csv").write_text("x")
    (tmp_path / "pack" / "samples").mkdir(parents=True)
    play = Play(
        pack=SimpleNamespace(folder=tmp_path / "pack"), packs=[], at=datetime.now(UTC), scratch=Path()
    )
    for name in ("../../secret.csv", "/etc/passwd", "../secret.csv", ""):
        with pytest.raises(FileMissing):
            play.file(name)
