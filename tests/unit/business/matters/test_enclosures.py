"""Files that cross with their case: in pieces, each once, compared, inspected, read by the office that handles, erased with it."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import timedelta

import pytest
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters import enclosed
from tests.unit.business.matters.cases_world import AT, CLERK, STRANGER, ZHAO

from shuzhi.business.matters import models
from shuzhi.business.matters.cases import errors, queries, services
from shuzhi.business.matters.cases.services import enclosing, enclosures, receiving
from shuzhi.business.matters.cases.types import Point, State
from shuzhi.data.exchange import models as exchange
from shuzhi.data.exchange import services as exchange_services
from shuzhi.data.exchange.errors import PieceMissing
from shuzhi.data.exchange.ports import Handed
from shuzhi.data.exchange.services import pieces
from shuzhi.foundation.files import file_store
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.support.forms.errors import FileRefused

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=20)
PICTURE = enclosed.png()
SHA = hashlib.sha256(PICTURE).hexdigest()


@pytest.fixture
def way(db):
    """The way to the partner, and the subscription under which its gateway keeps what comes."""
    interface = exchange.Interface.objects.create(
        id="cases-from-delta", declared={}, terms={"port": receiving.PORT, "source": None}, owner="data-bureau",
        register="population", status="published", proposed_at=AT,
    )  # fmt: skip
    number = exchange.Subscription.objects.create(
        interface=interface, office="data-bureau", purpose="通办", basis="规定", since=AT.date(), until=AT.date(),
        daily_quota=1, clearance="L1", status="granted", dossier=1, requested_by="test", requested_at=AT,
    ).id  # fmt: skip
    enclosed.install_there(AT)
    enclosed.install_here(AT)
    return enclosed.Kept(number)


@pytest.fixture
def owner(way):
    return world.resident()


def begin(owner, *files):
    enclosed.fill(owner, AT, *(files or (("劳动合同.png", PICTURE),)))
    deliver_waiting(at=AT)
    row = models.Case.objects.get(matter=enclosed.AWAY)
    return queries.own_cases(by=owner, at=AT)[0] if row else None


def carry(way, at=AT):
    models.Crossing.objects.exclude(next_at=None).update(next_at=at)
    return services.carry(by=world.PLATFORM, at=at, send=way)


def there():
    came = models.Came.objects.select_related("case").get()
    return queries.case(receiving.number_of(came.case), at=AT)


def read(case, by=CLERK):
    found, content = services.open_file(case=case.number, field="papers", sha256=SHA, by=by, at=AT)
    with content:
        return found, content.read()


class TestCrossing:
    def test_a_file_arrives_whole_before_its_case_and_both_logs_name_it(self, owner, way):
        case = begin(owner)
        carry(way)

        assert way.sent[:4] == [f"{case.number}/f1/{place}" for place in (1, 2, 3, 4)]
        assert way.sent[4] == f"{case.number}/1"
        found, content = read(there())
        assert (found.name, found.kind, found.size, content) == ("劳动合同.png", "png", len(PICTURE), PICTURE)
        assert [each.id for each in there().materials] == ["use"]
        facts = dict(AuditEntry.objects.filter(facts__sha256=SHA).values_list("action", "facts"))
        assert {"matters.file_sent", "matters.file_came", "matters.file_read"} <= set(facts)
        assert facts["matters.file_sent"]["node"] == "shanghai"
        assert queries.crossing(case.number).of_pieces == 0

    def test_what_was_taken_is_kept_once_and_no_more_in_the_exchange(self, owner, way):
        begin(owner)
        carry(way)

        assert not exchange.Job.objects.filter(
            subscription=way.subscription, asked__has_key="values"
        ).exists()
        assert models.CaseFile.objects.count() == 1
        assert sum(1 for each in file_store().folder.rglob(SHA)) == 1

    def test_a_correction_brings_what_is_new_and_names_what_is_there(self, owner, way):
        case = begin(owner)
        carry(way)
        services.ask_correction(case=there().number, points=[Point("材料", "补缴费单")], by=CLERK, at=AT)
        deliver_waiting(at=AT)
        carry(way)
        sent = len(way.sent)
        draft = services.refill(case=case.number, by=owner, at=AT + SOON)
        assert draft.answers["use"] == "办理退休"
        more = enclosed.png(mark=b"2")
        enclosed.finish(draft.number, owner, AT + SOON, ("缴费单.png", more))
        deliver_waiting(at=AT + SOON)
        deliver_waiting(at=AT + SOON)
        carry(way, AT + SOON)

        assert [each for each in way.sent[sent:] if "/f" in each] == [
            f"{case.number}/f3/{each}" for each in (1, 2, 3, 4)
        ]
        assert there().state is State.SUBMITTED
        assert [each.name for each in queries.came_files(there().number)] == ["劳动合同.png", "缴费单.png"]
        assert models.Case.objects.count() == 2
        assert queries.case(case.number, at=AT).submission == draft.number


class TestFaults:
    @pytest.mark.parametrize("loses_answers", [False, True])
    @pytest.mark.parametrize("place", [0, 2, 4])
    def test_down_in_the_middle_it_goes_on_where_it_stopped(self, owner, way, place, loses_answers):
        case = begin(owner)
        way.fails_at, way.loses_answers = place + loses_answers, loses_answers
        carry(way)
        waits = queries.crossing(case.number)
        assert (waits.sent, waits.pieces, waits.of_pieces) == (0, place, 4)
        assert waits.waits.zh.startswith("上海市节点暂无应答")

        carry(way, AT + SOON)

        assert read(there())[1] == PICTURE
        assert models.Came.objects.count() == models.CaseFile.objects.count() == 1
        assert len(way.sent) == 6 + loses_answers

    def test_a_carrying_sends_so_many_pieces_and_the_next_one_the_rest(self, owner, way, monkeypatch):
        monkeypatch.setattr(enclosing, "MOST_PIECES", 3)
        case = begin(owner)
        carry(way)
        assert (queries.crossing(case.number).pieces, queries.crossing(case.number).sent) == (3, 0)

        carry(way)
        assert read(there())[1] == PICTURE

    def test_a_file_that_changed_underway_does_not_leave_and_goes_when_it_is_whole_again(self, owner, way):
        case = begin(owner)
        place = file_store().path(SHA)
        place.chmod(0o640)
        way.fails_at = 2
        carry(way)
        place.write_bytes(PICTURE[:-1] + b"x")
        carry(way, AT + SOON)
        assert "被改动" in queries.crossing(case.number).waits.zh
        assert len(way.sent) == 2
        place.write_bytes(PICTURE)
        carry(way, AT + 2 * SOON)

        assert read(there())[1] == PICTURE

    def test_a_piece_that_is_another_there_is_seen_and_a_person_here_hears_of_it(self, owner, way):
        case = begin(owner)
        way.fails_at = 4
        carry(way)
        spoilt = exchange.Job.objects.filter(subscription=way.subscription).order_by("id").first()
        spoilt.asked["values"]["document"] = f'{{"piece":"{base64.b64encode(b"x" * pieces.BYTES).decode()}"}}'
        spoilt.save()
        carry(way, AT + SOON)

        assert models.Came.objects.count() == models.CaseFile.objects.count() == 0
        assert queries.history(case.number)[-1].note == (
            "对方节点未接受“提交”：随件材料 劳动合同.png 与对方节点所述不符：摘要不一致。"
        )

    def test_too_much_is_not_sent_and_the_limit_is_named(self, owner, way, monkeypatch):
        monkeypatch.setattr(enclosing, "MOST_BYTES", 100_000)
        case = begin(owner)
        carry(way)

        assert (way.sent, case.review) == ([], "")
        assert queries.history(case.number)[-1].note.endswith("合计 0 MB。")

    def test_pieces_that_nobody_names_are_emptied_after_their_time(self, owner, way):
        begin(owner)
        way.fails_at = 3
        carry(way)
        later = AT + pieces.KEPT + SOON

        assert exchange_services.forget_pieces(at=AT + SOON) == 0
        assert exchange_services.forget_pieces(at=later) == 3
        assert exchange_services.forget_pieces(at=later) == 0


class TestRights:
    def test_only_clerks_of_the_office_that_handles_read_it(self, owner, way):
        begin(owner)
        carry(way)
        for by in (STRANGER, owner, world.BUREAU):
            with pytest.raises(Forbidden):
                read(there(), by)
        with pytest.raises(errors.NoSuchFile):
            services.open_file(case=there().number, field="papers", sha256="0" * 64, by=CLERK, at=AT)

    def test_a_digest_in_an_answer_moves_no_file(self, owner, way):
        file_store().put(io.BytesIO(PICTURE), "secret.png")
        services.submit(matter=enclosed.AWAY, by=owner, at=AT, answers={"use": "x", "papers": [SHA]})
        carry(way)

        assert queries.came_files(there().number) == []

    def test_a_node_can_not_name_what_it_has_not_sent(self, owner, way):
        file_store().put(io.BytesIO(PICTURE), "secret.png")
        for said in ({"pieces": 0}, {"pieces": 4}):
            with pytest.raises((errors.FileBroken, PieceMissing)):
                hand(**said)
        assert models.Came.objects.count() == 0

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd.png", "a/b.png", "a\\b.png", "a.exe.png", "a\u202egnp.pdf", "a.pdf"]
    )
    def test_hostile_names_are_refused(self, owner, way, name):
        with pytest.raises((errors.FileBroken, FileRefused)):
            hand(lambda reference: PICTURE[part(reference)], name=name)

    @pytest.mark.parametrize(
        "said", [{"size": 1}, {"pieces": 3}, {"sha256": "0" * 64}, {"size": len(PICTURE) - 1}]
    )
    def test_what_is_said_of_a_file_is_compared(self, owner, way, said):
        with pytest.raises(errors.FileBroken):
            hand(lambda reference: PICTURE[part(reference)], **said)
        assert models.Came.objects.count() == 0

    def test_too_much_is_refused_with_the_limit(self, owner, way):
        with pytest.raises(errors.FilesTooLarge, match="at most 30 files of 100 MB"):
            hand(size=60_000_000, times=2)


def part(reference):
    place = int(reference.rpartition("/")[2])
    return slice((place - 1) * pieces.BYTES, place * pieces.BYTES)


def hand(piece=None, times=1, **said):
    """The first message of a case as a node would write it."""
    file = {
        "id": 1,
        "field": "papers",
        "name": "a.png",
        "size": len(PICTURE),
        "sha256": SHA,
        "pieces": 4,
    } | said
    document = {
        "action": "submit", "matter": enclosed.THERE, "applicant": f"resident_id/{ZHAO}", "answers": {"use": "x"},
        "files": [file] * times,
    }  # fmt: skip
    more = {"piece": piece} if piece else {}
    return receiving.take(Handed(0, "shanghai", "", "20261120-00000009-1/1", document, **more), AT)


class TestEnd:
    def test_it_goes_with_the_archived_package_and_that_it_was_stays(
        self, owner, way, django_capture_on_commit_callbacks
    ):
        begin(owner)
        carry(way)
        number = there().number
        from shuzhi.business.matters.cases import jobs

        models.Crossing.objects.all().delete()
        from shuzhi.support.forms import models as forms

        forms.HandedInFile.objects.all().delete()
        with django_capture_on_commit_callbacks(execute=True):
            jobs.on_destroyed({"subject": f"case/{number}"}, AT)
            jobs.on_destroyed({"subject": "case/unknown"}, AT)

        assert not file_store().has(SHA)
        with pytest.raises(errors.FileErased):
            read(there())
        assert queries.came_files(number)[0].erased_at == AT
        assert enclosures.erase_files(case=number, by=world.PLATFORM, at=AT) == 0
