"""A form from opening to submission, as the person at the other end meets it."""

from __future__ import annotations

import json

import pytest
from tests.unit.support.forms import forms, people

from shuzhi.pillars.security.errors import Forbidden, NotSignedIn
from shuzhi.pillars.security.types import PUBLIC
from shuzhi.support.forms import queries, services
from shuzhi.support.forms.errors import (
    AlreadySubmitted,
    AnswersWrong,
    FormChanged,
    NoProof,
    NoSuchFilling,
    NoSuchForm,
    NotForYou,
    NotSigned,
    StaleFilling,
)
from shuzhi.support.forms.types import Channel

FORM = "birth-registration"
AT = forms.NOW


def begin(who, **more):
    return services.open_form(form=FORM, by=who, at=AT, **more)


def fill(who, **more):
    filling = begin(who)
    return services.save_draft(number=filling.number, answers=people.SAID | more, by=who, at=AT)


def submit(filling, who, **more):
    return services.submit(**{"number": filling.number, "by": who, "at": AT, "confirmed": True} | more)


def entries(action):
    from shuzhi.pillars.security import models

    return list(models.AuditEntry.objects.filter(action=action).order_by("id"))


def events():
    from shuzhi.foundation.outbox.models import Message

    return list(Message.objects.filter(event="FormSubmitted").values_list("payload", flat=True))


class TestOpening:
    def test_what_government_knows_is_filled_in_with_its_source(self, mother):
        filling = begin(mother)

        assert filling.answers["mother_name"] == "李娜"
        assert filling.answers["child_born_on"] == "2026-11-10"  # the day in China, not of UTC
        assert filling.answers["father_name"] == "王强"
        assert filling.known["mother_name"].office == people.POLICE
        assert filling.known["certificate"].office == people.HEALTH
        assert filling.corrected == []

    def test_nothing_that_is_known_is_asked(self, mother):
        filling = fill(mother)
        assert submit(filling, mother).document["mother_id"] == forms.MOTHER
        assert set(people.SAID).isdisjoint(filling.known)

    def test_beginning_again_goes_on_with_the_draft(self, mother):
        first = fill(mother)
        again = begin(mother)
        assert (again.number, again.answers["settle_with"]) == (first.number, "mother")

    def test_another_task_is_another_filling(self, mother):
        assert begin(mother).number != begin(mother, task="process/7").number

    def test_who_has_proven_nothing_is_told_where_to(self, mother):
        from shuzhi.support.identity import services as identity

        with pytest.raises(NoProof):
            begin(people.account(identity, "unknown", None))

    def test_nobody_and_staff_are_refused(self, mother):
        with pytest.raises(NotSignedIn):
            begin(PUBLIC)
        with pytest.raises(NotForYou):
            begin(people.CLERK)
        with pytest.raises(NoSuchForm):
            services.open_form(form="no-such", by=mother, at=AT)

    def test_a_clerk_fills_in_for_a_person(self, mother, registers):
        filling = begin(people.CLERK, channel=Channel.WINDOW, subject=forms.MOTHER)
        assert filling.answers["mother_name"] == "李娜"
        assert registers.asked[-1] == ("population", False)
        with pytest.raises(Forbidden):
            begin(mother, channel=Channel.WINDOW, subject=forms.FATHER)

    def test_a_register_that_is_down_is_named_and_asked_again(self, mother, registers):
        registers.down.add("births")
        filling = begin(mother)
        assert filling.down == ("births",)
        assert "child_name" not in filling.answers
        services.save_draft(number=filling.number, answers={"weight": "3100"}, by=mother, at=AT)

        registers.down.clear()
        back = services.resume(number=filling.number, by=mother, at=AT)

        assert (back.down, back.answers["child_name"], back.answers["weight"]) == ((), "王小宝", "3100")
        assert back.corrected == ["weight"]

    def test_without_registers_a_form_can_still_be_filled_in(self, mother, registers):
        registers.down |= {"births", "population"}
        filling = begin(mother)
        assert (filling.answers, filling.down) == ({}, ("population", "births"))


class TestSaving:
    def test_wrong_answers_are_kept_as_they_are(self, mother):
        filling = fill(mother, mother_phone="123", weight="heavy")
        assert (filling.answers["mother_phone"], filling.answers["weight"]) == ("123", "heavy")

    def test_what_is_not_asked_or_computed_is_not_kept(self, mother):
        filling = fill(mother, unheard_of="x", late="true", proof=["0" * 64])
        assert {"unheard_of", "late", "proof"}.isdisjoint(filling.answers)

    def test_text_that_no_database_holds_is_kept_without_harm(self, mother):
        assert fill(mother, address="a\x00b\ud800c").answers["address"] == "a\ufffdb\ufffdc"

    def test_another_device_s_answers_are_not_written_over(self, mother):
        filling = begin(mother)
        services.save_draft(
            number=filling.number, answers={"weight": "1"}, by=mother, at=AT, revision=filling.revision
        )
        with pytest.raises(StaleFilling):
            services.save_draft(
                number=filling.number, answers={"weight": "2"}, by=mother, at=AT, revision=filling.revision
            )

    def test_saving_the_same_again_changes_nothing(self, mother):
        filling = fill(mother)
        assert fill(mother).revision == filling.revision

    def test_others_see_nothing_of_it(self, mother):
        from shuzhi.support.identity import services as identity

        stranger = people.account(identity, "stranger", forms.FATHER)
        filling = fill(mother)
        for number in (filling.number, "F0", "x" * 500):
            with pytest.raises(NoSuchFilling):
                queries.filling(number, by=stranger)
        for call in (services.resume, services.withdraw):
            with pytest.raises(NoSuchFilling):
                call(number=filling.number, by=stranger, at=AT)
        with pytest.raises(NoSuchFilling):
            submit(filling, stranger)

    def test_a_draft_can_be_given_up(self, mother):
        filling = fill(mother)
        services.withdraw(number=filling.number, by=mother, at=AT)
        assert queries.filling(filling.number, by=mother).answers == {}
        with pytest.raises(AlreadySubmitted):
            submit(filling, mother)


class TestNewVersion:
    def test_a_draft_is_carried_over_and_what_is_lost_is_said(self, mother, install):
        filling = fill(mother, weight="3100")

        def change(made):
            del made["schema"]["properties"]["weight"]
            fields = made["layout"]["pages"][0]["sections"][0]["fields"]
            made["layout"]["pages"][0]["sections"][0]["fields"] = [
                each for each in fields if each["field"] != "weight"
            ]
            for each in made["prefill"]:
                each["fields"].pop("weight", None)
            made["version"] = "3"

        install(change)
        back = services.resume(number=filling.number, by=mother, at=AT)

        assert (back.version, dict(back.lost)) == ("3", {"出生体重（克）": "3100"})
        assert back.answers["settle_with"] == "mother"
        assert entries("forms.carried_over")[0].facts["lost"] == ["weight"]

    def test_submitting_an_old_version_shows_the_new_one_first(self, mother, install):
        filling = fill(mother)
        install(lambda made: made.update(version="3"))
        with pytest.raises(FormChanged):
            submit(filling, mother)
        assert submit(filling, mother).version == queries.current_version(FORM)

    def test_a_field_of_another_kind_is_lost(self, mother, install):
        filling = fill(mother)
        install(lambda made: made["schema"]["properties"].update(address={"type": "integer"}))
        back = services.resume(number=filling.number, by=mother, at=AT)
        assert "address" not in back.answers
        assert list(back.lost) == ["落户地址"]


class TestSubmitting:
    def test_it_is_signed_audited_and_published_once(self, mother):
        filling = fill(mother)
        first = submit(filling, mother)
        again = submit(filling, mother, at=AT.replace(hour=9))

        assert again == first
        assert [each["submission"] for each in events()] == [filling.number]
        assert events()[0] | {"at": ""} == {
            "form": FORM, "version": first.version, "submission": filling.number, "subject": "account/mother",
            "task": "", "at": "",
        }  # fmt: skip
        assert len(entries("forms.submitted")) == 1
        assert queries.is_signed(filling.number)

    def test_a_changed_document_is_not_what_was_signed(self, mother):
        from shuzhi.support.forms import models

        filling = fill(mother)
        submit(filling, mother)
        row = models.Submission.objects.get(number=filling.number)
        row.document = row.document.replace("王小宝", "王大宝")
        row.save()
        assert not queries.is_signed(filling.number)

    def test_hidden_answers_are_dropped(self, mother):
        filling = fill(mother, with_father="false", late_reason="因故一直没有来得及办理")
        document = submit(filling, mother).document
        assert {"father_name", "father_id", "late_reason"}.isdisjoint(document)
        assert document["late"] is False

    def test_a_correction_is_kept_beside_what_was_known(self, mother):
        filling = fill(mother, mother_phone="13900000000", weight="3,200")
        done = submit(filling, mother)
        assert done.document["weight"] == 3200
        assert done.corrected == {
            "mother_phone": {"register": "population", "known": "13812345678", "stated": "13900000000"},
            "weight": {"register": "births", "known": "3300", "stated": "3200"},
        }
        assert entries("forms.submitted")[0].facts["corrected"] == ["mother_phone", "weight"]

    def test_what_is_wrong_is_named_at_each_field(self, mother):
        filling = fill(mother, mother_phone="123", settle_with="", father_id=forms.MOTHER)
        with pytest.raises(AnswersWrong) as caught:
            submit(filling, mother)
        assert [(each.field, each.code) for each in caught.value.faults] == [
            ("mother_phone", "phone"), ("settle_with", "required"), ("father_id", "constraint/two-parents"),
        ]  # fmt: skip
        assert events() == []

    def test_the_whole_schema_is_asked_too(self, mother, install):
        install(lambda made: made["schema"].update({"not": {"required": ["weight"]}}))
        filling = fill(mother)
        with pytest.raises(AnswersWrong) as caught:
            submit(filling, mother)
        assert caught.value.faults[0].code == "schema"

    def test_the_statement_must_be_confirmed(self, mother):
        with pytest.raises(NotSigned):
            submit(fill(mother), mother, confirmed=False)

    def test_nothing_changes_afterwards(self, mother):
        filling = fill(mother)
        submit(filling, mother)
        with pytest.raises(AlreadySubmitted):
            services.save_draft(number=filling.number, answers={"weight": "1"}, by=mother, at=AT)

    def test_no_value_stands_in_the_audit_log(self, mother):
        submit(fill(mother), mother)
        from shuzhi.pillars.security import models

        told = json.dumps([each.facts for each in models.AuditEntry.objects.all()], ensure_ascii=False)
        assert all(value not in told for value in ("李娜", forms.MOTHER, "13812345678", "文三路"))

    def test_staff_of_the_office_read_by_grade_and_others_nothing(self, mother):
        filling = fill(mother)
        submit(filling, mother)
        seen = queries.submission(filling.number, by=people.CLERK, at=AT).document
        assert seen["mother_name"] == "李娜"
        assert seen["mother_id"] != forms.MOTHER
        with pytest.raises(Forbidden):
            queries.submission(filling.number, by=people.OTHER_CLERK, at=AT)


def test_of_two_submissions_at_once_one_waits(mother):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    filling = fill(mother)
    with CaptureQueriesContext(connection) as asked:
        submit(filling, mother)
    first = next(each["sql"] for each in asked if "forms_filling" in each["sql"])
    assert first.endswith('FOR UPDATE OF "forms_filling"')
