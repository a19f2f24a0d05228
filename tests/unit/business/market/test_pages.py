"""What a person does on the pages, and what nobody else can."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.unit.business.market import people
from tests.unit.business.market.people import TOPIC

from shuzhi.business.market import queries
from shuzhi.pillars.security import models as security
from shuzhi.support.identity.models import Account

pytestmark = pytest.mark.django_db


def signed_in(username) -> Client:
    client = Client()
    client.force_login(Account.objects.get(username=username))
    return client


@pytest.fixture
def firm():
    people.install()
    people.open_account()
    return signed_in("firm")


def agree(client, **changes):
    said = {
        "revision": queries.agreement(TOPIC).revision,
        "receivers": ["taxation"],
        "fields": ["phone"],
        "days": "30",
    }
    return client.post(f"/my/agreements/{TOPIC}/", said | changes)


def test_gives_and_withdraws(firm):
    assert "贷款核验授权" in firm.get("/my/").content.decode()
    text = firm.get(f"/my/agreements/{TOPIC}/").content.decode()
    assert "同意向所选部门提供所选数据" in text
    assert "第十三条" in text

    assert agree(firm).status_code == 302
    page = firm.get("/my/").content.decode()
    assert "有效" in page
    assert "电话" in page
    where = re.search(r"/my/consents/[0-9a-f-]+/withdraw/", page).group()
    assert "查不到" in firm.get(where).content.decode()
    assert firm.post(where).status_code == 302
    assert not security.Consent.objects.exists()
    assert "已撤回" in firm.get("/my/").content.decode()
    assert "撤回授权" in firm.get("/my/who-saw/").content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"receivers": []}, "至少选择"), ({"days": "999"}, "最长 90 天"), ({"revision": "old"}, "重新阅读"), ({"days": "x\0"}, "最长")],
)  # fmt: skip
def test_says_what_is_wrong_beside_the_form(firm, changes, said):
    answer = agree(firm, **changes)
    assert answer.status_code in {400, 409}
    assert said in answer.content.decode()
    assert not security.Consent.objects.exists()


def test_is_nobody_elses(firm):
    agree(firm)
    where = re.search(r"/my/consents/[0-9a-f-]+/withdraw/", firm.get("/my/").content.decode()).group()
    people.open_account("other", "91330182843963542R")
    people.open_account("unbound", bind=False)

    assert Client().get("/my/").status_code == 302
    assert signed_in("unbound").get("/my/").status_code == 403
    for method in ("get", "post"):
        assert getattr(signed_in("other"), method)(where).status_code == 404
    assert security.Consent.objects.count() == 1
