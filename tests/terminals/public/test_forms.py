"""A form in the pages of both ends: whole without script, refused to others, kept at each step."""

from __future__ import annotations

import io

import pytest
from tests.unit.support.forms import forms, people
from tests.unit.support.forms.conftest import install, mother, registers  # noqa: F401 - fixtures
from tests.unit.support.forms.test_files import pdf, png

pytestmark = pytest.mark.django_db
FORM = "/forms/birth-registration/"


@pytest.fixture
def at_home(client, mother):  # noqa: F811
    from shuzhi.support.identity.models import Account

    client.force_login(Account.objects.get(username="mother"))
    return client


def begin(client):
    answer = client.post(f"{FORM}start/")
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def send(client, page, do="next", **answers):
    return client.post(page, {"do": do, **answers})


def other(page, name):
    return page.replace("newborn", name)


def walked(client):
    """The whole form as somebody without script fills it in; gives the address of its first page."""
    page = begin(client)
    assert send(client, page)["Location"] == other(page, "parents")
    assert send(client, other(page, "parents"), with_father="true")["Location"] == other(page, "residence")
    said = {"settle_with": "mother", "services": ["household", "card"]}
    done = send(client, other(page, "residence"), **said)
    assert done["Location"].endswith("/check/")
    return page


def test_a_parent_types_nothing_that_government_knows(at_home):
    page = walked(at_home)
    check = page.split("pages")[0] + "check/"
    assert "王小宝" in at_home.get(check).content.decode()

    unconfirmed = at_home.post(check)
    assert unconfirmed.status_code == 422
    done = at_home.post(check, {"confirmed": "yes"})

    receipt = at_home.get(done["Location"]).content.decode()
    assert "已提交" in receipt
    assert at_home.get(page)["Location"] == done["Location"]
    assert at_home.post(check, {"confirmed": "yes"})["Location"] == done["Location"]


def test_the_source_of_each_known_answer_is_shown(at_home):
    page = begin(at_home)
    first = at_home.get(page).content.decode()
    assert "市卫生健康委员会" in first
    assert 'value="王小宝"' in first
    send(at_home, page, child_name="王大宝")
    assert "您改过，登记的是：" in at_home.get(page).content.decode()


def test_what_is_wrong_stands_above_with_a_link_and_beside_its_field(at_home):
    page = begin(at_home)
    answer = send(at_home, page, child_name="", **{"asked-child_name": "1"}, weight="heavy")
    told = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#field-child_name"' in told
    assert "请填写新生儿姓名" in told
    assert 'value="heavy"' in told
    assert send(at_home, page, do="leave", weight="heavy")["Location"] == "/forms/"
    assert send(at_home, other(page, "parents"), do="back", mother_phone="1")["Location"] == page


def test_the_page_of_checking_leads_to_what_is_missing(at_home):
    page = begin(at_home)
    check = page.split("pages")[0] + "check/"
    told = at_home.post(check, {"confirmed": "yes"}).content.decode()
    assert f'href="{other(page, "residence")}#field-settle_with"' in told


def test_files_are_handed_in_refused_and_removed(at_home):
    page = other(begin(at_home), "residence")
    upload = at_home.post(page, {"do": "upload", "proof": [named(pdf(), "a.pdf"), named(png(), "b.png")]})
    assert upload["Location"] == page
    shown = at_home.get(page).content.decode()
    assert "a.pdf" in shown
    assert "b.png" in shown
    refused = at_home.post(page, {"do": "upload", "proof": named(pdf(b"/S /JavaScript"), "evil.pdf")})
    assert "evil.pdf" in refused.content.decode()
    assert refused.status_code == 422
    button = shown.split('value="take-back:')[1].split('"')[0]
    at_home.post(page, {"do": f"take-back:{button}"})
    assert "a.pdf" not in at_home.get(page).content.decode()


def named(content, name):
    file = io.BytesIO(content)
    file.name = name
    return file


def test_another_device_s_answers_are_shown_first(at_home):
    page = begin(at_home)
    assert send(at_home, page, revision="1", weight="3100").status_code == 302
    answer = send(at_home, page, revision="1", weight="3000")
    assert answer.status_code == 422
    assert 'value="3100"' in answer.content.decode()


def test_a_register_that_is_down_is_said_and_the_case_waits(at_home, registers):  # noqa: F811
    registers.down.add("births")
    page = begin(at_home)
    assert "暂时查不到" in at_home.get(page).content.decode()
    registers.down.clear()
    assert 'value="王小宝"' in at_home.get(page).content.decode()


def test_strangers_find_nothing(client, at_home):
    page = begin(at_home)
    from django.test import Client

    from shuzhi.support.identity import services as identity
    from shuzhi.support.identity.models import Account

    people.account(identity, "stranger", forms.FATHER)
    stranger = Client()
    assert stranger.get(page).status_code in {302, 401, 403}
    stranger.force_login(Account.objects.get(username="stranger"))
    for address in (page, page.split("pages")[0] + "check/", page.split("pages")[0] + "done/"):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"do": "next"}).status_code == 404


def test_signed_out_one_reads_what_the_form_is(client, mother):  # noqa: F811
    told = client.get(FORM).content.decode()
    assert "登录后填写" in told
    assert client.get("/forms/").status_code == 200
    assert client.get("/forms/no-such/").status_code == 404
    assert client.get("/login/?next=/forms/").status_code == 200
    client.cookies["shuzhi_language"] = "en"
    assert "Sign in to begin" in client.get(FORM).content.decode()


def test_the_api_reads_evaluates_saves_and_submits(at_home):
    def sent(method, address, body):
        answer = getattr(at_home, method)(f"/api/forms/{address}", body, content_type="application/json")
        return answer.status_code, answer.json()

    assert [each["id"] for each in at_home.get("/api/forms").json()] == ["birth-registration"]
    assert at_home.get("/api/forms/birth-registration").json()["document"]["unsupported"] == []
    status, outcome = sent("post", "birth-registration/evaluate", {"answers": {"with_father": "true"}})
    assert (status, outcome["visible"]["father_name"]) == (200, True)
    _, begun = sent("post", "birth-registration/fillings", {})
    number = begun["number"]
    status, saved = sent(
        "put", f"fillings/{number}/answers", {"answers": people.SAID, "revision": begun["revision"]}
    )
    assert (status, saved["answers"]["settle_with"]) == (200, "mother")
    assert sent("put", f"fillings/{number}/answers", {"answers": {"weight": "1"}, "revision": 1})[0] == 409
    status, wrong = sent("post", f"fillings/{number}/submission", {"confirmed": False})
    assert (status, wrong["code"]) == (422, "forms.not_signed")
    status, done = sent("post", f"fillings/{number}/submission", {"confirmed": True})
    assert (status, done["document"]["weight"]) == (200, 3300)
    assert at_home.get(f"/api/forms/submissions/{number}").json()["digest"] == done["digest"]


def test_a_clerk_fills_in_at_the_window(client, mother):  # noqa: F811
    from shuzhi.pillars.security.types import Role
    from shuzhi.support.identity import services as identity
    from shuzhi.support.identity.models import Account

    identity.open_account(
        username="clerk", person="窗口", office="health-commission", division=None,
        roles=frozenset({Role.APPROVER}), password=None, by=people.SYSTEM, at=forms.NOW,
    )  # fmt: skip
    client.force_login(Account.objects.get(username="clerk"))
    assert "出生一件事" in client.get("/staff/forms/").content.decode()
    start = "/staff/forms/birth-registration/start/"
    assert client.post(start, {"subject": "123"}).status_code == 422
    page = client.post(start, {"subject": forms.MOTHER})["Location"]
    assert "王小宝" in client.get(page).content.decode()
