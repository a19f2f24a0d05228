"""Fees from outside: submitted, paid at the till, refused, given back, reconciled, and shown to whoever paid."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters import fees_world as fees
from tests.unit.business.matters.cases_world import AT, INCOME
from tests.unit.business.matters.fees_world import CHARGED
from tests.unit.business.matters.test_case_api import clerk, post, signed_in

from shuzhi.business.matters.cases import queries
from shuzhi.foundation.clock import day_of, now
from shuzhi.support.payments import api, jobs
from shuzhi.support.payments import queries as orders

pytestmark = pytest.mark.django_db
UPLOAD = [{"id": "letter", "title": {"zh": "申请书", "en": "Letter"}, "source": "upload"}]


@pytest.fixture(autouse=True)
def bank(tmp_path, monkeypatch):
    from tests.unit.support.payments.world import install, open_bank

    install()
    return open_bank(tmp_path, monkeypatch)


def accepted(use="other"):
    """A case that a clerk has accepted; its fee hangs on what is registered."""
    fees.install_rule()
    world.install(materials=UPLOAD, result=None, commitment={}, fee=CHARGED)
    world.resident()
    zhao, officer = signed_in("zhao"), clerk()
    told = post(zhao, "/api/cases", matter=INCOME, answers={"letter": ["sha"], "use": use})
    number = told.json()["number"]
    answer = post(officer, f"/api/cases/{number}/accept")
    assert answer.json()["state"] == "accepted"
    return number, zhao, officer


class TestRefused:
    def test_what_was_paid_comes_back_and_is_shown(self, monkeypatch):
        number, zhao, officer = accepted()
        order = queries.fee_to_pay(number).number
        page = zhao.get(f"/my/payments/{order}/").content.decode()
        assert "550.00" in page
        assert "按 other 收费" in page  # why so much, before anything is paid

        (told,) = zhao.get(f"/api/cases/{number}/fees").json()
        assert (told["amount"], told["because"], told["order"]) == ("550.00", "按 other 收费", order)
        assert "550.00" in officer.get(f"/staff/matters/{number}/").content.decode()

        assert zhao.post(f"/my/payments/{order}/", {"how": "pay"}).status_code == 302
        fees.news(now())
        refused = post(officer, f"/api/cases/{number}/decide", granted=False, note="不符合条件")
        assert refused.json()["state"] == "refused"
        fees.news(now())
        jobs.forward(0)

        today = day_of(now())
        monkeypatch.setattr(api, "now", lambda: now() + timedelta(days=1))
        told = post(officer, f"/api/payments/statements/{today}").json()
        assert (told["lines"], told["matched"], told["differences"]) == (2, 2, [])
        page = zhao.get(f"/my/payments/{order}/").content.decode()
        assert "办件未予批准，退还费用" in page
        assert "已退" in page
        assert zhao.get("/my/payments/").status_code == 200
        assert "已退 550.00 元" in zhao.get(f"/my/cases/{number}/").content.decode()
        assert orders.differences() == []

    def test_nobody_else_sees_or_pays_it(self):
        number, _, _ = accepted()
        order = queries.fee_to_pay(number).number
        world.resident(world.QIAN, "qian")
        qian = signed_in("qian")

        for path in (f"/my/payments/{order}/", f"/my/payments/together/{number}/"):
            assert qian.get(path).status_code == 404
            assert qian.post(path, {"how": "pay"}).status_code == 404
        assert orders.order(order).received == 0

    def test_a_rule_without_an_answer_is_a_clear_refusal(self):
        number, _, officer = accepted("below")

        answer = post(officer, f"/api/cases/{number}/decide", granted=True)

        assert (answer.status_code, answer.json()["code"]) == (409, "matters.fee_unknown")
        assert queries.fees(number) == []


class TestTogether:
    def test_one_page_one_sum_one_button(self):
        case = fees.begun_journey(sign=True, at=now())
        zhao = signed_in("zhao")

        assert "合计 110.00 元" in zhao.get("/my/payments/").content.decode()
        path = f"/my/payments/together/{case.number}/"
        page = zhao.get(path).content.decode()
        assert all(each in page for each in ("合计 110.00 元", "80.00", "30.00", "房屋登记", "户外招牌"))
        assert "一起缴" in zhao.get(f"/my/cases/{case.number}/").content.decode()
        assert zhao.post(path, {"how": "pay"}).status_code == 302
        assert "没有要缴的了" in zhao.get(path).content.decode()
        assert [each.received for each in queries.fees(case.number)] == [8000, 3000]

    def test_where_the_gateway_is_silent_nothing_is_paid_twice(self):
        case = fees.begun_journey(sign=True, at=now())
        zhao, path = signed_in("zhao"), f"/my/payments/together/{case.number}/"

        assert zhao.post(path, {"how": "pay-silent"}).status_code == 504
        for _ in range(3):
            zhao.post(path, {"how": "pay"})
            jobs.forward(0)

        assert sum(each.received for each in queries.fees(case.number)) == 11000
        assert orders.differences() == []


def test_a_returned_payout_is_seen_and_paid_again_on_its_page(bank):
    from tests.unit.support.payments.world import PAYER, pay_out

    from shuzhi.pillars.security.types import Role
    from shuzhi.support.identity import services as identity
    from shuzhi.support.payments import services as payments

    made = pay_out(tail="9005", office="planning", payee=PAYER)
    payments.send_payout(order=made.number, by=world.PLATFORM, at=AT)
    payments.reconcile(day=day_of(AT) + timedelta(days=1), by=world.PLATFORM, at=AT + timedelta(days=3))
    identity.open_account(
        username="chen", person="陈批", office="planning", division=None, roles=frozenset({Role.APPROVER}),
        password=None, by=world.PLATFORM, at=AT,
    )  # fmt: skip
    chen, path = signed_in("chen"), f"/staff/payments/orders/{made.number}/"

    page = chen.get(path).content.decode()
    assert all(each in page for each in ("已退汇", "收款账户户名不符", "林一", "9005", "重新拨付"))
    assert "退汇未重新拨付 1 笔" in chen.get("/staff/payments/").content.decode()
    assert chen.post(f"{path}again/", {"account": "3300001234565555", "holder": "林一"}).status_code == 302

    again = orders.paid_again(made.number)
    assert again.number in chen.get(path).content.decode()
    assert "退汇未重新拨付" not in chen.get("/staff/payments/").content.decode()
