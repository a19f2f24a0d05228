from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.unit.support.workflow.people import (
    APPROVER,
    ASKER,
    BUREAU,
    FRIDAY,
    INSTALLER,
    LEADER,
    OFFICER,
    PLATFORM,
    declared,
)

from shuzhi.foundation.outbox.models import Message
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.support.workflow import models, queries, services
from shuzhi.support.workflow.errors import (
    ActionNotAllowedHere,
    EvidenceMissing,
    NoSuchDossier,
    NoSuchLoop,
    Stale,
)
from shuzhi.support.workflow.types import DueReason

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def act(dossier, action, by, at=FRIDAY, **more):
    return services.act(dossier=dossier.id, action=action, by=by, at=at, **more)


class TestOpenDossier:
    def test_is_due_on_the_next_working_day_even_if_that_is_a_worked_sunday(self, open_issue):
        opened = open_issue(at=FRIDAY)

        assert opened.due_on == date(2026, 9, 20)
        assert opened.due_reason is DueReason.RUNNING

    def test_counts_days_of_china_not_of_greenwich(self, open_issue):
        late_evening = datetime.fromisoformat("2026-09-14T16:30:00+00:00")  # half past midnight of the 15th

        assert open_issue(at=late_evening).due_on == date(2026, 9, 16)

    def test_a_year_that_is_not_published_has_no_due_day_but_a_reason(self, open_issue):
        opened = open_issue(at=datetime.fromisoformat("2031-05-05T02:00:00+00:00"))

        assert (opened.due_on, opened.due_reason) == (None, DueReason.NOT_PUBLISHED)

    def test_needs_a_loop_that_is_installed(self, db):
        with pytest.raises(NoSuchLoop) as refusal:
            queries.loop("quality-issue")

        assert "quality-issue" in refusal.value.message_zh

    def test_tells_the_outbox_and_the_audit_log(self, open_issue):
        opened = open_issue()

        message = Message.objects.get(event="DossierOpened")
        assert message.payload["dossier"] == opened.id
        assert message.payload["due_on"] == "2026-09-20"
        assert AuditEntry.objects.filter(action="workflow.opened", target=f"dossier/{opened.id}").exists()


class TestAct:
    def test_moves_the_dossier_and_writes_its_history(self, open_issue):
        opened = open_issue()

        moved = act(opened, "correct", OFFICER, evidence={"batch": "b7"}, note=" 已补齐 ")

        assert (moved.state, moved.version) == ("corrected", 2)
        first, second = queries.history(opened.id)
        assert (first.seq, first.action, first.state) == (1, None, "open")
        assert (second.origin, second.state, second.note, second.evidence) == (
            "open",
            "corrected",
            "已补齐",
            {"batch": "b7"},
        )
        assert (second.by, second.by_title, second.office) == ("account/officer", "陈静", "market-regulation")

    def test_refuses_an_action_that_does_not_start_here(self, open_issue):
        opened = open_issue()

        with pytest.raises(ActionNotAllowedHere) as refusal:
            act(opened, "uphold", BUREAU, note="x")

        assert "待整改" in refusal.value.message_zh
        assert "申诉" in refusal.value.message_zh
        assert "Submit the correction" in str(refusal.value)

    def test_refuses_another_office_and_says_whose_step_it_is(self, open_issue):
        with pytest.raises(Forbidden) as refusal:
            act(open_issue(), "correct", ASKER, evidence={"batch": "b7"})

        assert "market-regulation" in refusal.value.message_zh

    def test_refuses_a_colleague_without_the_role(self, open_issue):
        with pytest.raises(Forbidden):
            act(open_issue(), "correct", APPROVER, evidence={"batch": "b7"})

    def test_refuses_a_leader_and_even_the_platform_in_an_offices_name(self, open_issue):
        opened = open_issue()

        for actor in (LEADER, PLATFORM, INSTALLER):
            with pytest.raises(Forbidden):
                act(opened, "correct", actor, evidence={"batch": "b7"})

    @pytest.mark.parametrize("given", [{}, {"evidence": {}}, {"note": "done"}])
    def test_refuses_without_evidence(self, open_issue, given):
        with pytest.raises(EvidenceMissing) as refusal:
            act(open_issue(), "correct", OFFICER, **given)

        assert "佐证材料" in refusal.value.message_zh

    def test_a_note_of_spaces_is_no_note(self, open_issue):
        with pytest.raises(EvidenceMissing):
            act(open_issue(), "appeal", OFFICER, note="  \n")

    def test_refuses_who_decides_on_what_has_changed(self, open_issue):
        opened = open_issue()
        act(opened, "appeal", OFFICER, note="数据无误", version=opened.version)

        with pytest.raises(Stale) as refusal:
            act(opened, "correct", OFFICER, evidence={"batch": "b"}, version=opened.version)

        assert refusal.value.facts == {"dossier": opened.id, "read": 1, "now": 2}

    def test_a_refused_step_leaves_nothing_behind(self, open_issue):
        opened = open_issue()
        with pytest.raises(EvidenceMissing):
            act(opened, "correct", OFFICER)

        assert queries.dossier(opened.id) == opened
        assert len(queries.history(opened.id)) == 1
        assert not Message.objects.filter(event="DossierMoved").exists()

    def test_the_platform_closes_what_is_corrected(self, open_issue):
        opened = open_issue()
        act(opened, "correct", OFFICER, evidence={"batch": "b7"})

        closed = act(opened, "close", PLATFORM, at=FRIDAY + DAY, evidence={"run": 3})

        assert closed.closed_at == FRIDAY + DAY
        assert not closed.is_open
        assert Message.objects.get(event="DossierClosed").payload["state"] == "closed"

    def test_nothing_moves_a_closed_dossier(self, open_issue):
        opened = open_issue()
        act(opened, "close", PLATFORM, evidence={"run": 3})

        with pytest.raises(ActionNotAllowedHere) as refusal:
            act(opened, "correct", OFFICER, evidence={"batch": "b7"})

        assert "现在可办理：无" in refusal.value.message_zh

    def test_of_a_dossier_that_does_not_exist(self, loops):
        with pytest.raises(NoSuchDossier):
            services.act(dossier=10**9, action="correct", by=OFFICER, at=FRIDAY)


class TestClock:
    def test_an_appeal_stops_it_and_its_dismissal_gives_back_what_was_left(self, open_issue):
        opened = open_issue(at=FRIDAY)

        appealed = act(opened, "appeal", OFFICER, note="数据无误")
        dismissed = act(opened, "dismiss", BUREAU, at=FRIDAY + 11 * DAY, note="请按规范填写")

        assert (appealed.due_on, appealed.due_reason) == (None, DueReason.STOPPED)
        assert dismissed.due_on == date(2026, 9, 30)

    def test_stopping_it_forgives_nothing_that_is_late(self, open_issue):
        opened = open_issue(at=FRIDAY)

        appealed = act(opened, "appeal", OFFICER, at=FRIDAY + 5 * DAY, note="数据无误")

        assert appealed.due_on == date(2026, 9, 20)

    def test_what_is_granted_is_due_no_more(self, ask):
        asked = ask()
        act(asked, "owner-approve", APPROVER)
        granted = act(asked, "bureau-approve", BUREAU)

        assert granted.due_on is None
        assert granted.is_open


class TestDefinitions:
    def test_a_dossier_keeps_the_definition_it_began_with(self, open_issue):
        opened = open_issue()
        old = declared("quality-issue")
        new = old.model_copy(update={"actions": tuple(a for a in old.actions if a.id != "appeal")})
        services.install_loop(declaration=new, pack="platform/governance", by=INSTALLER, at=FRIDAY + DAY)

        assert act(opened, "appeal", OFFICER, note="数据无误").state == "appealed"
        with pytest.raises(ActionNotAllowedHere):
            act(open_issue(), "appeal", OFFICER, note="数据无误")

    def test_installing_the_same_again_changes_nothing(self, loops):
        before = models.LoopVersion.objects.count()
        services.install_loop(
            declaration=declared("quality-issue"), pack="platform/governance", by=INSTALLER, at=FRIDAY + DAY
        )

        assert models.LoopVersion.objects.count() == before

    def test_only_an_administrator_installs(self, db):
        with pytest.raises(Forbidden):
            services.install_loop(declaration=declared("quality-issue"), pack="x/y", by=OFFICER, at=FRIDAY)


class TestDatabase:
    def test_refuses_a_final_dossier_without_its_closing_time(self, open_issue):
        opened = open_issue()

        with pytest.raises(IntegrityError), transaction.atomic():
            models.Dossier.objects.filter(id=opened.id).update(is_final=True)

    def test_refuses_two_steps_in_one_place(self, open_issue):
        opened = open_issue()
        step = models.Step.objects.get(dossier_id=opened.id)
        step.pk = None

        with pytest.raises(IntegrityError), transaction.atomic():
            step.save()


class TestDateUndated:
    def test_names_due_days_once_the_year_is_published(self, open_issue):
        opened = open_issue(at=FRIDAY)
        models.Dossier.objects.filter(id=opened.id).update(due_on=None, due_reason="not_published")

        assert services.date_undated(by=PLATFORM, at=FRIDAY) == 1
        assert queries.dossier(opened.id).due_on == date(2026, 9, 20)
