"""A credential from issuing to revoking, as offices, processes and holders meet it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.unit.support.credentials import holders
from tests.unit.support.credentials.holders import AT, CLERK, FACTS, INSPECTOR, LEADER, MOTHER, OFFICE, OTHER

from shuzhi.foundation.outbox.models import Message
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.support.credentials import errors, queries, services
from shuzhi.support.credentials.types import State
from shuzhi.support.workflow.processes import registry

pytestmark = pytest.mark.django_db


def verify(number, at=AT):
    return services.verify(document=queries.signed(number).compact, at=at)


class TestIssue:
    def test_issues_what_anyone_can_check(self, issued):
        found = verify(issued.number)

        assert found.shows == FACTS | {"holder": f"resident_id/{MOTHER}"}
        assert (found.kind, found.title.zh, found.number) == (
            "birth-certificate",
            "出生医学证明",
            issued.number,
        )
        assert issued.number.startswith("CSYX2026")
        assert issued.until.date().isoformat() == "2036-11-19"

    def test_notes_whom_it_is_about_and_tells_nobody_else(self, issued):
        entry = AuditEntry.objects.get(action="credentials.issued")
        assert entry.subjects == [node_reference("resident_id", MOTHER)]
        assert MOTHER not in str(entry.facts)
        assert Message.objects.get(event="CredentialIssued").payload["number"] == issued.number

    @pytest.mark.parametrize(
        ("changes", "said"),
        [({"weight": "3.5"}, "不是整数"), ({"born_on": "2026-02-30"}, "不是日期"), ({"child": ""}, "缺少"), ({"x": 1}, "没有内容项")],
    )  # fmt: skip
    def test_refuses_facts_that_do_not_fit(self, db, changes, said):
        holders.install()
        with pytest.raises(errors.FactsWrong) as refused:
            holders.issue(**changes)
        assert said in refused.value.message_zh

    @pytest.mark.parametrize("subject", ["330102199003078801", "uscc/91350100M000100Y43", "", "x/y"])
    def test_refuses_a_holder_who_is_none(self, db, subject):
        holders.install()
        with pytest.raises(errors.SubjectWrong):
            holders.issue(subject=subject)

    def test_only_the_office_of_the_kind_issues(self, db):
        holders.install()
        facts = {"kind": "birth-certificate", "subject": MOTHER, "facts": FACTS, "at": AT}
        with pytest.raises(Forbidden):
            services.issue(**facts, office=OFFICE, by=INSPECTOR)
        with pytest.raises(errors.NotThisOffice):
            services.issue(**facts, office="education", by=INSPECTOR)
        with pytest.raises(Forbidden):
            services.issue(**facts, office="education", by=LEADER)

    def test_the_same_result_gives_one_credential(self, db):
        holders.install()
        told = registry.ServiceCall(
            {"kind": "birth-certificate", "facts": FACTS}, 9, f"resident_id/{MOTHER}", OFFICE, CLERK, AT
        )
        first, second = (registry.call("credentials.issue", told) for _ in range(2))
        assert first == second
        assert len(queries.credentials_of("resident_id", MOTHER)) == 1

    def test_a_process_hears_why_not(self, db):
        told = registry.ServiceCall({"kind": "nothing"}, 9, MOTHER, OFFICE, CLERK, AT)
        with pytest.raises(registry.ServiceRefused) as refused:
            registry.call("credentials.issue", told)
        assert refused.value.code == "credentials.no_such_kind"

    def test_a_kind_may_say_until_when(self, db):
        holders.install(validity={"until": "born_on"})
        assert holders.issue().until.isoformat() == "2026-11-20T16:00:00+00:00"


class TestStanding:
    def test_suspended_resumed_revoked(self, issued):
        number, facts = issued.number, {"reason": "信息有误", "by": CLERK, "at": AT}
        services.suspend(number=number, **facts)
        with pytest.raises(errors.Suspended):
            verify(number)
        services.resume(number=number, **facts)
        assert verify(number).number == number
        assert services.revoke(number=number, **facts).state is State.REVOKED
        with pytest.raises(errors.Revoked):
            verify(number)
        with pytest.raises(errors.StateForbids):
            services.resume(number=number, **facts)

    def test_needs_a_reason_and_the_right(self, issued):
        with pytest.raises(errors.ReasonMissing):
            services.revoke(number=issued.number, reason=" ", by=CLERK, at=AT)
        with pytest.raises(Forbidden):
            services.revoke(number=issued.number, reason="x", by=INSPECTOR, at=AT)

    def test_runs_out(self, issued):
        with pytest.raises(errors.Expired):
            verify(issued.number, AT + timedelta(days=3652))


class TestReuse:
    def ask(self, **changes):
        said = {"kind": "birth-certificate", "subject": MOTHER, "fields": ["child"], "purpose": "入学报名"}
        return services.ask(**said | changes, by=INSPECTOR, at=AT)

    def answer(self, service, use, holder=MOTHER):
        return service(use=use.id, holder=("resident_id", holder), by=holders.HOLDER, at=AT)

    def test_gives_what_was_asked_once_the_holder_agrees(self, issued):
        asked = self.ask()
        with pytest.raises(errors.NotAsked):
            services.use(use=asked.id, by=INSPECTOR, at=AT)
        with pytest.raises(errors.NotAsked):
            self.answer(services.agree, asked, OTHER)
        self.answer(services.agree, asked)

        used, facts = services.use(use=asked.id, by=INSPECTOR, at=AT)

        assert facts == {"child": "林小满"}
        assert used.state == "used"
        entry = AuditEntry.objects.get(action="credentials.used")
        assert (entry.purpose, entry.subjects) == ("入学报名", [node_reference("resident_id", MOTHER)])
        figures = queries.reuse_figures(since=AT, until=AT + timedelta(days=1))
        assert (figures.asked, figures.used, dict(figures.by_office)) == (1, 1, {"education": 1})

    def test_a_refusal_holds_and_so_does_time(self, issued):
        refused, late = self.ask(), self.ask()
        self.answer(services.refuse, refused)
        with pytest.raises(errors.NotAsked):
            self.answer(services.agree, refused)
        self.answer(services.agree, late)
        with pytest.raises(errors.NotAsked):
            services.use(use=late.id, by=INSPECTOR, at=AT + timedelta(days=2))

    def test_other_offices_and_revoked_credentials_give_nothing(self, issued):
        asked = self.ask()
        self.answer(services.agree, asked)
        with pytest.raises(errors.NotAsked):
            services.use(use=asked.id, by=CLERK, at=AT)
        services.revoke(number=issued.number, reason="x", by=CLERK, at=AT)
        with pytest.raises(errors.Revoked):
            services.use(use=asked.id, by=INSPECTOR, at=AT)

    @pytest.mark.parametrize("changes", [{"purpose": " "}, {"fields": []}, {"fields": ["nothing"]}])
    def test_says_what_for(self, issued, changes):
        with pytest.raises(errors.PurposeMissing):
            self.ask(**changes)
