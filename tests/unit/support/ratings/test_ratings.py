"""Ratings: once for each subject and person, changed for five days, called back where they are low."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.pillars.security.types import PUBLIC, Actor, Role, system
from shuzhi.support.ratings import errors, models, queries, services, subjects
from shuzhi.support.ratings.types import Served
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as loops
from shuzhi.support.workflow.types import LoopDeclaration

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[4]
AT = datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
PLATFORM = system("test")
ANNA = Actor("account/anna", "李娜", roles=frozenset({Role.RESIDENT}))
BEN = Actor("account/ben", "周斌", roles=frozenset({Role.RESIDENT}))
CLERK = Actor("account/clerk", "王办", "human-resources", roles=frozenset({Role.DATA_OFFICER}))
OTHER = Actor("account/other", "陈税", "taxation", roles=frozenset({Role.DATA_OFFICER}))


def installed(folder, name):
    text = (ROOT / "packs/platform" / folder / "loops" / f"{name}.yaml").read_text("utf-8")
    declared = LoopDeclaration.model_validate(yaml.safe_load(text))
    loops.install_loop(declaration=declared, pack=f"platform/{folder}", by=PLATFORM, at=AT)


@pytest.fixture
def appeal(db):
    installed("governance", "benefit-appeal")
    installed("ratings", "low-rating")
    return opened()


def opened(requester="account/anna", *, closed=True):
    made = loops.open_dossier(
        loop="benefit-appeal", subject="policy/p", title=Words(zh="稳岗返还：申诉", en="An appeal"),
        office="human-resources", requester=requester, by=PLATFORM, at=AT,
    )  # fmt: skip
    if closed:
        loops.act(dossier=made.id, action="dismiss", note="参保月数不足", by=CLERK, at=AT)
    return f"dossier/{made.id}"


def rate(subject, score=5, words="", by=ANNA, at=AT):
    return services.rate(subject=subject, score=score, words=words, by=by, at=at)


class TestRating:
    def test_is_kept_with_the_office_and_the_matter_of_its_subject(self, appeal):
        said = rate(appeal, 4, " 很快 ")
        assert (said.office, said.matter, said.score, said.words) == (
            "human-resources", "benefit-appeal", 4, "很快",
        )  # fmt: skip
        assert said.dossier is None

    def test_said_again_is_a_change_and_the_history_stays(self, appeal):
        first = rate(appeal, 5)
        again = rate(appeal, 3, "想了想", at=AT + timedelta(days=5))
        assert again.id == first.id
        assert [(one.score, one.words) for one in queries.history(first.id)] == [(5, ""), (3, "想了想")]

    def test_the_same_said_twice_is_said_once(self, appeal):
        assert rate(appeal, 5) == rate(appeal, 5, at=AT + timedelta(days=30))
        assert len(queries.history(queries.ratings()[0].id)) == 1

    def test_cannot_be_changed_after_five_days(self, appeal):
        rate(appeal, 5)
        with pytest.raises(errors.NoLongerChangeable, match="2026-03-16"):
            rate(appeal, 1, at=AT + timedelta(days=5, seconds=1))
        assert queries.ratings()[0].score == 5
        assert not queries.may_rate(appeal, actor=ANNA, at=AT + timedelta(days=6))

    def test_is_given_by_whom_the_case_served_alone(self, appeal):
        for by in (BEN, OTHER, CLERK):
            with pytest.raises(errors.NothingToRate):
                rate(appeal, 1, by=by)
        with pytest.raises(NotSignedIn):
            rate(appeal, 1, by=PUBLIC)
        assert not queries.ratings()

    def test_waits_until_the_case_is_over(self, appeal):
        subject = opened(closed=False)
        with pytest.raises(errors.NotOverYet):
            rate(subject)
        assert not queries.may_rate(subject, actor=ANNA, at=AT)

    @pytest.mark.parametrize("score", [0, 6, -1, True, 2.0, "5", None])
    def test_is_a_whole_number_from_1_to_5(self, appeal, score):
        with pytest.raises(errors.ScoreWrong):
            rate(appeal, score)

    def test_holds_500_characters_and_no_nul(self, appeal):
        with pytest.raises(errors.WordsTooLong):
            rate(appeal, 5, "好" * 501)
        assert "\x00" not in rate(appeal, 5, "好\x00").words

    @pytest.mark.parametrize(
        "subject",
        ["", "dossier/", "dossier/0", "dossier/9" * 9, "dossier/１", "process/x", "case/1", "secret/1"],
    )
    def test_of_nothing_is_refused(self, appeal, subject):
        with pytest.raises(errors.NothingToRate):
            rate(subject)

    def test_of_a_room_above_asks_that_room(self, appeal):
        served = Served(
            Words(zh="落户", en="Moving in"), "public-security", "move-in", frozenset({BEN.name}), AT
        )
        subjects.declare("parcel", lambda number: served if number == "9" else None)
        try:
            assert rate("parcel/9", 2, by=BEN).matter == "move-in"
            with pytest.raises(errors.NothingToRate):
                rate("parcel/8", by=BEN)
        finally:
            subjects.withdraw("parcel")


class TestLowRating:
    def test_is_called_back_within_a_working_day_and_closes_with_evidence(self, appeal):
        said = rate(appeal, 2, "电话打不通")
        back = workflow.dossier(said.dossier)
        assert (back.loop, back.office, str(back.due_on)) == ("low-rating", "human-resources", "2026-03-17")
        assert back.facts["words"] == "电话打不通"
        loops.act(dossier=back.id, action="call-back", note="已回访", by=CLERK, at=AT)
        with pytest.raises(Exception, match="evidence"):
            loops.act(dossier=back.id, action="close", note="已整改", by=CLERK, at=AT)
        done = loops.act(dossier=back.id, action="close", note="已整改", evidence={"f": "x"}, by=CLERK, at=AT)
        assert not done.is_open

    def test_opens_one_loop_however_often_it_is_changed(self, appeal):
        numbers = {rate(appeal, score, at=AT + timedelta(hours=score)).dossier for score in (1, 5, 2)}
        assert len(numbers) == 1
        assert workflow.count_open(loop="low-rating") == 1

    def test_changed_to_low_opens_it_then(self, appeal):
        assert rate(appeal, 5).dossier is None
        assert rate(appeal, 1).dossier is not None

    def test_is_kept_where_no_pack_declares_the_loop(self, appeal):
        loops.retire_loop(loop="low-rating", by=PLATFORM, at=AT)
        assert rate(appeal, 1).dossier is None


class TestRecording:
    @pytest.fixture
    def desk(self, db):
        installed("governance", "benefit-appeal")

        def of(number):
            return "human-resources"

        subjects.declare_desk(of)
        yield of
        subjects.withdraw_desk(of)

    def test_a_desk_writes_down_what_a_caller_said_to_it(self, desk):
        subject = opened(requester=None)
        said = services.record(subject=subject, score=4, by=CLERK, at=AT)
        assert queries.recorded_rating(subject) == said
        assert services.record(subject=subject, score=5, by=CLERK, at=AT).id == said.id
        for by in (OTHER, ANNA):
            with pytest.raises(Forbidden):
                services.record(subject=subject, score=1, by=by, at=AT)

    def test_nobody_speaks_for_whom_can_be_asked(self, desk):
        with pytest.raises((Forbidden, errors.NothingToRate)):
            services.record(subject=opened(), score=5, by=CLERK, at=AT)

    def test_an_office_that_is_no_desk_rates_nothing(self, db):
        installed("governance", "benefit-appeal")
        with pytest.raises((Forbidden, errors.NothingToRate)):
            services.record(subject=opened(requester=None), score=5, by=CLERK, at=AT)


class TestFigures:
    def test_stand_as_they_stood_on_the_day(self, appeal):
        second = opened(requester="account/ben")
        rate(appeal, 5)
        rate(second, 1, by=BEN)
        rate(appeal, 3, at=AT + timedelta(days=2))
        happy, rated = queries.satisfaction(AT.date())
        assert (len(happy), len(rated)) == (1, 2)
        happy, rated = queries.satisfaction(AT.date() + timedelta(days=2))
        assert (len(happy), len(rated)) == (0, 2)
        assert queries.satisfaction(AT.date() - timedelta(days=1)) == (frozenset(), frozenset())
        (office,) = queries.by_office(AT.date())
        assert (office.office, office.rated, office.satisfied, office.low) == ("human-resources", 2, 1, 1)

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
    def test_count_the_last_word_of_each(self, scores):
        with transaction.atomic():
            installed("governance", "benefit-appeal")
            subject = opened()
            for hour, score in enumerate(scores):
                rate(subject, score, at=AT + timedelta(hours=hour))
            happy, rated = queries.satisfaction(AT.date(), matter="benefit-appeal")
            assert (len(happy), len(rated)) == (int(scores[-1] >= 4), 1)
            transaction.set_rollback(True)


class TestHistory:
    def test_is_never_changed_nor_removed(self, appeal):
        rate(appeal, 5)
        for change in (lambda: models.Change.objects.update(score=1), models.Change.objects.all().delete):
            with pytest.raises(Exception, match=r"append|change|refuse"), transaction.atomic():
                change()

    def test_one_rating_for_each_person_holds_in_the_database(self, appeal):
        rate(appeal, 5)
        row = models.Rating.objects.get()
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_rating():
    installed("governance", "benefit-appeal")
    installed("ratings", "low-rating")
    subject = opened()

    def once(score):
        try:
            return rate(subject, score).id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(once, (1, 2, 1, 2)))
    assert len(found) == 1
    assert workflow.count_open(loop="low-rating") == 1
