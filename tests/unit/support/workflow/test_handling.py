"""Having something in hand: the same for a loop's dossier and for a task of a process."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.unit.support.workflow.people import APPROVER, BUREAU, FRIDAY, INSTALLER, LEADER, OFFICER, PLATFORM
from tests.unit.support.workflow.processes.drawn import SE, drawn, flows
from tests.unit.support.workflow.processes.test_services import install, start

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.workflow import handling, models, queries, services
from shuzhi.support.workflow.errors import HeldByAnother, IsPaused, NoSuchColleague, ReasonMissing
from shuzhi.support.workflow.processes import queries as processes
from shuzhi.support.workflow.processes import services as stepping

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OTHER = Actor("account/other", "李强", "market-regulation", roles=frozenset({Role.DATA_OFFICER}))
BODY = '<userTask id="a" name="核对" shuzhi:roles="data_officer" shuzhi:workingDays="3" shuzhi:amber="1" shuzhi:escalate="approver leader"/>'


@pytest.fixture
def colleague(db):
    from shuzhi.support.identity.models import Account

    for name, role in (("other", "data_officer"), ("approver", "approver")):
        Account.objects.create(username=name, person=name, office="market-regulation", roles=[role])


@pytest.fixture(params=["dossier", "task"])
def item(request, loops, open_issue, colleague):
    if request.param == "dossier":
        return f"dossier/{open_issue().id}"
    install(drawn(SE + BODY + flows("start>a", "a>end")))
    return f"task/{processes.tasks(start().id, today=FRIDAY.date())[0].id}"


def finish(item, by):
    kind, number = item.split("/")
    if kind == "task":
        return stepping.complete_task(task=int(number), by=by, at=FRIDAY)
    return services.act(dossier=int(number), action="appeal", by=by, at=FRIDAY, note="x")


def inbox(actor):
    rows = queries.work(actor=actor, today=FRIDAY.date(), at=FRIDAY)
    return [row.item for row in rows]


def test_what_is_claimed_is_in_one_inbox_only(item):
    assert inbox(OFFICER) == inbox(OTHER) == [item]
    handling.claim(item=item, by=OFFICER, at=FRIDAY)

    assert (inbox(OFFICER), inbox(OTHER)) == ([item], [])
    with pytest.raises(HeldByAnother):
        handling.claim(item=item, by=OTHER, at=FRIDAY)
    with pytest.raises(HeldByAnother):
        finish(item, OTHER)
    finish(item, OFFICER)


def test_who_may_not_do_it_may_not_claim_it(item):
    with pytest.raises(Forbidden):
        handling.claim(item=item, by=LEADER, at=FRIDAY)


def test_handed_on_and_given_back(item):
    handling.delegate(item=item, to="other", by=OFFICER, at=FRIDAY, note="请办")
    assert (inbox(OFFICER), inbox(OTHER)) == ([], [item])
    with pytest.raises(NoSuchColleague):
        handling.delegate(item=item, to="approver", by=OTHER, at=FRIDAY)

    handling.give_back(item=item, by=OTHER, at=FRIDAY)
    assert inbox(OFFICER) == inbox(OTHER) == [item]
    assert [(line.what, line.to, line.note) for line in handling.handled(item)] == [
        ("delegate", "other", "请办"),
        ("return", "", ""),
    ]


def test_a_helper_may_finish_too(item):
    handling.call_in(item=item, to="other", by=OFFICER, at=FRIDAY)

    assert inbox(OFFICER) == inbox(OTHER) == [item]
    finish(item, OTHER)


def test_reminded_by_those_who_may(item):
    handling.remind(item=item, by=BUREAU, at=FRIDAY, note="请尽快")
    with pytest.raises(Forbidden):
        handling.remind(
            item=item, by=Actor("account/x", office="education", roles=frozenset({Role.APPROVER})), at=FRIDAY
        )


def test_a_paused_clock_keeps_its_days(item):
    kind, number = item.split("/")
    model = models.ProcessTask if kind == "task" else models.Dossier
    before = model.objects.get(id=number)
    with pytest.raises(ReasonMissing):
        handling.pause(item=item, reason="", by=OFFICER, at=FRIDAY)
    handling.pause(item=item, reason="待补材料", by=OFFICER, at=FRIDAY)
    assert model.objects.get(id=number).due_on is None
    with pytest.raises(IsPaused):
        finish(item, OFFICER)

    handling.resume(item=item, by=OFFICER, at=FRIDAY + 3 * DAY)
    after = model.objects.get(id=number)
    assert after.days_left == before.days_left
    assert after.due_on > before.due_on


def test_lights_and_the_chain(loops, colleague):
    install(drawn(SE + BODY + flows("start>a", "a>end")))
    task = processes.tasks(start().id, today=FRIDAY.date())[0]
    assert task.due_on == date(2026, 9, 22)

    told = {}
    for day in (18, 21, 21, 22, 23, 24, 24):
        handling.warn(by=PLATFORM, at=FRIDAY, today=date(2026, 9, day))
        told[day] = [line.what + ":" + line.to for line in handling.handled(f"task/{task.id}")]
    assert told[18] == []
    assert told[21] == told[22] == ["amber:"]
    assert told[23] == ["amber:", "red:approver"]
    assert told[24] == ["amber:", "red:approver", "red:approver、leader"]
    assert inbox(LEADER) == [f"task/{task.id}"]


class TestTheChainOfALoop:
    """A late dossier calls in the next of its chain each day: of its own office, then of a superior one."""

    @pytest.fixture
    def late(self, db):
        from tests.unit.support.workflow.people import declared

        from shuzhi.support.workflow import services as loops
        from shuzhi.support.workflow.types import LoopDeclaration

        said = declared("quality-issue").as_json()
        said["due"] |= {"escalate": ["approver", "data-bureau/bureau", "city-office/leader"]}
        loops.install_loop(
            declaration=LoopDeclaration.model_validate(said),
            pack="platform/governance",
            by=INSTALLER,
            at=FRIDAY,
        )
        return loops.open_dossier(
            loop="quality-issue", subject="dataset/firms", title=Words(zh="名称缺失", en="No names"),
            office="market-regulation", requester=None, by=PLATFORM, at=FRIDAY,
        )  # fmt: skip

    def test_calls_in_one_more_each_late_day(self, late):
        who = (APPROVER, BUREAU, LEADER)
        seen = []
        for day in range(1, 8):
            at = FRIDAY + timedelta(days=day)
            handling.warn(by=PLATFORM, at=at, today=at.date())
            seen.append(
                [
                    any(
                        row.dossier.id == late.id for row in queries.inbox(actor=each, today=at.date(), at=at)
                    )
                    for each in who
                ]
            )
        assert seen[0] == [False, False, False]
        called = [sum(each) for each in seen]
        assert called == sorted(called)
        assert seen[-1] == [True, True, True]
        assert [True, False, False] in seen
        told = [line.to for line in handling.handled(f"dossier/{late.id}") if line.what == "red"]
        assert told[0] == "approver"
        assert told[-1] == "approver、data-bureau/bureau、city-office/leader"

    def test_a_link_that_nobody_is_is_refused(self):
        from pydantic import ValidationError
        from tests.unit.support.workflow.people import declared

        from shuzhi.support.workflow.types import LoopDeclaration

        for wrong in ("king", "system", "data-bureau/system", "/leader", "Data Bureau/leader"):
            said = declared("quality-issue").as_json()
            said["due"] |= {"escalate": [wrong]}
            with pytest.raises(ValidationError):
                LoopDeclaration.model_validate(said)
