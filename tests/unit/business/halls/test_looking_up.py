"""Any case can be looked up at a kiosk by its number and a proof, and by nothing less."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta

import pytest
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters.cases_world import AT, INCOME, ZHAO
from tests.unit.support.forms.forms import form_of
from tests.unit.support.workflow.processes.drawn import drawn, flows
from tests.unit.support.workflow.processes.test_services import install as install_process

from shuzhi.business.halls import errors, models, services
from shuzhi.business.halls.services.looking_up import MOST_TRIES
from shuzhi.business.matters.cases import queries as matters
from shuzhi.business.matters.cases import services as cases
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.pillars.security.types import Role, system
from shuzhi.support.forms import services as filling
from shuzhi.support.forms.parts import read_form
from shuzhi.support.forms.types import Channel
from shuzhi.support.identity import models as identity_models
from shuzhi.support.identity import services as identity
from shuzhi.support.workflow.processes import progress

pytestmark = pytest.mark.django_db
KIOSK = system("kiosk")


@pytest.fixture
def case(db):
    world.install_reviewed()
    return cases.submit(matter=INCOME, by=world.resident(), at=AT, answers={"letter": ["sha"]})


def look(number, proof, at=AT):
    return services.look_up(number=number, proof=proof, by=KIOSK, at=at)


class TestLookingUp:
    def test_its_code_opens_it_and_the_end_of_the_identity_number_does(self, case):
        for proof in (services.code_of(case.number), ZHAO[-6:], f" {ZHAO[-6:].lower()} "):
            found = look(f" {case.number} ", proof)
            assert (found.number, found.title, found.is_open) == (case.number, case.title, True)
        assert AuditEntry.objects.filter(action="halls.case_looked_up").count() == 3

    def test_what_is_told_names_nobody_and_quotes_nothing(self, case):
        told = str(
            [
                getattr(look(case.number, ZHAO[-6:]), each.name)
                for each in fields(look(case.number, ZHAO[-6:]))
            ]
        )

        assert ZHAO not in told
        assert "zhao" not in told
        assert "sha" not in told

    @pytest.mark.parametrize("proof", ["", "000000", ZHAO[-4:], ZHAO, "12345678", "\ud800"])
    def test_nothing_less_opens_it(self, case, proof):
        with pytest.raises(errors.ProofWrong):
            look(case.number, proof)

    @pytest.mark.parametrize(
        "number", ["", "1", "F20261120000001", "20261120-99999999-9", "12345", "0" * 40, "\ud800"]
    )
    def test_an_unknown_number_is_answered_alike(self, case, number):
        with pytest.raises(errors.ProofWrong):
            look(number, ZHAO[-6:])

    def test_codes_belong_to_one_case(self, case):
        other = cases.submit(
            matter=INCOME, by=world.resident(world.QIAN, "qian"), at=AT, answers={"letter": ["sha"]}
        )
        assert services.code_of(case.number) != services.code_of(other.number)
        with pytest.raises(errors.ProofWrong):
            look(other.number, services.code_of(case.number))

    def test_guessing_ends_for_the_day_and_right_proofs_cost_nothing(self, case):
        for _ in range(MOST_TRIES + 2):
            look(case.number, ZHAO[-6:])
        for _ in range(MOST_TRIES):
            with pytest.raises(errors.ProofWrong):
                look(case.number, "000000")
        with pytest.raises(errors.TooManyProofs):
            look(case.number, ZHAO[-6:])

        assert look(case.number, ZHAO[-6:], AT + timedelta(days=1)).number == case.number
        services.close_days(by=KIOSK, at=AT + timedelta(days=1))
        assert models.LookUp.objects.filter(tries__gt=0).count() == 0

    def test_a_firms_code_is_public_and_opens_nothing(self, case):
        from shuzhi.business.matters import models as matters

        matters.Case.objects.update(scheme="uscc", holder="91330100MA00000001", applicant="account/firm")

        with pytest.raises(errors.ProofWrong):
            look(case.number, "000001")
        assert look(case.number, services.code_of(case.number)).number == case.number


def form(tmp_path, *, properties=None, **more):
    """A small form that residents fill in, and clerks for them."""
    made = form_of(
        {"note": {"type": "string"}, **(properties or {})},
        audience=["resident"],
        subject="resident_id",
        **more,
    )
    file = tmp_path / "small.json"
    file.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
    value, _, found = read_form(file)
    assert not found, found
    filling.install_form(form=value, pack="test/test", by=world.PLATFORM, at=AT)


def hand_in(by, **more):
    begun = filling.open_form(form="small", by=by, at=AT, **more)
    filling.save_draft(number=begun.number, answers={"note": "赵一"}, by=by, at=AT)
    number = filling.submit(number=begun.number, by=by, at=AT, confirmed=True).number
    deliver_waiting(at=AT)
    return number


@pytest.fixture
def kiosk(client, db, monkeypatch):
    """The page at a kiosk, asked over HTTP: a number, a proof, the page that comes."""
    from tests.unit.business.halls.test_halls import install

    monkeypatch.setattr("shuzhi.terminals.public.halls.looking_up.now", lambda: AT)
    install()
    client.post("/kiosk/setup/", {"hall": "city-hall"})

    def asked(number, proof):
        page = client.post("/kiosk/cases/", {"number": number, "proof": proof})
        assert page["Cache-Control"] == "no-store"
        return page.status_code, page.content.decode()

    return asked


def wrong(told):
    status, text = told
    return status == 422 and "不相符" in text


class TestFormsAtAKiosk:
    def test_one_that_began_nothing_is_handed_in(self, kiosk, tmp_path):
        form(tmp_path)
        number = hand_in(world.resident())

        for proof in (services.code_of(number), ZHAO[-6:].lower()):
            status, text = kiosk(number.lower(), proof)
            assert (status, number in text, "已提交" in text, "赵一" in text) == (200, True, True, False)
        assert wrong(kiosk(number, world.QIAN[-6:]))
        assert wrong(kiosk(number[:-1], ZHAO[-6:]))

    def test_filled_in_at_the_window_it_is_the_persons_and_not_the_clerks(self, kiosk, tmp_path):
        form(tmp_path)
        clerk = identity.open_account(
            username="desk", person="窗口", office="health-commission", division=None,
            roles=frozenset({Role.APPROVER}), password=None, by=world.PLATFORM, at=AT,
        )  # fmt: skip
        identity.note_proof(username="desk", scheme="resident_id", value=world.QIAN, by=world.PLATFORM, at=AT)
        number = hand_in(clerk, channel=Channel.WINDOW, subject=ZHAO)

        assert kiosk(number, ZHAO[-6:])[0] == 200
        assert wrong(kiosk(number, world.QIAN[-6:]))

    def test_one_that_began_a_case_tells_of_the_case_by_either_number_and_code(self, kiosk, tmp_path):
        form(tmp_path)
        world.install_reviewed(form="small", materials=[])
        owner = world.resident()
        number = hand_in(owner)
        case = matters.own_cases(by=owner, at=AT)[0]

        for asked, proof in (
            (number, services.code_of(number)),
            (number, services.code_of(case.number)),
            (number, ZHAO[-6:]),
            (case.number, services.code_of(case.number)),
        ):
            status, text = kiosk(asked, proof)
            assert (status, case.number in text, case.title.zh in text) == (200, True, True)

    def test_the_receipt_of_a_form_has_its_code(self, client, tmp_path):
        form(tmp_path)
        owner = world.resident()
        number = hand_in(owner)
        client.force_login(identity_models.Account.objects.get(username="zhao"))

        assert services.code_of(number) in client.get(f"/forms/fillings/{number}/done/").content.decode()


class TestProcessesAtAKiosk:
    @pytest.fixture
    def number(self, kiosk, tmp_path):
        form(tmp_path)
        begins = (
            '<startEvent id="start" name="提交" shuzhi:form="small" shuzhi:title=\'note + "：一件事"\'/>'
            '<userTask id="check" name="核对材料" shuzhi:roles="data_officer"/>'
            '<endEvent id="end"/>'
        )
        install_process(drawn(begins + flows("start>check", "check>end")))
        return hand_in(world.resident())

    def test_begun_by_a_form_it_is_found_by_both_numbers_with_its_stages(self, kiosk, number):
        begun = progress.begun_by_submission(number, requester="account/zhao")
        assert begun is not None

        for asked, proof in (
            (number, ZHAO[-6:]), (number, services.code_of(number)), (str(begun.id), ZHAO[-6:]),
            (str(begun.id), services.code_of(str(begun.id))),
        ):  # fmt: skip
            status, text = kiosk(asked, proof)
            assert (status, "核对材料" in text, "正在办" in text) == (200, True, True)
            assert ("测试" in text, "赵一" in text) == (
                True,
                False,
            )  # the process's title; a case's own names somebody

    def test_others_and_guesses_open_none(self, kiosk, number):
        begun = progress.begun_by_submission(number, requester="account/zhao")
        for asked in (str(begun.id), number):
            assert wrong(kiosk(asked, world.QIAN[-6:]))
            assert wrong(kiosk(asked, ""))
        assert wrong(kiosk(str(begun.id + 1), ZHAO[-6:]))
        for _ in range(MOST_TRIES - 4):
            assert wrong(kiosk(number, "000000"))
        assert kiosk(str(begun.id), ZHAO[-6:])[0] == 429

    def test_what_a_clerk_began_opens_by_its_code_alone(self, kiosk, number):
        from shuzhi.support.workflow.processes import services as processes

        case = processes.start_process(
            process="p", subject="person/7", title=world_title(), office="market-regulation", requester=None,
            by=world.PLATFORM, at=AT, variables={},
        )  # fmt: skip
        assert wrong(kiosk(str(case.id), ""))
        assert wrong(kiosk(str(case.id), ZHAO[-6:]))
        assert kiosk(str(case.id), services.code_of(str(case.id)))[0] == 200


def world_title():
    return Words(zh="赵一：一件事", en="Zhao")


class TestPage:
    def test_only_at_a_kiosk_and_by_number_and_proof(self, case, client, monkeypatch):
        monkeypatch.setattr("shuzhi.terminals.public.halls.looking_up.now", lambda: AT)
        assert client.get("/kiosk/cases/").status_code == 302

        from tests.unit.business.halls.test_halls import install

        install()
        client.post("/kiosk/setup/", {"hall": "city-hall"})
        wrong = client.post("/kiosk/cases/", {"number": case.number, "proof": "000000"})
        right = client.post("/kiosk/cases/", {"number": case.number, "proof": ZHAO[-6:]})

        assert wrong.status_code == 422
        assert "不相符" in wrong.content.decode()
        assert right.status_code == 200
        assert right["Cache-Control"] == "no-store"
        assert case.title.zh in right.content.decode()
        assert ZHAO not in right.content.decode()
