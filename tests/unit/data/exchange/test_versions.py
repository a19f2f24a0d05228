"""Versions side by side: what breaks callers needs a new number, the former one ends with notice, and then it has ended."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.test_events import install_notices
from tests.unit.data.exchange.world import AT, BY_USCC, OFFICER, OWNER, PLATFORM, USCC

from shuzhi.data.exchange import queries, services
from shuzhi.data.exchange.errors import (
    AnotherInterface,
    BreakingChange,
    NoSuchVersion,
    RequestInvalid,
    SunsetTooSoon,
    VersionRefused,
)
from shuzhi.pillars.security.errors import Forbidden

LAST_DAY = date(2026, 6, 30)
LESS = ["uscc", "name", "address"]


def publish(**changes):
    worlds.install_interface(worlds.declare_interface(**changes))


def deprecate(version=1, *, sunset_on=LAST_DAY, by=OWNER, successor=2, at=AT):
    return services.deprecate_version(
        interface="firm-by-uscc", version=version, sunset_on=sunset_on, by=by, at=at, successor=successor
    )


def call(counter, key):
    """The answer with its headers."""

    async def handled():
        gateway = counter.made()
        await gateway.desk.open()
        try:
            return await gateway.handle(*Asked(key, {"uscc": USCC}, at=counter.clock.at).parts())
        finally:
            await gateway.desk.close()

    return asyncio.run(handled())


class TestPublication:
    @pytest.mark.parametrize(
        ("changes", "named"),
        [
            ({"fields": LESS}, "no longer answers legal_representative"),
            ({"clearance": "L1"}, "clearance is lower"),
            ({"provenance": False}, "no longer tells origins"),
            ({"page_size": 10}, "pages are smaller"),
            ({"purposes": ["核验"]}, "fewer purposes"),
        ],
    )
    def test_what_breaks_callers_needs_a_new_number(self, world, changes, named):
        with pytest.raises(BreakingChange, match=named) as refused:
            publish(**changes)
        assert refused.value.facts["next"] == 2
        publish(**changes, version=2)
        assert [one.number for one in queries.interface("firm-by-uscc").versions] == [2, 1]

    def test_what_breaks_nobody_may_change_under_the_same_number(self, world, counter):
        publish(fields=LESS, version=2)
        publish(fields=[*LESS, "phone"], version=2, clearance="L3", daily_quota=5)
        assert [one.number for one in queries.interface("firm-by-uscc").versions] == [2, 1]
        assert counter.one(worlds.subscribe(daily_quota=5)).status == 200

    def test_a_verification_that_asks_for_more_breaks_its_callers(self, world):
        declared = worlds.InterfaceDeclaration.model_validate(
            worlds.EXISTS | {"by": ["uscc", "name", "address"]}
        )
        with pytest.raises(BreakingChange, match="newly requires address"):
            worlds.install_interface(declared)

    @pytest.mark.parametrize("changes", [{"kind": "list"}, {"register": "other", "version": 2}])
    def test_it_stays_the_same_interface(self, world, changes):
        if "register" in changes:
            from shuzhi.data.registers import models

            models.Register.objects.create(
                id="other",
                declared=models.Register.objects.get().declared | {"register": "other"},
                pack="t",
            )
        with pytest.raises(AnotherInterface):
            publish(**changes)

    def test_numbers_do_not_go_back(self, world):
        publish(version=3)
        with pytest.raises(AnotherInterface, match="lower"):
            publish(version=2, fields=LESS)


class TestSideBySide:
    def test_a_subscription_stays_with_the_version_that_was_approved(self, world, counter):
        publish(version=2, fields=LESS)
        newer = worlds.subscribe()

        assert set(counter.one(world.record).content["data"]) == set(BY_USCC["fields"])
        assert set(counter.one(newer).content["data"]) == set(LESS)

    def test_the_former_one_may_still_be_asked_for(self, world, counter):
        publish(version=2, fields=LESS)
        older = worlds.subscribe(version=1)
        assert "phone" in counter.one(older).content["data"]
        with pytest.raises(NoSuchVersion):
            worlds.ask(version=7)

    def test_grades_of_the_register_hold_for_every_version(self, world, counter):
        publish(version=2, fields=LESS)
        fields = [field | {"grade": "L4"} for field in worlds.REGISTER["fields"]]
        worlds.install_register(fields=fields)
        services.refresh_interfaces(register="legal-entity", by=PLATFORM, at=AT)
        assert counter.one(world.record).content["data"]["address"] is None

    def test_going_over_takes_effect_with_the_next_call_and_gives_no_field_more(self, world, counter):
        publish(version=2, fields=["uscc", "name", "address"])
        key = worlds.subscribe(version=1, fields=["uscc", "phone"])
        assert set(counter.one(key).content["data"]) == {"uscc", "phone"}

        services.change_version(subscription=key.subscription, version=2, by=OFFICER, at=AT)

        assert set(counter.one(key).content["data"]) == {"uscc"}
        assert audit_rows("exchange.version_changed")[0]["before"] == 1
        with pytest.raises(Forbidden):
            services.change_version(
                subscription=key.subscription, version=1, by=replace(OFFICER, office="x"), at=AT
            )

    def test_going_over_to_nothing_is_refused(self, world):
        publish(version=2, fields=["name"])
        key = worlds.subscribe(version=1, fields=["phone"])
        with pytest.raises(VersionRefused, match="none of the granted"):
            services.change_version(subscription=key.subscription, version=2, by=OFFICER, at=AT)


class TestEnding:
    def test_answers_say_when_and_since_when(self, world, counter):
        publish(version=2, fields=LESS)
        newer = worlds.subscribe()
        assert "deprecation" not in call(counter, world.record)[1]

        deprecate()

        status, headers, _ = call(counter, world.record)
        assert (status, headers["deprecation"]) == (200, f"@{int(AT.timestamp())}")
        end = parsedate_to_datetime(headers["sunset"])
        assert end == datetime(2026, 6, 30, 16, tzinfo=UTC)  # midnight in China
        assert headers["sunset"].endswith(" GMT")
        assert "sunset" not in call(counter, newer)[1]

    def test_after_the_last_day_it_is_refused_and_the_refusal_says_what_to_use(self, world, counter):
        publish(version=2, fields=LESS)
        deprecate()
        counter.clock.at = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)
        assert counter.one(world.record).status == 200
        counter.clock.at = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)

        reply = counter.one(world.record)

        assert (reply.status, reply.rule, reply.content["code"]) == (410, "version", "exchange.version_ended")
        assert "use version 2" in reply.content["message"]
        assert "请改用第 2 版" in reply.content["message_zh"]
        services.change_version(
            subscription=world.record.subscription, version=2, by=OFFICER, at=counter.clock.at
        )
        assert counter.one(world.record).status == 200

    def test_a_stranger_is_not_told_of_it(self, world, counter):
        publish(version=2)
        deprecate()
        _, headers, _ = call(counter, replace(world.record, secret="x" * 40))
        assert "sunset" not in headers

    def test_every_subscriber_finds_a_notice_that_going_over_closes(self, world):
        from shuzhi.support.workflow import queries as workflow

        install_notices()
        publish(version=2, fields=LESS)
        deprecate()
        deprecate(sunset_on=date(2026, 7, 31))  # put off: no second notice

        (notice,) = workflow.dossiers(loop="interface-notice", open_only=True)
        assert notice.office == "taxation"
        assert "请改用第 2 版" in notice.title.zh
        assert workflow.inbox(actor=OFFICER, today=AT.date(), at=AT)
        services.change_version(subscription=world.record.subscription, version=2, by=OFFICER, at=AT)
        assert not workflow.dossiers(loop="interface-notice", open_only=True)

    def test_callers_are_left_time(self, world):
        publish(version=2)
        with pytest.raises(SunsetTooSoon):
            deprecate(sunset_on=(AT + timedelta(days=29)).date())
        with pytest.raises(NoSuchVersion):
            deprecate(version=9)
        with pytest.raises(NoSuchVersion):
            deprecate(successor=9)
        with pytest.raises(Forbidden):
            deprecate(by=OFFICER)

    def test_what_is_going_to_end_is_not_granted_any_more(self, world):
        publish(version=2)
        deprecate()
        with pytest.raises(RequestInvalid, match="going to end"):
            worlds.ask(version=1)
        with pytest.raises(VersionRefused):
            services.change_version(subscription=worlds_key(), version=1, by=OFFICER, at=AT)

    def test_a_refined_version_goes_on_ending(self, world, counter):
        publish(version=2)
        key = worlds.subscribe()
        deprecate(version=2, successor=None)
        publish(version=2, daily_quota=77)
        assert "sunset" in call(counter, key)[1]


def worlds_key() -> int:
    return worlds.subscribe().subscription
