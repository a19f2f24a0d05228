"""Contests from the announcement to the prizes; messages to followers, and the link that ends them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.test import Client
from tests.unit.data.opendata import world
from tests.unit.data.opendata.test_requests import WANG, loops  # noqa: F401

from shuzhi.data.opendata import queries, services
from shuzhi.data.opendata.requests import contests, errors, news, voices
from shuzhi.data.opendata.requests.types import Announcement
from shuzhi.foundation.clock import day_of
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.support.identity import services as identity
from shuzhi.support.messages import queries as messages
from shuzhi.support.messages import services as sending
from shuzhi.support.messages.types import TemplateDeclaration
from shuzhi.support.workflow import services as workflow_services

TEMPLATE = Path(__file__).parents[4] / "packs/opendata/requests/messages/open-data-changed.yaml"
FIRST = day_of(world.AT)
OVER = world.AT + timedelta(days=31)
SAID = {
    "contest": "open-2026",
    "title": {"zh": "开放数据应用大赛", "en": "Open data contest"},
    "text": {"zh": "用开放数据做应用。", "en": "Make something of open data."},
    "since": FIRST,
    "until": FIRST + timedelta(days=30),
    "prizes": [
        {"id": "first", "title": {"zh": "一等奖", "en": "First prize"}, "count": 1},
        {"id": "second", "title": {"zh": "二等奖", "en": "Second prize"}, "count": 2},
    ],
}


def announce(by=world.BUREAU, **changes):
    return contests.announce_contest(
        announcement=Announcement.model_validate(SAID | changes), by=by, at=world.AT
    )


def enter(title, at=world.AT, contest="open-2026"):
    return voices.send_use_case(
        title=title, summary="按步行距离找最近的菜场", url="", datasets=[], contest=contest, by=WANG, at=at
    )


def decide(number, action, state):
    workflow_services.act(dossier=number, action=action, by=world.BUREAU, at=world.AT, note="已看")
    voices.follow_dossier({"loop": "use-case", "dossier": number, "state": state}, world.AT)


def award(prizes, at=OVER, by=world.BUREAU):
    return contests.award_contest(contest="open-2026", prizes=prizes, by=by, at=at)


@pytest.fixture
def entered(loops):  # noqa: F811
    announce()
    good, other, poor = (enter(title) for title in ("找菜场", "看公交", "凑数"))
    decide(good, "list", "listed")
    decide(other, "list", "listed")
    return good, other, poor


class TestContests:
    def test_is_entered_judged_and_published(self, entered):
        good, other, poor = entered
        with pytest.raises(errors.AwardRefused, match="wait"):
            award({good: "first"})
        decide(poor, "refuse", "refused")
        assert award({other: "second", good: "first"}).awarded_at == OVER

        assert [(one.title, one.prize) for one in contests.entries("open-2026")] == [
            ("找菜场", "first"), ("看公交", "second"),
        ]  # fmt: skip
        page = Client().get("/data/contests/open-2026/").content.decode()
        assert page.index("一等奖</b>") < page.index("二等奖</b>")
        assert "凑数" not in page
        assert WANG.title not in page.split("参赛作品")[1]
        assert "开放数据应用大赛" in Client().get("/data/contests/").content.decode()
        assert Client().get("/data/contests/none/").status_code == 404
        assert audit.verify().verified
        with pytest.raises(errors.AwardRefused, match="was awarded"):
            award({good: "first"})

    @pytest.mark.parametrize(
        ("prizes", "at", "why"),
        [
            ({0: "first"}, world.AT, "not over"),
            ({}, OVER, "no prize"),
            ({0: "first", 1: "first"}, OVER, "more prizes"),
            ({0: "third"}, OVER, "more prizes"),
            ({2: "first"}, OVER, "not an entry"),
        ],
    )
    def test_prizes_are_those_that_were_announced_for_entries_that_were_listed(
        self, entered, prizes, at, why
    ):
        decide(entered[2], "refuse", "refused")
        with pytest.raises(errors.AwardRefused, match=why):
            award({entered[place]: prize for place, prize in prizes.items()}, at)

    def test_takes_entries_on_its_days_only_and_never_changes(self, loops):  # noqa: F811
        announce()
        for at in (world.AT - timedelta(days=1), OVER):
            with pytest.raises(errors.ContestNotOpen):
                enter("x", at)
        with pytest.raises(errors.NoSuchContest):
            enter("x", contest="none")
        with pytest.raises(errors.ContestFixed):
            announce(title={"zh": "改名", "en": "Renamed"})
        for by in (WANG, world.APPROVER):
            with pytest.raises(Forbidden):
                announce(by, contest="mine")

    @pytest.mark.parametrize("wrong", [{"until": FIRST - timedelta(days=1)}, {"prizes": []}, {"prizes": SAID["prizes"][:1] * 2}])  # fmt: skip
    def test_announcements_that_are_none(self, wrong):
        with pytest.raises(ValueError, match="validation error"):
            Announcement.model_validate(SAID | wrong)


class TestFollowers:
    @pytest.fixture
    def follower(self, db):
        declared = TemplateDeclaration.model_validate(yaml.safe_load(TEMPLATE.read_text("utf-8")))
        sending.install_template(declaration=declared, pack="opendata/requests", by=world.BUREAU, at=world.AT)
        return identity.open_account(
            username="follower", person="赵一", office=None, division=None, roles=frozenset(), password=None,
            by=news.DESK, at=world.AT,
        )  # fmt: skip

    def told(self, who):
        return [one.text.zh for one in messages.sent_to(who.name)]

    def test_are_told_once_of_each_release_and_stop_it_by_the_link(self, tmp_path, follower):
        dataset = world.plant(tmp_path)
        world.collect(tmp_path, dataset)
        voices.follow(dataset=dataset, by=_resident(follower), at=world.AT)
        world.open_it(dataset)
        release = {"release": queries.release(dataset).id}
        for _ in range(2):  # the outbox may bring it twice
            news.on_opened(release, world.AT)
        (text,) = self.told(follower)
        assert "发布了第 1 版" in text
        link = text.split("/data/unfollow/")[1].rstrip("/")
        client = Client(enforce_csrf_checks=True)  # a mail program has no cookie
        assert "退订" in client.get(f"/data/unfollow/{link}/").content.decode()
        assert voices.followed(follower), "looking changes nothing: mail programs open links"
        one_click = {"List-Unsubscribe": "One-Click"}
        assert Client(enforce_csrf_checks=True).post(f"/data/unfollow/{link}/", one_click).status_code == 200
        assert not voices.followed(follower)
        assert "已退订" in client.get(f"/data/unfollow/{link}/").content.decode()
        services.withdraw_release(dataset=dataset, by=world.APPROVER, at=world.LATER, reason="更正")
        news.on_withdrawn(release, world.LATER)
        assert len(self.told(follower)) == 1

    def test_a_link_is_made_by_this_node_only(self, db):
        link = news.link_of(7)
        other = "B" if link[0] == "A" else "A"
        for spoilt in (link[:-2], other + link[1:], news.link_of(8)[:8] + link[8:], "", "é", "x" * 5000):
            with pytest.raises(errors.LinkNotValid):
                news.stop(spoilt)
        news.stop(link)


def _resident(actor):
    from dataclasses import replace

    return replace(actor, roles=frozenset({*actor.roles, *WANG.roles}))
