"""Opening in the background: asked once, done once, a refusal told, a killed worker's work taken up again."""

from __future__ import annotations

import pytest
from tests.unit.data.opendata import world
from tests.unit.data.opendata.world import APPROVER, AT, BUREAU, LATER, OFFICER

from shuzhi.data.catalog import services as catalog
from shuzhi.data.opendata import jobs, models, queries, services
from shuzhi.data.opendata.errors import NotOpen, NotOpenable
from shuzhi.data.opendata.types import OpeningState
from shuzhi.pillars.security import models as security
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.identity import services as identity

ADMINISTRATOR = Actor(name="account/admin", title="管", roles=frozenset({Role.ADMINISTRATOR}))
pytestmark = pytest.mark.django_db


@pytest.fixture
def asker(planted):
    """The approver has an account: the work is done with the rights that it has then."""
    identity.open_account(
        username="wu", person="吴", person_en="Wu", office=world.OFFICE, division="330100",
        roles=frozenset({Role.APPROVER}), password=None, is_demo=False, by=ADMINISTRATOR, at=AT,
    )  # fmt: skip
    return planted


def ask(dataset, **given):
    asked = jobs.ask_for_opening(**{"dataset": dataset, "by": APPROVER, "at": AT, **given})
    return asked, models.Opening.objects.order_by("-id").first()


def acts(dataset):
    entries = security.AuditEntry.objects.filter(target=f"open/{dataset}").order_by("id")
    return list(entries.values_list("action", flat=True))


class TestAsking:
    def test_queues_it_and_writes_it_down(self, asker):
        asked, opening = ask(asker, licence="CC0-1.0")

        assert asked
        assert queries.latest_opening(asker).state is OpeningState.WAITING
        assert acts(asker) == ["opendata.open_asked"]
        assert opening.licence == "CC0-1.0"
        with pytest.raises(NotOpen):
            queries.release(asker)

    def test_a_second_click_does_nothing(self, asker):
        ask(asker)
        assert ask(asker, by=BUREAU)[0] is False
        assert models.Opening.objects.count() == 1
        assert acts(asker) == ["opendata.open_asked"]

    def test_those_who_may_not_are_refused_at_once(self, asker):
        with pytest.raises(Forbidden):
            ask(asker, by=OFFICER)

    def test_what_can_never_be_opened_is_refused_at_once(self, tmp_path):
        with pytest.raises(NotOpenable, match="none"):
            ask(world.plant(tmp_path, opening="none"))
        assert not models.Opening.objects.exists()


class TestRunning:
    def test_opens_as_the_person_who_asked(self, asker):
        _, opening = ask(asker, licence="CC0-1.0")

        assert jobs.run_opening(opening=opening.id, at=LATER) is OpeningState.DONE

        release = queries.release(asker)
        assert (release.licence, release.released_by) == ("CC0-1.0", "account/wu")
        turn = queries.latest_opening(asker)
        assert (turn.state, turn.problem) == (OpeningState.DONE, None)
        assert acts(asker) == ["opendata.open_asked", "opendata.opened"]

    def test_a_repetition_releases_nothing_again(self, asker):
        _, opening = ask(asker)
        for _ in range(3):
            assert jobs.run_opening(opening=opening.id, at=LATER) is OpeningState.DONE
        assert models.Release.objects.filter(dataset=asker).count() == 1

    def test_a_worker_that_dies_leaves_nothing_and_the_next_one_finishes(self, asker, monkeypatch):
        _, opening = ask(asker)
        with monkeypatch.context() as killed:
            killed.setattr(jobs, "_end", _die)
            with pytest.raises(KeyboardInterrupt):
                jobs.run_opening(opening=opening.id, at=LATER)
        assert not models.Release.objects.filter(dataset=asker).exists()
        assert queries.latest_opening(asker).state is OpeningState.RUNNING

        assert jobs.run_opening(opening=opening.id, at=LATER) is OpeningState.DONE
        assert queries.release(asker).number == 1

    def test_another_may_be_asked_for_afterwards(self, asker):
        jobs.run_opening(opening=ask(asker)[1].id, at=AT)
        asked, opening = ask(asker)
        jobs.run_opening(opening=opening.id, at=LATER)
        assert asked
        assert queries.release(asker).number == 2
        assert queries.latest_opening(asker).took is not None


class TestRefusing:
    def test_an_entry_withdrawn_meanwhile_is_told(self, asker):
        _, opening = ask(asker)
        catalog.withdraw_entry(dataset=asker, by=BUREAU, at=AT, reason="test")

        assert jobs.run_opening(opening=opening.id, at=LATER) is OpeningState.REFUSED

        turn = queries.latest_opening(asker)
        assert turn.code == "catalog.not_catalogued"
        assert turn.problem.zh
        assert acts(asker) == ["opendata.open_asked", "opendata.open_refused"]

    def test_who_lost_the_right_meanwhile_opens_nothing(self, asker):
        _, opening = ask(asker)
        identity.close_account(username="wu", by=ADMINISTRATOR, at=AT)
        assert jobs.run_opening(opening=opening.id, at=LATER) is OpeningState.REFUSED
        assert queries.latest_opening(asker).code == "opendata.asker_gone"

    def test_what_breaks_off_every_time_is_told_and_may_be_asked_for_anew(self, asker):
        _, opening = ask(asker)
        jobs.give_up(opening=opening.id, at=LATER)
        turn = queries.latest_opening(asker)
        assert (turn.state, turn.code) == (OpeningState.FAILED, "opendata.opening_broken")
        assert ask(asker)[0]

    def test_a_withdrawal_ends_what_is_under_way(self, asker):
        jobs.run_opening(opening=ask(asker)[1].id, at=AT)
        _, opening = ask(asker)
        services.withdraw_release(dataset=asker, by=APPROVER, at=LATER, reason="有误")
        assert jobs.run_opening(opening=opening.id, at=LATER) is OpeningState.CANCELLED
        with pytest.raises(NotOpen):
            queries.release(asker)

    def test_a_withdrawal_while_it_is_written_wins(self, asker, monkeypatch):
        jobs.run_opening(opening=ask(asker)[1].id, at=AT)
        _, opening = ask(asker)
        write = services.open_dataset

        def withdrawn_meanwhile(**given):
            released = write(**given)
            models.Opening.objects.filter(pk=opening.id).update(state=OpeningState.CANCELLED, ended_at=LATER)
            return released

        monkeypatch.setattr(services, "open_dataset", withdrawn_meanwhile)
        jobs.run_opening(opening=opening.id, at=LATER)
        assert models.Release.objects.filter(dataset=asker).count() == 1


def _die(*_arguments, **_named):
    raise KeyboardInterrupt
