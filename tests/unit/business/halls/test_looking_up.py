"""Any case can be looked up at a kiosk by its number and a proof, and by nothing less."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters.cases_world import AT, INCOME, ZHAO

from shuzhi.business.halls import errors, models, services
from shuzhi.business.halls.services.looking_up import MOST_TRIES
from shuzhi.business.matters.cases import services as cases
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.pillars.security.types import system

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
