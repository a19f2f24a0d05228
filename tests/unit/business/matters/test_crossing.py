"""Cases that another node handles: this node is its own partner, and the wire between breaks whenever it likes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters.cases_world import AT, CLERK, INCOME, ZHAO

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import errors, figures, queries, services
from shuzhi.business.matters.cases.looping import send_to_itself
from shuzhi.business.matters.cases.types import Action, Delivery, Point, State
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.data.exchange.errors import NodeSilent
from shuzhi.foundation.outbox.services import deliver_waiting

pytestmark = pytest.mark.django_db
SOON, DAY = timedelta(minutes=20), timedelta(days=1)
AWAY = "income-proof-elsewhere"
LETTER = {"letter": "本人申请"}


class Wire:
    """The way to the partner: it loses what it is told to lose, before or after it has arrived."""

    def __init__(self) -> None:
        self.loses_calls = self.loses_answers = 0
        self.sent: list[str] = []

    def __call__(self, *, reference, document, **more):
        self.sent.append(reference)
        if self.loses_calls:
            self.loses_calls -= 1
            raise silent()
        told = send_to_itself(reference=reference, document=document, **more)
        if self.loses_answers:
            self.loses_answers -= 1
            raise silent()
        return told


def silent():
    return NodeSilent(node="Shanghai", node_zh="上海市节点", why="ConnectError")


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def both():
    """A matter that is reviewed here and open to other nodes, and one that goes away to be handled so."""
    here = world.install_reviewed(handling={"loop": "plain-review"}, channels=["online", "node"])
    install_away(here)


def install_away(here, **changes):
    from shuzhi.business.matters.library import services as library

    said = here.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {
        "matter": AWAY, "channels": ["online", "window"], "commitment": {}, "result": None,
        "handling": {"node": {"interface": "cases-to-shanghai", "matter": INCOME}},
    }  # fmt: skip
    declared = MatterDeclaration.model_validate(said | changes)
    library.install_matter(declaration=declared, pack="test/test", by=world.PLATFORM, at=AT)


def submit(**more):
    return services.submit(matter=AWAY, by=world.resident(), at=AT, answers=LETTER, **more)


def carry(wire, at=AT):
    deliver_waiting(at=at)
    return services.carry(by=world.PLATFORM, at=at, send=wire)


def here(case, at=AT):
    return queries.case(case.number, at=at)


def there(case):
    """The case at the partner."""
    return queries.case(queries.crossing(case.number).number, at=AT)


def actions(number):
    return [each.action for each in queries.history(number) if each.action is not Action.ARCHIVE]


class TestThereAndBack:
    def test_is_handled_there_and_its_steps_come_back(self, both, wire):
        case = submit()
        assert (case.state, case.review) == (State.SUBMITTED, "node/cases-to-shanghai")
        assert models.Came.objects.count() == 0

        carry(wire)
        assert there(case).channel == "node"
        assert (there(case).subject, there(case).state) == (case.subject, State.SUBMITTED)
        services.accept(case=there(case).number, by=CLERK, at=AT + SOON)
        carry(wire, AT + 2 * SOON)

        accepted = here(case)
        assert (accepted.state, accepted.accepted_at) == (State.ACCEPTED, AT + SOON)
        assert accepted.due_at == there(case).due_at
        dossier = int(there(case).review.partition("/")[2])
        from shuzhi.support.workflow import services as loops

        loops.act(dossier=dossier, action="agree", by=CLERK, at=AT + DAY)
        carry(wire, AT + DAY)
        carry(wire, AT + DAY + SOON)

        done = here(case)
        assert (done.state, done.is_open, done.credential) == (State.GRANTED, False, "")
        assert actions(case.number) == [Action.SUBMIT, Action.ACCEPT, Action.GRANT]
        assert queries.history(case.number)[2].by == "node/itself"
        assert figures.across_nodes((AT + DAY).date())[:2] == (2, 2)

    def test_corrected_once_on_both_sides(self, both, wire):
        case = submit()
        carry(wire)
        points = [Point("申请书", "写明用途")]
        services.ask_correction(case=there(case).number, points=points, by=CLERK, at=AT + SOON)
        carry(wire, AT + SOON)
        carry(wire, AT + 2 * SOON)

        asked = here(case)
        assert (asked.state, asked.points) == (State.CORRECTING, tuple(points))
        services.correct(
            case=case.number, answers={"letter": "用于贷款"}, note="已补", by=owner(), at=AT + DAY
        )
        wire.loses_calls = 1
        carry(wire, AT + DAY)
        assert here(case).state is State.SUBMITTED
        assert there(case).state is State.CORRECTING
        carry(wire, AT + DAY + SOON)

        assert there(case).state is State.SUBMITTED
        assert models.Case.objects.get(id=there(case).id).answers["letter"] == "用于贷款"
        assert actions(case.number) == [Action.SUBMIT, Action.ASK, Action.CORRECT]
        with pytest.raises(errors.AskedAlready):
            services.ask_correction(case=there(case).number, points=points, by=CLERK, at=AT + 2 * DAY)

    def test_what_is_granted_comes_with_its_credential(self, wire):
        install_away(world.install(channels=["online", "node"]))
        world.put(ZHAO)
        case = services.submit(matter=AWAY, by=world.resident(), at=AT)

        carry(wire)
        assert carry(wire, AT + SOON) in (0, 1)

        crossed = queries.crossing(case.number)
        assert here(case).state is State.GRANTED
        assert crossed.credential["number"] == there(case).credential
        assert crossed.credential["file"].startswith('{"payload"')
        assert here(case).is_instant

    def test_withdrawn_when_the_partner_says_so(self, both, wire):
        case = submit()
        services.withdraw(case=case.number, by=owner(), at=AT)
        assert here(case).state is State.SUBMITTED

        carry(wire)
        carry(wire, AT + SOON)

        assert (here(case).state, there(case).state) == (State.WITHDRAWN, State.WITHDRAWN)
        assert actions(case.number) == [Action.SUBMIT, Action.WITHDRAW]

    def test_an_objection_opens_it_again(self, both, wire):
        case = submit()
        carry(wire)
        services.reject(case=there(case).number, reason="不在本市参保", by=CLERK, at=AT)
        carry(wire, AT + SOON)
        assert (here(case).state, here(case).reason) == (State.NOT_ACCEPTED, "不在本市参保")

        services.object_to(case=case.number, said="已在贵市参保", by=owner(), at=AT + DAY)
        carry(wire, AT + DAY)
        objection = int(there(case).objection.partition("/")[2])
        from shuzhi.support.workflow import services as loops

        loops.act(dossier=objection, action="uphold", by=world.COLLEAGUE, at=AT + DAY, note="确已参保")
        carry(wire, AT + 2 * DAY)
        carry(wire, AT + 3 * DAY)

        assert (here(case).state, here(case).is_open) == (State.ACCEPTED, True)
        assert actions(case.number)[-2:] == [Action.OBJECT, Action.UPHOLD]


class TestFaults:
    def test_waits_and_says_so_while_the_partner_is_down(self, both, wire):
        case = submit()
        wire.loses_calls = 2

        carry(wire)
        waits = queries.crossing(case.number)
        assert (waits.sent, waits.waits.zh) == (0, "上海市节点暂无应答（ConnectError），将自动重试。")
        assert (carry(wire, AT + timedelta(seconds=5)), len(wire.sent)) == (0, 1)
        carry(wire, AT + SOON)
        carry(wire, AT + 2 * SOON)

        assert queries.crossing(case.number).waits is None
        assert there(case).state is State.SUBMITTED

    def test_an_answer_that_was_lost_begins_no_second_case(self, both, wire):
        case = submit()
        wire.loses_answers = 3

        for turn in range(5):
            carry(wire, AT + turn * SOON)

        assert models.Came.objects.count() == 1
        assert models.Case.objects.filter(matter=INCOME).count() == 1
        assert wire.sent.count(f"{case.number}/1") > 3

    def test_news_that_come_twice_are_written_once(self, both, wire):
        case = submit()
        carry(wire)
        services.accept(case=there(case).number, by=CLERK, at=AT)
        models.Crossing.objects.update(next_at=AT)
        carry(wire)
        models.Crossing.objects.update(next_at=AT)
        carry(wire)

        assert actions(case.number) == [Action.SUBMIT, Action.ACCEPT]

    def test_what_the_partner_does_not_take_goes_to_a_person_here(self, both, wire):
        install_away(
            world.install_reviewed(), handling={"node": {"interface": "x", "matter": "no-such-matter"}}
        )
        case = submit(delivery=Delivery.WINDOW)

        carry(wire)

        handed = here(case)
        assert (handed.state, handed.review) == (State.SUBMITTED, "")
        assert queries.history(case.number)[-1].note.startswith("对方节点未接受“提交”：")
        assert (
            services.reject(case=case.number, reason="对方不办", by=CLERK, at=AT).state is State.NOT_ACCEPTED
        )


class TestRights:
    def test_a_matter_is_open_to_nodes_only_where_it_says_so(self, wire):
        install_away(world.install_reviewed())
        case = submit()
        carry(wire)

        assert models.Came.objects.count() == 0
        assert "跨域通办" in queries.history(case.number)[-1].note

    def test_clerks_here_do_not_handle_what_is_handled_there(self, both, wire):
        case = submit()

        for step in (services.accept, lambda **said: services.reject(reason="不办", **said)):
            with pytest.raises(errors.ReviewUnderWay):
                step(case=case.number, by=CLERK, at=AT)
        assert services.accept_deemed(by=world.PLATFORM, at=AT + 30 * DAY) == 0

    def test_a_node_speaks_for_its_own_cases_only(self, both, wire):
        from shuzhi.business.matters.cases.services import receiving
        from shuzhi.data.exchange.ports import Handed

        case = submit()
        carry(wire)
        for reference in (f"{case.number}/2", "20261120-00000001-0/2"):
            with pytest.raises(errors.NoSuchCase):
                receiving.take(Handed(0, "another", "", reference, {"action": "withdraw"}), AT)
        for document in ({}, {"action": "decide"}, {"action": "grant"}, {"action": "submit", "by": "x"}):
            with pytest.raises(errors.MessageUnreadable):
                receiving.take(Handed(0, "itself", "", f"{case.number}/2", document), AT)


def test_what_is_handled_elsewhere_has_no_result_here(both):
    declared = world.install_reviewed()
    said = declared.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    said["handling"] = {"node": {"interface": "x", "matter": "y"}}
    with pytest.raises(ValueError, match="result and its commitments there"):
        MatterDeclaration.model_validate(said)


def owner():
    from shuzhi.support.identity import queries as identity

    return identity.actor("zhao")
