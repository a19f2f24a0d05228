"""Handed-in files and submissions: who may read them, and how long they are kept."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from tests.unit.support.forms import forms, people

from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.forms import models, queries, services
from shuzhi.support.forms.errors import NoSuchFilling, OnlyForTask
from shuzhi.support.forms.types import State

pytestmark = pytest.mark.django_db
AT = forms.NOW
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae426082"
)
OFFICER = Actor("account/h", office="health-commission", roles=frozenset({Role.DATA_OFFICER}))
STRANGER = Actor("account/t", office="taxation", roles=frozenset({Role.DATA_OFFICER}))


@pytest.fixture
def filled(mother):
    begun = services.open_form(form="birth-registration", by=mother, at=AT)
    services.save_draft(number=begun.number, answers=people.SAID, by=mother, at=AT)
    file = services.hand_in_file(
        number=begun.number, field="proof", name="证明.png", stream=io.BytesIO(PNG), by=mother, at=AT
    )
    return begun.number, file


def read(filled, by):
    number, file = filled
    found, content = services.open_file(number=number, field="proof", sha256=file.sha256, by=by, at=AT)
    with content:
        assert content.read() == PNG
    return found


class TestFiles:
    def test_the_person_reads_their_own(self, filled, mother):
        assert read(filled, mother).name == "证明.png"

    def test_the_office_reads_it_once_it_is_submitted(self, filled, mother):
        with pytest.raises(NoSuchFilling):
            read(filled, OFFICER)
        services.submit(number=filled[0], by=mother, at=AT, confirmed=True)
        assert read(filled, OFFICER).kind == "png"

    def test_others_do_not(self, filled, mother):
        services.submit(number=filled[0], by=mother, at=AT, confirmed=True)
        with pytest.raises(Forbidden):
            read(filled, STRANGER)

    def test_a_file_that_is_not_there_is_not_there(self, filled, mother):
        with pytest.raises(NoSuchFilling):
            services.open_file(number=filled[0], field="proof", sha256="0" * 64, by=mother, at=AT)


class TestList:
    def test_an_office_sees_what_was_submitted_to_its_forms(self, filled, mother):
        assert queries.submissions(by=OFFICER) == ([], 0)
        services.submit(number=filled[0], by=mother, at=AT, confirmed=True)

        (line,), total = queries.submissions(by=OFFICER, text=filled[0][:6].lower())
        assert (line.number, line.files, line.corrected, total) == (filled[0], 1, 0, 1)
        assert queries.submissions(by=OFFICER, text="F1999")[1] == 0
        assert queries.submissions(by=OFFICER, page=2) == ([], 1)
        assert queries.submissions(by=STRANGER) == ([], 0)

    def test_residents_see_no_list(self, mother):
        with pytest.raises(Forbidden):
            queries.submissions(by=mother)


class TestRetention:
    def test_a_draft_that_nobody_went_on_with_is_emptied(self, filled, mother):
        assert services.remove_expired(by=people.SYSTEM, at=AT + timedelta(days=89)).drafts == 0
        assert services.remove_expired(by=people.SYSTEM, at=AT + timedelta(days=91)).drafts == 1

        row = models.Filling.objects.get(number=filled[0])
        assert (row.state, row.answers, row.known) == (State.WITHDRAWN, {}, {})
        assert not row.files.exists()
        assert services.remove_expired(by=people.SYSTEM, at=AT + timedelta(days=92)).drafts == 0

    def test_submissions_are_kept_as_declared(self, filled, mother, install):
        services.submit(number=filled[0], by=mother, at=AT, confirmed=True)
        later = AT + timedelta(days=3 * 366)
        assert services.remove_expired(by=people.SYSTEM, at=later).submissions == 0
        install(lambda made: made.update(retention={"submission_years": 2}))

        assert services.remove_expired(by=people.SYSTEM, at=later).submissions == 1
        kept = queries.submission(filled[0], by=mother, at=later)
        assert kept.document == {}
        assert kept.digest
        assert kept.signature

    def test_nobody_else_removes(self, filled):
        with pytest.raises(Forbidden):
            services.remove_expired(by=OFFICER, at=AT)


def test_a_form_of_tasks_is_begun_from_a_task_only(mother, install):
    install(lambda made: made.update(within="task"))
    assert queries.forms() == []
    with pytest.raises(OnlyForTask):
        services.open_form(form="birth-registration", by=mother, at=AT)
    assert services.open_form(form="birth-registration", by=mother, at=AT, task="task/1").task == "task/1"
