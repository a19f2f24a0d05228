"""From a wish to the report on the use; what people say of open data, and who hears of its changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from django.test import Client
from tests import clocks
from tests.unit.data.opendata import world

from shuzhi.data.opendata import queries, services
from shuzhi.data.opendata.errors import NotOpen
from shuzhi.data.opendata.requests import demands, voices
from shuzhi.data.opendata.requests.errors import KeyNotValid, NoSuchDemand, OthersTerms, PurposeTooShort
from shuzhi.data.opendata.requests.terms import hash_of_terms
from shuzhi.data.opendata.requests.types import Way, Wish
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as workflow_services
from shuzhi.support.workflow.errors import ActionNotAllowedHere
from shuzhi.support.workflow.types import LoopDeclaration

LOOPS = Path(__file__).parents[4] / "packs" / "opendata" / "requests" / "loops"
ADMIN = Actor(name="account/admin", roles=frozenset({Role.ADMINISTRATOR}))
WANG = Actor(name="account/wang", title="王", roles=frozenset({Role.RESIDENT}))
CHEN = Actor(name="account/chen", title="陈", roles=frozenset({Role.RESIDENT}))
PURPOSE = "研究各区农贸市场的分布与面积，结果公开发表"


@pytest.fixture
def loops(db):
    for file in sorted(LOOPS.glob("*.yaml")):
        declared = LoopDeclaration.model_validate(yaml.safe_load(file.read_text("utf-8")))
        workflow_services.install_loop(declaration=declared, pack="opendata/requests", by=ADMIN, at=world.AT)


@pytest.fixture
def conditional(tmp_path, loops):
    """A data set that is open on conditions, with enough rows for the sandbox, released."""
    dataset = world.plant(tmp_path, opening="conditional")
    world.collect(
        tmp_path,
        dataset,
        rows=[f"c{n},市场{n},{'余杭区' if n % 3 else '西湖区'},3,{n}.5,,,,是,,," for n in range(40)],
    )
    world.open_it(dataset)
    return dataset


def follow(demand):
    """What the outbox would deliver of the dossier's last step."""
    found = workflow.dossier(demand.dossier)
    payload = {"loop": found.loop, "dossier": found.id, "state": found.state}
    demands.follow_dossier(payload, world.AT)
    voices.follow_dossier(payload, world.AT)


def step(demand, action, by, note="可以"):
    workflow_services.act(dossier=demand.dossier, action=action, by=by, at=world.AT, note=note)
    follow(demand)


def asked(dataset, way=Way.API):
    wish = Wish(title="农贸市场", purpose=PURPOSE, office=world.OFFICE, dataset=dataset, way=way)
    return demands.ask_for_data(wish=wish, by=WANG, at=world.AT)


def agreed(dataset, way=Way.API):
    demand = asked(dataset, way)
    step(demand, "assess", world.APPROVER)
    assert workflow.dossier(demand.dossier).state == "agreeing"
    return demands.agree(demand=demand.number, terms=hash_of_terms(), by=WANG, at=world.AT)


def rows(client, dataset, key, what="rows", **query):
    return client.get(f"/api/agreed/{dataset}/{what}", query, headers={"Authorization": key})


class TestDemand:
    def test_goes_from_the_wish_to_the_report(self, conditional, client, monkeypatch):
        clocks.put(monkeypatch, lambda: world.LATER)
        made = agreed(conditional)
        assert rows(client, conditional, made.key).status_code == 403  # not delivered yet
        step(made, "deliver", world.APPROVER)

        answer = rows(client, conditional, made.key, where='{"district": "余杭区"}', limit=2)
        assert (answer.json()["total"], len(answer.json()["rows"])) == (28, 2)
        assert demands.demand_of(made.number, by=WANG).calls == 1

        done = demands.report(demand=made.number, text="已发表《农贸市场分布》一文", by=WANG, at=world.LATER)
        assert (workflow.dossier(made.dossier).state, done.has_key) == ("reported", False)
        assert rows(client, conditional, made.key).status_code == 403

    def test_what_is_open_on_conditions_is_on_no_public_path(self, conditional, client):
        with pytest.raises(NotOpen):
            queries.release(conditional)
        assert client.get(f"/api/data/{conditional}/rows").status_code == 404
        assert client.get(f"/data/{conditional}/download/csv").status_code == 404
        assert "申请使用" in client.get(f"/data/{conditional}/").content.decode()

    def test_the_sandbox_tells_no_small_group_and_no_row(self, conditional, client, monkeypatch):
        clocks.put(monkeypatch, lambda: world.LATER)
        made = agreed(conditional, Way.SANDBOX)
        step(made, "deliver", world.APPROVER)
        assert rows(client, conditional, made.key).json()["code"] == "opendata.sandbox_only"
        told = rows(client, conditional, made.key, "summary", by="district", mean_of="area").json()
        assert [(each["district"], each["count"]) for each in told["groups"]] == [
            ("余杭区", 30),
            ("西湖区", 15),
        ]
        alone = rows(client, conditional, made.key, "summary", by="code").json()
        assert (alone["groups"], alone["left_out"]) == ([], 44)

    def test_a_revoked_key_opens_nothing(self, conditional, client, monkeypatch):
        clocks.put(monkeypatch, lambda: world.LATER)
        made = agreed(conditional)
        step(made, "deliver", world.APPROVER)
        assert rows(client, conditional, made.key).status_code == 200
        step(made, "revoke", world.APPROVER, note="改变用途")
        assert rows(client, conditional, made.key).status_code == 403

    def test_a_key_ends_with_its_days_and_opens_one_data_set(self, conditional):
        made = agreed(conditional)
        step(made, "deliver", world.APPROVER)
        assert demands.holder_of(made.key, dataset=conditional, at=world.LATER)
        for dataset, at in ((conditional, world.AT.replace(year=2027)), ("other", world.LATER)):
            with pytest.raises(KeyNotValid):
                demands.holder_of(made.key, dataset=dataset, at=at)

    def test_a_check_that_finds_persons_goes_back_to_the_office(self, tmp_path, loops):
        dataset = world.plant(tmp_path, opening="conditional", policy={"anonymity": {"k": 3}}, fields=[
            *world.FIELDS[:2], world.field("district", "区", "District", policy={"disclosure": "quasi"}), *world.FIELDS[3:],
        ])  # fmt: skip
        demand = asked(dataset)
        step(demand, "assess", world.APPROVER)
        assert workflow.dossier(demand.dossier).state == "found"
        told = demands.demand_of(demand.number, by=WANG).finding
        assert (told["passes"], told["cells"]) == (False, 3)

    def test_others_cannot_act_on_it(self, conditional):
        demand = asked(conditional)
        with pytest.raises(NoSuchDemand):
            demands.demand_of(demand.number, by=CHEN)
        with pytest.raises(NoSuchDemand):
            demands.withdraw(demand=demand.number, by=CHEN, at=world.AT)
        with pytest.raises(Forbidden):
            step(demand, "assess", world.STRANGER)
        with pytest.raises(ActionNotAllowedHere):
            demands.agree(demand=demand.number, terms=hash_of_terms(), by=WANG, at=world.AT)
        with pytest.raises(Forbidden):
            demands.ask_for_data(wish=Wish("x", PURPOSE, world.OFFICE), by=world.OFFICER, at=world.AT)
        with pytest.raises(PurposeTooShort):
            demands.ask_for_data(wish=Wish("x", "看看", world.OFFICE), by=WANG, at=world.AT)

    def test_terms_that_nobody_read_bind_nobody(self, conditional):
        demand = asked(conditional)
        step(demand, "assess", world.APPROVER)
        with pytest.raises(OthersTerms):
            demands.agree(demand=demand.number, terms="x" * 64, by=WANG, at=world.AT)


class TestVoices:
    def test_an_answer_stands_on_the_page_without_the_asker(self, opened, loops, client):
        number = voices.give_feedback(
            dataset=opened, text="良渚的市场地址写错了，应在古墩路", by=WANG, at=world.AT
        )
        assert voices.answers(opened) == []
        workflow_services.act(dossier=number, action="mend", by=world.APPROVER, at=world.LATER, note="已更正")
        page = client.get(f"/data/{opened}/").content.decode()
        assert "已更正：已更正" in page
        assert "wang" not in page

    def test_a_use_case_is_listed_when_the_bureau_has_seen_it(self, opened, loops, client):
        number = voices.send_use_case(
            title="找菜场", summary="按步行距离找最近的菜场，已有两万人使用", url="https://example.org/",
            datasets=[opened], contest="", by=WANG, at=world.AT,
        )  # fmt: skip
        assert voices.use_cases() == []
        workflow_services.act(dossier=number, action="list", by=world.BUREAU, at=world.AT)
        voices.follow_dossier({"loop": "use-case", "dossier": number, "state": "listed"}, world.AT)
        assert voices.use_cases(opened)[0].title == "找菜场"
        assert "找菜场" in client.get("/data/uses/").content.decode()

    def test_who_follows_hears_of_the_next_release_and_of_a_withdrawal(self, opened, loops):
        voices.follow(dataset=opened, by=WANG, at=world.AT)
        voices.follow(dataset=opened, by=WANG, at=world.LATER)  # twice is once
        assert voices.news(WANG) == []
        world.open_it(opened, at=world.LATER)
        assert [change.kind.value for change in voices.news(WANG)] == ["released"]
        voices.mark_seen(by=WANG, at=world.LATER)
        services.withdraw_release(
            dataset=opened, by=world.APPROVER, at=world.LATER.replace(day=20), reason="更正"
        )
        assert [change.kind.value for change in voices.news(WANG)] == ["withdrawn"]
        assert voices.news(CHEN) == []


class TestPages:
    def test_a_resident_asks_agrees_and_sees_the_key_once(self, conditional, monkeypatch):
        from shuzhi.support.identity.models import Account

        titles = {world.OFFICE: world.declaration("x").title}
        monkeypatch.setattr("shuzhi.pillars.organization.queries.office_titles", lambda: titles)
        client = Client()
        assert client.get("/data/requests/").status_code in {302, 401, 403}
        account = Account.objects.create(username="wang", person="王", roles=["resident"])
        client.force_login(account)
        path = f"/data/{conditional}/request/"
        assert client.post(path, {"purpose": "看"}).status_code == 409
        made = client.post(path, {"purpose": PURPOSE, "way": "api", "days": "30"})
        demand = demands.demands_of(WANG)[0]
        step(demand, "assess", world.APPROVER)
        page = client.get(made["Location"]).content.decode()
        assert "使用协议" in page
        agreed_page = client.post(
            made["Location"], {"step": "agree", "terms": hash_of_terms()}
        ).content.decode()
        assert "szu_" in agreed_page
        assert "szu_" not in client.get(made["Location"]).content.decode()
        assert "农贸市场" in client.get("/data/requests/").content.decode()
        other = Client()
        other.force_login(Account.objects.create(username="chen", person="陈", roles=["resident"]))
        assert other.get(made["Location"]).status_code == 404
