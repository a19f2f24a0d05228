from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.unit.support.workflow.people import APPROVER, ASKER, BUREAU, FRIDAY, LEADER, OFFICER, PLATFORM

from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import PUBLIC
from shuzhi.support.workflow import queries, services
from shuzhi.support.workflow.types import Light

pytestmark = pytest.mark.django_db
TODAY = FRIDAY.date()


def inbox(actor, today=TODAY, at=FRIDAY):
    return queries.inbox(actor=actor, today=today, at=at)


def numbers(actor):
    return [row.dossier.id for row in inbox(actor)]


class TestInbox:
    def test_holds_what_waits_for_the_reader_and_nothing_else(self, open_issue, ask):
        issue, request = open_issue(), ask()

        assert numbers(OFFICER) == [issue.id, request.id]
        assert numbers(APPROVER) == [request.id]
        assert [numbers(actor) for actor in (ASKER, BUREAU, LEADER, PUBLIC)] == [[], [], [], []]

    def test_follows_the_dossier_from_hand_to_hand(self, ask):
        request = ask()
        services.act(dossier=request.id, action="return", by=APPROVER, at=FRIDAY, note="请补充依据")
        assert (numbers(ASKER), numbers(APPROVER)) == ([request.id], [])

        services.act(dossier=request.id, action="resubmit", by=ASKER, at=FRIDAY, note="已补充")
        services.act(dossier=request.id, action="owner-approve", by=APPROVER, at=FRIDAY)
        assert (numbers(ASKER), numbers(APPROVER), numbers(BUREAU)) == ([], [], [request.id])

        services.act(dossier=request.id, action="bureau-approve", by=BUREAU, at=FRIDAY)
        assert [numbers(actor) for actor in (ASKER, APPROVER, BUREAU)] == [[], [], []]

    def test_offers_only_what_this_reader_may_do(self, open_issue):
        open_issue()

        (row,) = inbox(OFFICER)

        assert [offer.id for offer in row.offers] == ["correct", "appeal"]

    @pytest.mark.parametrize(
        ("today", "left", "light"),
        [
            (date(2026, 9, 18), 1, Light.GREEN),
            (date(2026, 9, 20), 0, Light.AMBER),
            (date(2026, 9, 21), -1, Light.RED),
            (date(2026, 9, 28), -5, Light.RED),  # the 25th to the 27th are Mid-Autumn
        ],
    )
    def test_counts_working_days_left(self, open_issue, today, left, light):
        open_issue()

        (row,) = inbox(OFFICER, today=today)

        assert (row.days_left, row.light) == (left, light)

    def test_puts_the_most_urgent_first_and_the_undated_last(self, open_issue, ask):
        request, late = ask(), open_issue(at=FRIDAY - timedelta(days=9))
        issue = open_issue()

        assert numbers(OFFICER) == [late.id, issue.id, request.id]

    def test_one_statement_however_many_rows(self, open_issue, django_assert_num_queries):
        for number in range(30):
            open_issue(subject=f"dataset/d{number}")

        with django_assert_num_queries(1):
            assert len(inbox(OFFICER)) == 30
        assert queries.inbox_size(actor=OFFICER) == 30


class TestLists:
    def test_dossiers_fit_every_condition(self, open_issue, ask):
        first, _, request = open_issue(subject="dataset/a"), open_issue(subject="dataset/b"), ask()
        services.act(dossier=first.id, action="close", by=PLATFORM, at=FRIDAY, evidence={"run": 1})

        assert [d.id for d in queries.dossiers(loop="quality-issue", subject="dataset/a")] == [first.id]
        assert queries.dossiers(subject="dataset/a", open_only=True) == []
        assert [d.id for d in queries.dossiers(requester="taxation")] == [request.id]
        assert [
            d.subject for d in queries.dossiers(open_only=True, office="market-regulation", page=2, size=1)
        ] == ["dataset/b"]

    def test_statements_do_not_grow_with_rows(self, open_issue, django_assert_num_queries):
        for number in range(12):
            opened = open_issue(subject=f"dataset/d{number}")
        for _ in range(5):
            services.act(dossier=opened.id, action="correct", by=OFFICER, at=FRIDAY, evidence={"b": 1})
            services.act(dossier=opened.id, action="reopen", by=PLATFORM, at=FRIDAY, evidence={"b": 1})

        with django_assert_num_queries(1):
            assert len(queries.dossiers(loop="quality-issue")) == 12
        with django_assert_num_queries(1):
            assert len(queries.history(opened.id)) == 11

    def test_a_page_can_draw_the_loop(self, loops):
        assert [loop.loop for loop in queries.loops()] == ["quality-issue", "share-request"]
        drawn = queries.loop("share-request")
        assert drawn.state("granted").title.zh == "已授权"
        assert drawn.action("return").to == "returned"


class TestReadableDossier:
    def test_is_for_those_who_take_part_and_those_who_oversee(self, ask):
        request = ask()

        for actor in (OFFICER, APPROVER, ASKER, BUREAU, LEADER):
            assert queries.readable_dossier(request.id, actor=actor).id == request.id

    def test_is_not_for_others(self, open_issue):
        with pytest.raises(Forbidden):
            queries.readable_dossier(open_issue().id, actor=ASKER)
