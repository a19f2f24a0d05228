"""Withdrawing and forgetting, looked for in every store: files, all tables, the database's own files, logs, a backup of before.

What the law keeps is named here, place by place; the value is nowhere else. The backup is the database dumped and the home
folder copied without `erasable/`, as docs/guides/keys.md asks; whoever has it may use the node's present keys too.
"""

from __future__ import annotations

import io
import shutil

import psycopg
import pytest
from django.conf import settings as django
from django.db import connection
from tests.unit.business.market import people, stores
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked, Clock, counter_at
from tests.unit.data.exchange.test_consents import FILE, SUBJECT
from tests.unit.data.exchange.world import AT, FIRM
from tests.unit.support.forms import forms
from tests.unit.support.forms import people as residents
from tests.unit.support.forms.conftest import install, registers  # noqa: F401
from tests.unit.support.forms.test_files import pdf

from shuzhi.business.market import queries, services
from shuzhi.business.market.services.consents import Choice
from shuzhi.data.exchange import services as exchange
from shuzhi.foundation.database import database_url
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit
from shuzhi.support.forms import services as filling
from shuzhi.support.identity import services as identity

GIVEN, DECLARED, ATTACHED = (
    "浙江省杭州市西湖区孤山路甲五五七号",
    "余杭塘河路九百九十九弄未婚先签",
    "/Subject (qiantang-4711-moon)",
)
DATABASE = ("postgres/",)  # its files are searched after a checkpoint, apart
REGISTER = {"registers_entity"}  # registered by law: Personal Information Protection Law, article 13 (3)


def heap(value):
    """The database's own files, the log of its changes among them, after everything was written down."""
    with psycopg.connect(database_url("superuser", home=settings().home), autocommit=True) as server:
        server.execute("CHECKPOINT")
    return stores.files_with(settings().home / "postgres", value)


@pytest.fixture
def given(transactional_db, install, registers):  # noqa: F811
    """A firm that let one office have its address, and the file that was made of it; a resident with a draft."""
    worlds.build_world()
    worlds.install_register(policy=SUBJECT, fields=[
        field | ({"policy": {"consent": people.TOPIC}, "grade": "L1"} if field["id"] == "address" else {})
        for field in worlds.REGISTER["fields"]
    ])  # fmt: skip
    worlds.add_firm("e-secret", FIRM | {"uscc": "91330182843963542R", "address": GIVEN})
    exchange.refresh_interfaces(register="legal-entity", by=worlds.PLATFORM, at=AT)
    worlds.install_interface(worlds.declare_interface(**FILE))
    people.install()
    firm = people.open_account("firm", "91330182843963542R")
    holder = queries.require_holder(firm)
    choice = Choice(queries.agreement(people.TOPIC).revision, ("taxation",), ("address",), 30)
    consent = services.give_consent(
        agreement=people.TOPIC, individual=holder.id, choice=choice, by=firm, at=AT
    )
    key = worlds.subscribe("firm-file")
    call = lambda **asked: counter_at(Clock()).send(Asked(key, asked, "firm-file"))[0]  # noqa: E731
    job = call().content["job"]
    exchange.work_on(job=job, by=worlds.PLATFORM, at=AT)

    install(lambda made: None)
    mother = residents.account(identity, "mother", forms.MOTHER)
    draft = filling.open_form(form="birth-registration", by=mother, at=AT)
    filling.save_draft(number=draft.number, answers={"child_name": DECLARED[:10]}, by=mother, at=AT)
    filling.hand_in_file(
        number=draft.number,
        field="proof",
        name="x.pdf",
        stream=io.BytesIO(pdf(ATTACHED.encode())),
        by=mother,
        at=AT,
    )
    return firm, consent, call, job, mother


def test_nothing_readable_is_left_but_what_the_law_keeps(given, tmp_path):
    firm, consent, call, job, mother = given
    home, name = settings().home, DECLARED[:10]
    copy = f"exchange/files/{job}.csv"
    with call(job=str(job)).file.open() as file:
        assert GIVEN.encode() in file.read()

    assert stores.files_with(home, GIVEN, without=DATABASE) == {copy}
    assert stores.tables_with(GIVEN) == REGISTER
    assert stores.tables_with(name) == {"forms_filling"}
    (attached,) = stores.files_with(home, ATTACHED, without=DATABASE)
    assert GIVEN.encode() not in (home / copy).read_bytes(), "sealed from the first byte"
    assert ATTACHED.encode() not in (home / attached).read_bytes()
    assert not heap(name), "a draft is never written in clear, not even into the database's log of changes"

    backup = tmp_path / "backup"
    shutil.copytree(home, backup, ignore=shutil.ignore_patterns("postgres", "erasable", "*.sock*"))
    dumped = stores.dump(tmp_path / "dump.sql", _url())
    assert stores.files_with(backup, ATTACHED) == {attached}
    assert stores.files_with(backup, GIVEN) == {copy}, (
        "with the node's keys it can be read until they are destroyed"
    )
    assert stores.holds(dumped, name)

    services.withdraw_consent(consent=consent.id, by=firm, at=AT)
    services.know_holder(by=mother, at=AT)
    receipt = services.forget_me(by=mother, at=AT)
    while outbox.deliver_waiting(at=AT):
        pass

    assert (receipt.drafts, receipt.files) == (1, 1)
    assert call(job=str(job)).status == 410
    assert stores.files_with(home, GIVEN, without=DATABASE) == set()
    assert stores.files_with(home, name, without=DATABASE) == set()
    assert stores.tables_with(GIVEN) == REGISTER
    assert stores.tables_with(name) == set()
    assert stores.files_with(home, ATTACHED, without=DATABASE) == set()
    assert not heap(name)
    assert stores.files_with(backup, GIVEN) == set(), "the copy in the backup is noise now"
    assert (backup / copy).exists()
    assert stores.files_with(backup, name) == set()
    assert not stores.holds(dumped, name)
    assert stores.files_with(backup, ATTACHED) == set(), "each file of a draft had a key of its own"
    assert (backup / attached).exists()
    assert audit.verify().verified


def _url():
    database = django.DATABASES["default"]
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{connection.settings_dict['NAME']}"
