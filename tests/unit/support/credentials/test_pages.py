"""What holders, clerks and everyone else do on the pages of credentials."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.unit.support.credentials import holders
from tests.unit.support.credentials.holders import CLERK, INSPECTOR, LEADER, MOTHER, PLATFORM

from shuzhi.business.market import services as market
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.types import Role
from shuzhi.support.credentials import queries, services
from shuzhi.support.identity import services as identity
from shuzhi.support.identity.models import Account

pytestmark = pytest.mark.django_db


def sign_in(client, actor, *, number=None):
    name = actor.name.removeprefix("account/")
    identity.open_account(
        username=name, person=actor.title, office=actor.office, division=None, roles=actor.roles, password=None,
        by=PLATFORM, at=now(),
    )  # fmt: skip
    if number:
        market.bind_account(
            username=name, scheme="resident_id", value=number, evidence="窗口核验", by=PLATFORM, at=now()
        )
    client.force_login(Account.objects.get(username=name))
    return client


@pytest.fixture
def held(db):
    holders.install()
    return holders.issue(at=now())


@pytest.fixture
def mother(client, held):
    return sign_in(client, holders.HOLDER, number=MOTHER)


def text(answer):
    return answer.content.decode()


class TestEveryone:
    def test_checks_by_text_and_by_file(self, held, client):
        assert "核验证照" in text(client.get("/verify/"))
        shown = queries.signed(held.number).showing(["child"])
        found = text(client.post("/verify/", {"text": shown.compact}))
        assert "真实、有效" in found
        assert "林小满" in found
        assert "2026-11-20" not in found
        file = SimpleUploadedFile("x.json", shown.file.encode())
        assert "真实、有效" in text(client.post("/verify/", {"file": file}))

    def test_hears_why_not(self, held, client):
        wrong = client.post("/verify/", {"text": queries.signed(held.number).compact[:-9] + "~"})
        assert wrong.status_code == 422
        services.revoke(number=held.number, reason="x", by=CLERK, at=now())
        assert "该证照已吊销" in text(client.post("/verify/", {"text": queries.signed(held.number).compact}))
        assert client.post("/verify/", {"text": "\0"}).status_code == 422


class TestHolder:
    def test_holds_shows_and_downloads(self, mother, held):
        assert held.number in text(mother.get("/my/credentials/"))
        assert "林小满" in text(mother.get(f"/my/credentials/{held.number}/"))
        assert mother.get(f"/my/credentials/{held.number}/pdf").content.startswith(b"%PDF-")
        part = mother.post(f"/my/credentials/{held.number}/part", {"fields": ["born_on"]})
        assert dict(services.verify(document=part.content, at=now()).shows) == {"born_on": "2026-11-20"}

    def test_shows_a_code_that_a_clerk_reads_once(self, mother, held, client):
        assert "还没有选择" in text(mother.get("/my/code/"))
        assert mother.get("/my/code/codes.json").status_code == 422
        mother.post("/my/code/", {"shown": [held.number]})
        page = text(mother.get("/my/code/"))
        assert page.count("<svg") >= 10
        assert len(mother.get("/my/code/codes.json").json()["codes"]) == 10

    def test_answers_who_asks(self, mother, held, django_user_model):
        asked = services.ask(
            kind="birth-certificate",
            subject=MOTHER,
            fields=["child"],
            purpose="入学报名",
            by=INSPECTOR,
            at=now(),
        )
        assert "入学报名" in text(mother.get("/my/credentials/"))
        mother.post(f"/my/credentials/uses/{asked.id}/", {"do": "agree"})
        assert "持证人已同意" in text(mother.get(f"/my/credentials/{held.number}/"))

    def test_sees_nobody_elses(self, client, held):
        other = sign_in(client, holders.HOLDER, number=holders.OTHER)
        for path in ("", "pdf", "part"):
            answer = (
                other.get(f"/my/credentials/{held.number}/{path}")
                if path != "part"
                else other.post(f"/my/credentials/{held.number}/part")
            )
            assert answer.status_code == 404
        assert held.number not in text(other.get("/my/credentials/"))

    @pytest.mark.parametrize(
        "path", ["/my/credentials/", "/my/code/", "/my/credentials/X1/", "/my/code/codes.json"]
    )
    def test_signs_in_first(self, db, client, path):
        assert client.get(path).status_code == 302


class TestClerk:
    def test_looks_and_ends(self, client, held):
        sign_in(client, CLERK)
        assert held.number in text(client.get("/staff/credentials/"))
        assert held.number not in text(client.get("/staff/credentials/?state=revoked"))
        assert "林小满" in text(client.get(f"/staff/credentials/{held.number}/"))
        turning = f"/staff/credentials/{held.number}/turn/"
        assert client.post(turning, {"to": "revoked", "reason": ""}).status_code == 422
        assert client.post(turning, {"to": "revoked", "reason": "信息有误"}).status_code == 302
        assert queries.credential(held.number).state == "revoked"

    def test_of_another_office_sees_less_and_ends_nothing(self, client, held):
        sign_in(client, LEADER)
        page = text(client.get(f"/staff/credentials/{held.number}/"))
        assert "林小满" not in page
        assert "变更状态" not in page
        assert client.post(f"/staff/credentials/{held.number}/turn/", {"to": "revoked"}).status_code == 403

    def test_asks_instead_of_paper(self, client, held):
        sign_in(client, INSPECTOR)
        asking = {"subject": MOTHER, "purpose": "入学报名", "what": ["birth-certificate/child"]}
        assert client.post("/staff/credentials/ask/", asking | {"purpose": ""}).status_code == 422
        assert client.post("/staff/credentials/ask/", asking).status_code == 302
        [asked] = queries.uses_by("education")
        reading = f"/staff/credentials/uses/{asked.id}/"
        assert client.post(reading).status_code == 409
        services.agree(use=asked.id, holder=("resident_id", MOTHER), by=holders.HOLDER, at=now())
        assert "林小满" in text(client.post(reading))

    def test_scans(self, client, held):
        from shuzhi.support.credentials.services.codes import codes

        me = ("resident_id", MOTHER)
        services.show_on_code(holder=me, shown={held.number: ["child"]}, by=holders.HOLDER, at=now())
        sign_in(client, INSPECTOR)
        code = {"code": codes(holder=me, at=now(), many=1)[0].text}
        found = text(client.post("/staff/credentials/scan/", code))
        assert re.search("码真实、有效.*林小满", found, re.DOTALL)
        assert client.post("/staff/credentials/scan/", code).status_code == 409


def test_roles_that_none_needs_get_in_nowhere(db, client):
    sign_in(client, holders.HOLDER)
    for path in ("", "ask/", "scan/"):
        assert client.get(f"/staff/credentials/{path}").status_code == 403
    assert Role.RESIDENT in holders.HOLDER.roles
