"""What offices see and do on the pages of the data market, guided prices, and what is left after setting off."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.business.market import people
from tests.unit.business.market.people import USCC
from tests.unit.business.market.test_settling import LATER, MARCH, PRODUCT, delivered, offer, sold, state  # noqa: F401
from tests.unit.data.exchange.world import AT, OWNER
from typer.testing import CliRunner

from shuzhi.business.market import errors, queries, services
from shuzhi.business.market.types import ProductDeclaration
from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import services as identity
from shuzhi.support.identity.models import Account
from shuzhi.terminals.staff.market import contracts as contract_pages
from shuzhi.terminals.staff.market import views

pytestmark = pytest.mark.django_db


def signed_in(name, office, *roles) -> Client:
    identity.open_account(
        username=name, person="王一", office=office, division=None, roles=frozenset(roles), password=None,
        by=people.PLATFORM, at=AT,
    )  # fmt: skip
    client = Client()
    client.force_login(Account.objects.get(username=name))
    return client


@pytest.fixture
def stated(sold):  # noqa: F811
    delivered(sold.subscription, USCC, AT, times=3)
    return sold, state(sold)


class TestPages:
    def test_the_buyer_sees_its_statement_and_objects(self, stated):
        contract, made = stated
        buyer = signed_in("buyer", "taxation", Role.DATA_OFFICER)
        listed = buyer.get("/staff/market/").content.decode()
        assert made.number in listed
        assert "1.05" in listed
        assert "价格" in buyer.get(f"/staff/market/contracts/{contract.id}/").content.decode()
        place = f"/staff/market/statements/{made.number}/"
        page = buyer.get(place).content.decode()
        assert "提出异议" in page
        assert "开红字结算单" not in page
        assert "待领取" in page
        assert buyer.post(place + "dispute/", {"reason": ""}).status_code == 400
        assert buyer.post(place + "credit/", {"reason": "x", "fen": "1"}).status_code == 403
        assert buyer.post(place + "dispute/", {"reason": "次数不符"}).status_code == 302
        assert "有异议" in buyer.get(place).content.decode()
        assert buyer.get("/staff/market/contracts/new/").status_code == 403

    def test_the_owner_gives_back_and_nobody_else_looks(self, stated):
        contract, made = stated
        owner = signed_in("owner", "market-regulation", Role.APPROVER)
        place = f"/staff/market/statements/{made.number}/"
        assert "最多" not in owner.get(place).content.decode()
        assert owner.post(place + "credit/", {"reason": "x", "fen": "999999"}).status_code == 409
        assert owner.post(place + "credit/", {"reason": "重复", "fen": "35"}).status_code == 302
        assert f"{made.number}-C01" in owner.get("/staff/market/").content.decode()
        refused = owner.post(
            "/staff/market/contracts/new/", {"product": "firm-checks", "subscription": "1e9"}
        )
        assert refused.status_code == 409
        stranger = signed_in("stranger", "education", Role.DATA_OFFICER)
        assert made.number not in stranger.get("/staff/market/").content.decode()
        assert stranger.get(place).status_code == 404
        assert stranger.get(f"/staff/market/contracts/{contract.id}/").status_code == 404
        assert Client().get("/staff/market/").status_code == 302

    def test_contests_are_the_bureau_s(self, db):
        bureau = signed_in("zhou", "data-bureau", Role.BUREAU)
        said = {
            "contest": "open-2026", "title": "大赛", "title_en": "Contest", "text": "做应用", "text_en": "Make",
            "since": "2026-01-01", "until": "2026-01-31", "datasets": "", "prizes": "一等奖,First,1\n二等奖，Second，2",
        }  # fmt: skip
        assert bureau.post("/staff/contests/new/", said | {"prizes": "一等奖"}).status_code == 400
        assert bureau.post("/staff/contests/new/", said | {"since": "x"}).status_code == 400
        assert bureau.post("/staff/contests/new/", said).status_code == 302
        assert bureau.post("/staff/contests/new/", said).status_code == 409
        assert "二等奖" in bureau.get("/staff/contests/open-2026/").content.decode()
        assert bureau.post("/staff/contests/open-2026/", {}).status_code == 409
        assert "大赛" in bureau.get("/staff/contests/").content.decode()
        officer = signed_in("li", "taxation", Role.DATA_OFFICER)
        assert officer.get("/staff/contests/").status_code == 403


class TestPrices:
    @pytest.mark.parametrize(
        ("floor", "fen", "kept"), [(20, 20, 20), (20, 35, 35), (None, 35, 35), (None, None, 35)]
    )
    def test_a_guided_price_is_agreed_on_within_its_bounds(self, sold, floor, fen, kept):  # noqa: F811
        offer(price={"per": "call", "fen": 35, "floor": floor})
        terms = {"product": "firm-checks", "subscription": sold.subscription, "by": OWNER, "at": AT}
        days = {"since": date(2027, 1, 1), "until": date(2027, 12, 31)}
        for wrong in (36, (floor or 35) - 1):
            with pytest.raises(errors.PriceRefused):
                services.sign_contract(**terms, **days, fen=wrong)
        assert services.sign_contract(**terms, **days, fen=fen).terms.price.fen == kept

    def test_a_floor_above_the_price_is_none(self):
        with pytest.raises(ValueError, match="floor"):
            ProductDeclaration.model_validate(PRODUCT | {"price": {"per": "call", "fen": 1, "floor": 2}})


class TestBalances:
    def test_nets_add_up_to_nought_and_credit_notes_count(self, stated):
        _, made = stated
        services.credit(statement=made.number, fen=40, reason="x", by=OWNER, at=LATER)
        found = {one.party: one for one in queries.balances(MARCH)}
        assert sum(one.net for one in found.values()) == 0
        assert found["taxation"].net == -65
        assert [one.party for one in queries.balances(MARCH, office="taxation")] == ["taxation"]
        assert queries.balances(date(2026, 5, 1)) == []

    def test_the_command_line_says_the_same(self, stated, monkeypatch):
        from shuzhi.terminals.console import market

        monkeypatch.setattr(market, "open_rooms", lambda: None)
        signed_in("clerk", "taxation", Role.DATA_OFFICER)
        run = lambda *words: CliRunner().invoke(market.app, [*words, "--account", "clerk"])  # noqa: E731
        assert "taxation\t0\t105\t-105" in run("balances", "2026-03").output
        assert stated[1].number in run("statements", "--lines").output
        assert "firm-checks" in run("contracts").output
        assert run("dispute", stated[1].number, "--reason", "次数不符").exit_code == 0
        assert run("credit", stated[1].number, "--fen", "1", "--reason", "x").exit_code != 0


@given(st.integers(-(10**9), 10**9))
def test_amounts_are_read_as_they_are(fen):
    text = views.yuan(fen).replace(",", "")
    assert round(float(text) * 100) == fen
    assert contract_pages._number(str(fen)) == (fen if 0 <= fen < 10**9 else None)
