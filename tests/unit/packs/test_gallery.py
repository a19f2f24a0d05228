"""The gallery tells grade, state and the scenarios' last result, and whether it is of what is installed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def bureau(db, client, tmp_path, monkeypatch):
    from tests.unit.packs.good import GROUND

    from shuzhi.packs import loader, services
    from shuzhi.pillars.security.types import Role, system
    from shuzhi.support.identity import models
    from shuzhi.support.identity import services as identity
    from shuzhi.terminals.staff.packs import one, views

    for name, text in {
        **GROUND,
        "city/trees/pack.yaml": "pack: city/trees\ntitle: {zh: 树, en: Trees}\nowner: parks\nsystems: [S001]\nneeds: [city/node]\n",
    }.items():
        file = tmp_path / "packs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    packs, _ = loader.load_packs(loader.find_packs([tmp_path / "packs"]))
    services.install_packs(packs=packs, by=system("test"), at=AT)
    identity.open_account(
        username="gallery", person="周明", office="data-bureau", division="330100",
        roles=frozenset({Role.BUREAU}), password=None, by=system("test"), at=AT,
    )  # fmt: skip
    client.force_login(models.Account.objects.get(username="gallery"))
    for module in (one, views):
        monkeypatch.setattr(module, "settings", lambda: type("Home", (), {"home": tmp_path}))
    return client, {pack.id: services.digest_of(pack) for pack in packs}, tmp_path


def result(digest, *, passed):
    failure = {"file": "a", "line": 1, "zh": "预期不成立：一 = 二", "en": "this does not hold"}
    row = {"scenario": "s", "title": {"zh": "种树", "en": "Plant"}, "steps": 3, "passed": passed, "seconds": 1.0, "failure": None if passed else failure}  # fmt: skip
    return {"pack": "city/trees", "digest": digest, "scenarios": 1, "passed": int(passed), "results": [row]}


def test_what_was_never_verified_is_said_so(bureau):
    client, _, _ = bureau
    assert "未验收" in client.get("/staff/packs/").content.decode()
    assert "还没有验收" in client.get("/staff/packs/city/trees/").content.decode()
    assert client.get("/staff/packs/city/none/").status_code == 404


@pytest.mark.parametrize(("passed", "words"), [(True, "1 个场景通过 1 个"), (False, "1 个场景通过 0 个")])
def test_the_last_result_and_what_did_not_hold(bureau, passed, words):
    from shuzhi.packs.scenarios.results import remember

    client, digests, home = bureau
    remember(home, [result(digests["city/trees"], passed=passed)], at=AT)

    assert words in client.get("/staff/packs/").content.decode()
    page = client.get("/staff/packs/city/trees/").content.decode()
    assert "S001" in page
    assert ("预期不成立：一 = 二" in page) is not passed


def test_a_result_of_other_content_is_marked(bureau):
    from shuzhi.packs.scenarios.results import remember

    client, _, home = bureau
    remember(home, [result("another", passed=True)], at=AT)
    assert "验收后内容已变" in client.get("/staff/packs/").content.decode()
