"""通办 between two real nodes: two homes, two databases, a gateway that is killed while it is asked. Both logs hold their side."""

from __future__ import annotations

import hashlib
import threading
import time
from functools import partial

import pytest
from tests.postgres import open_folder
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters import enclosed, far_office
from tests.unit.business.matters.test_crossing import actions, install_away
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.test_routing import HERE, Far, now, own_peer

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import queries, services
from shuzhi.business.matters.cases.types import Action, State
from shuzhi.data.exchange.errors import NodeSilent
from shuzhi.foundation.outbox.services import deliver_waiting

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=True)]
WAY = "cases-to-shanghai"
LETTER = {"letter": "本人申请"}


@pytest.fixture(scope="module")
def far():
    from shuzhi.foundation import database

    home = open_folder("shuzhi-delta-")
    database.start(home, fsync=False)
    one = None
    try:
        one = Far(home, module=far_office.MODULE)
        yield one
    finally:
        if one is not None:
            one.process.kill()
            one.process.wait(15)
        database.stop(home)


@pytest.fixture(scope="module")
def key(far):
    from shuzhi.foundation.settings import settings

    assert settings().home
    return far.ask("admit", peer=own_peer(), interface=far_office.TAKES["interface"])["key_id"]


@pytest.fixture
def here(transactional_db, far, key):
    """This node: the matter that goes away, and the way to the node that handles it."""
    from shuzhi.data.exchange import services as exchange
    from shuzhi.data.exchange.types import PeerDeclaration
    from shuzhi.pillars.organization import models as organization

    organization.Node.objects.create(id=HERE["node"], declared=HERE, pack="test")
    peer = PeerDeclaration.model_validate(far.declaration)
    exchange.declare_peer(declaration=peer, pack="test", by=worlds.BUREAU, at=now())
    route = {"node": "shanghai", "interface": far_office.TAKES["interface"]}
    way = worlds.declare_interface(**far_office.TAKES | {"interface": WAY, "route": route})
    worlds.install_interface(way)
    exchange.set_route_key(interface=WAY, key_id=key, by=worlds.BUREAU, at=now())
    install_away(world.install_reviewed())
    enclosed.install_here(now(), interface=WAY)
    return world.resident()


def submit(by, **more):
    return services.submit(matter="income-proof-elsewhere", by=by, at=now(), answers=LETTER, **more)


def carry(send=None):
    """What the worker does, now; what would wait is asked again at once."""
    deliver_waiting(at=now())
    models.Crossing.objects.exclude(next_at=None).update(next_at=now())
    return services.carry(by=world.PLATFORM, at=now(), send=send)


def state_of(case):
    return queries.case(case.number, at=now()).state


def there(far, case):
    return next(each for each in far.ask("cases") if each["there"] == case.number)


def test_there_and_back_with_credential_and_both_logs(here, far):
    case = submit(here)
    carry()
    assert (queries.crossing(case.number).sent, state_of(case)) == (1, State.SUBMITTED)
    far.ask("work")
    carry()
    number = queries.crossing(case.number).number
    assert number == there(far, case)["case"]

    far.ask("act", case=number, what="ask")
    carry()
    assert state_of(case) is State.CORRECTING
    assert queries.case(case.number, at=now()).points[0].what == "申请书"
    services.correct(case=case.number, answers={"letter": "用于贷款"}, by=here, at=now())
    carry()
    far.ask("work")
    far.ask("act", case=number, what="accept")
    told = far.ask("act", case=number, what="agree")
    carry()
    carry()

    done, crossed = queries.case(case.number, at=now()), queries.crossing(case.number)
    assert (done.state, done.is_open) == (State.GRANTED, False)
    assert (crossed.node, crossed.title.zh) == ("shanghai", "上海市节点")
    assert crossed.credential["number"] == told["credential"]
    assert actions(case.number) == [Action.SUBMIT, Action.ASK, Action.CORRECT, Action.ACCEPT, Action.GRANT]
    assert {each.by for each in queries.history(case.number) if each.action is Action.GRANT} == {
        "node/shanghai"
    }

    from tests.unit.data.exchange.logs import entries_of

    (sent, *_) = (row for row in log_of(f"{case.number}/1") if row[0] == "exchange.sent")
    ours = {
        (action, outcome): facts for action, outcome, facts in entries_of(sent[2]["call"])
    }  # of one moment
    theirs = far.ask("entries", call=sent[2]["call"])
    assert set(ours) == {("exchange.sent", "sent"), ("exchange.called", "answered")}
    assert [row[0] for row in theirs] == ["exchange.called"]
    assert theirs[0][2]["request_digest"] == sent[2]["request_digest"]
    assert theirs[0][2]["answer_digest"] == ours["exchange.called", "answered"]["answer_digest"]
    assert [row[0] for row in far.ask("logged", reference=f"{case.number}/1")] == ["exchange.taken_over"]
    assert far.ask("verify")["verified"]


def test_killed_before_and_between_it_waits_says_so_and_nothing_is_doubled_or_lost(here, far):
    from shuzhi.data.exchange import services as exchange
    from shuzhi.data.exchange.services.handing import _post

    cases = [submit(here, key=f"k{number}") for number in range(4)]
    stop(far)
    carry()
    for case in cases:
        crossed = queries.crossing(case.number)
        assert (crossed.sent, state_of(case)) == (0, State.SUBMITTED)
        assert crossed.waits.zh.startswith("上海市节点暂无应答")

    start(far)
    for delay in (
        0.0,
        0.004,
        None,
    ):  # killed while it is asked; at last when it has stored and nobody has heard

        def post(route, path, body, headers, delay=delay):
            if delay is not None:
                threading.Timer(delay, far.process.kill).start()
            found = _post(route, path, body, headers)
            if delay is None:
                stop(far)
                raise NodeSilent(node="Shanghai", node_zh="上海市节点", why="killed")
            return found

        carry(partial(exchange.hand_over, post=post))
        time.sleep(0.1)
        stop(far)
        start(far)
    for _ in range(2):
        carry()
        far.ask("work")
    carry()

    came = [each["there"] for each in far.ask("cases")]
    assert sorted(set(came)) == sorted(came)
    assert {case.number for case in cases} <= set(came)
    for case in cases:
        assert queries.crossing(case.number).waits is None
        assert there(far, case)["steps"] == ["submit"]
    assert far.ask("verify")["verified"]


def test_forged_calls_and_replayed_answers_do_nothing(here, far):
    """A call that this node has not signed is not taken, and an answer to another call is no answer."""
    from shuzhi.data.exchange import services as exchange
    from shuzhi.data.exchange.errors import HandingRefused, NodeUnproven
    from shuzhi.data.exchange.services.handing import _post

    def forged(route, path, body, headers):
        name = next(each for each in headers if each.lower().endswith("signature"))
        kind, _, signature = headers[name].partition(" ")
        return _post(route, path, body, headers | {name: f"{kind} {'0' * len(signature)}"})

    before = len(far.ask("cases"))
    case = submit(here)
    carry(partial(exchange.hand_over, post=forged))
    assert queries.crossing(case.number).sent == 0
    with pytest.raises(HandingRefused):
        exchange.hand_over(
            interface=WAY, reference="x/1", document={}, by=world.PLATFORM, at=now(), post=forged
        )
    answers: list[bytes] = []
    ask = partial(exchange.hand_over, interface=WAY, reference="y/1", document={}, by=world.PLATFORM)

    def replayed(*asked):
        answers.append(_post(*asked))
        return answers[0]

    ask(at=now(), post=replayed)
    with pytest.raises(NodeUnproven):
        ask(at=now(), post=replayed)
    far.ask("work")
    assert len(far.ask("cases")) == before


class Dying:
    """The wire to a node that is killed when it has kept the twentieth piece: nobody hears its answer."""

    def __init__(self, far):
        self.far, self.calls = far, 0

    def __call__(self, *asked):
        from shuzhi.data.exchange.services.handing import _post

        self.calls += 1
        found = _post(*asked)
        if self.calls == 20:
            stop(self.far)
            raise NodeSilent(node="Shanghai", node_zh="上海市节点", why="killed")
        return found


def test_materials_of_the_delta_cross_with_their_case_though_the_node_dies_in_the_middle(here, far):
    """A form of the pack with a picture of 3 MB; an answer is lost, a piece comes twice, another one under its name."""
    from shuzhi.data.exchange import services as exchange
    from shuzhi.data.exchange.errors import HandingRefused
    from shuzhi.data.exchange.services.pieces import piece_of

    picture = enclosed.png(3_000_000)
    case = hand_in(here, ("劳动合同.png", picture))
    carry(partial(exchange.hand_over, post=Dying(far)))
    crossed = queries.crossing(case.number)
    assert (crossed.sent, crossed.pieces, crossed.of_pieces) == (0, 19, 46)
    assert crossed.waits.zh.startswith("上海市节点暂无应答")
    start(far)
    far.ask("work")
    carry()
    number = taken(far, case)

    digest = hashlib.sha256(picture).hexdigest()
    assert far.ask("files", case=number) == [["劳动合同.png", len(picture), digest]]
    first = f"{case.number}/f1/1"
    again = partial(exchange.hand_over, interface=WAY, reference=first, by=world.PLATFORM, at=now())
    assert (
        again(document=piece_of(picture[: 64 * 1024])).state == "settled"
    )  # known again by its digest alone
    with pytest.raises(HandingRefused):
        again(document=piece_of(b"another"))
    assert far.ask("left") == 0

    assert [row.facts["node"] for row in logged_here("matters.file_sent", digest)] == ["shanghai"]
    assert far.ask("logged_files", sha256=digest)[0] == "matters.file_came"
    sent = next(row for row in log_of(first) if row[0] == "exchange.sent")
    theirs = far.ask("entries", call=sent[2]["call"])
    assert theirs[0][2]["request_digest"] == sent[2]["request_digest"]
    assert far.ask("verify")["verified"]


def test_a_correction_crosses_with_its_new_file_and_the_result_comes_back(here, far):
    case = hand_in(here, ("劳动合同.png", enclosed.png(100_000)))
    carry()
    number = taken(far, case)
    far.ask("act", case=number, what="ask")
    carry()
    draft = services.refill(case=case.number, by=here, at=now())
    enclosed.finish(draft.number, here, now(), ("缴费单.png", enclosed.png(200_000, b"2")))
    carry()
    far.ask("work")
    far.ask("act", case=number, what="accept")
    told = far.ask("act", case=number, what="agree")
    carry()
    carry()

    assert [name for name, _, _ in far.ask("files", case=number)] == ["劳动合同.png", "缴费单.png"]
    assert queries.crossing(case.number).credential["number"] == told["credential"]
    assert state_of(case) is State.GRANTED
    assert models.Case.objects.filter(matter=enclosed.AWAY).count() == 1
    assert sum(each["there"] == case.number for each in far.ask("cases")) == 1


def hand_in(by, *files):
    """The pack's form, filled in and submitted: the case that begins by it."""
    enclosed.fill(by, now(), *files)
    deliver_waiting(at=now())
    return queries.own_cases(by=by, at=now())[0]


def taken(far, case):
    """Its number there, once it was taken and is known here."""
    far.ask("work")
    carry()
    return queries.crossing(case.number).number


def logged_here(action, sha256):
    from shuzhi.pillars.security.models import AuditEntry

    return AuditEntry.objects.filter(action=action, facts__sha256=sha256)


def log_of(reference):
    from shuzhi.pillars.security.models import AuditEntry

    rows = AuditEntry.objects.filter(facts__reference=reference).order_by("id")
    return [[row.action, row.outcome, row.facts] for row in rows]


def stop(far):
    far.process.kill()
    far.process.wait(15)


def start(far):
    far.process = far.serve()
