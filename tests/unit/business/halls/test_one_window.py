"""一窗受理 over HTTP: a number is taken and called, the clerk fills the form in with files, the case is the person's, a receipt is printed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.unit.business.halls.test_halls import install as install_hall
from tests.unit.business.halls.test_looking_up import form
from tests.unit.business.matters import cases_world as world
from tests.unit.business.matters import enclosed
from tests.unit.business.matters.cases_world import QIAN, ZHAO

from shuzhi.business.halls import services as halls
from shuzhi.business.matters import models
from shuzhi.business.matters.cases import queries
from shuzhi.foundation.outbox.services import deliver_waiting
from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import models as accounts
from shuzhi.support.identity import services as identity

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
WINDOW = "/staff/halls/city-hall/w1/"
FILES = {"papers": {"type": "array", "items": {"type": "string", "format": "file"}, "maxItems": 2}}


@pytest.fixture
def clock(monkeypatch):
    for module in (
        "public.halls.kiosk",
        "public.halls.looking_up",
        "staff.halls.views",
        "staff.matters.case",
        "filling.answering",
    ):
        monkeypatch.setattr(f"shuzhi.terminals.{module}.now", lambda: NOW)
    monkeypatch.setattr("shuzhi.terminals.staff.forms.views.now", lambda: NOW)


@pytest.fixture
def kiosk(clock, db):
    install_hall()
    client = Client()
    client.post("/kiosk/setup/", {"hall": "city-hall"})
    return client


def sign_in(username, office):
    """A clerk, who has an identity number of their own as everybody has."""
    identity.open_account(
        username=username, person="孙悦", office=office, division=None, roles=frozenset({Role.DATA_OFFICER}),
        password=None, by=world.PLATFORM, at=NOW,
    )  # fmt: skip
    identity.note_proof(username=username, scheme="resident_id", value=QIAN, by=world.PLATFORM, at=NOW)
    client = Client()
    client.force_login(accounts.Account.objects.get(username=username))
    return client


def test_from_the_number_to_the_receipt(kiosk, tmp_path):
    form(tmp_path, properties=FILES)
    world.install_reviewed(form="small", channels=["online", "window"], materials=[])
    clerk = sign_in("window", "taxation")
    ticket = kiosk.post("/kiosk/number/", {"queue": "persons"}, follow=True).content.decode()
    assert "A001" in ticket
    assert "A001" in clerk.post(f"{WINDOW}call/", follow=True).content.decode()
    clerk.post(f"{WINDOW}begin/")

    page = clerk.post(f"{WINDOW}start/", {"form": "small", "person": ZHAO}).headers["Location"]
    scan = SimpleUploadedFile("申请书.png", enclosed.png(2_000), "image/png")
    checked = clerk.post(page, {"note": "本人到场", "papers": scan, "do": "next"})
    assert checked.status_code == 302
    done = clerk.post(checked.headers["Location"], {"confirmed": "yes"})
    receipt = clerk.get(done.headers["Location"]).content.decode()
    number = re.search(r"F2026\d+", receipt)[0]
    assert halls.code_of(number) in receipt
    assert "申请书.png" in receipt

    deliver_waiting(at=NOW)
    row = models.Case.objects.get()
    assert (row.scheme, row.holder, row.channel, row.agent) == (
        "resident_id",
        ZHAO,
        "window",
        "account/window",
    )
    case = queries.submitted_case(number, at=NOW)
    office = sign_in("hr", "human-resources")
    assert office.post(f"/staff/matters/{case.number}/accept/", {"version": case.version}).status_code == 302
    clerk.post(f"{WINDOW}finish/")

    told = kiosk.post("/kiosk/cases/", {"number": number, "proof": halls.code_of(number)}).content.decode()
    assert case.number in told
    assert "办理中" in told
    assert ZHAO not in told
    assert kiosk.post("/kiosk/cases/", {"number": number, "proof": QIAN[-6:]}).status_code == 422


def test_a_form_about_nobody_begins_no_case_in_the_clerks_name(kiosk, tmp_path):
    from shuzhi.support.forms import services as filling
    from shuzhi.support.forms.types import Channel
    from shuzhi.support.identity import queries

    form(tmp_path)
    world.install_reviewed(form="small", channels=["online", "window"], materials=[])
    sign_in("window", "taxation")
    clerk = queries.actor("window")
    begun = filling.open_form(form="small", by=clerk, at=NOW, channel=Channel.WINDOW)
    filling.submit(number=begun.number, by=clerk, at=NOW, confirmed=True)
    deliver_waiting(at=NOW)

    assert models.Case.objects.count() == 0
