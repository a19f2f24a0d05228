"""What is kept how long (保存期限): drafts that nobody went on with, submissions whose term has ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from shuzhi.pillars.security import policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import draft_files, models, queries
from shuzhi.support.forms.services.filling import note
from shuzhi.support.forms.types import Removed, Retention, State

AT_ONCE = 500


def remove_expired(*, by: Actor, at: datetime, most: int = AT_ONCE) -> Removed:
    """Remove answers and files whose term has ended, each filling in a transaction of its own; at most so many.

    That there was a filling stays, and of a submission its digest and signature; files go as far as nothing else needs them.

    Raises:
        Forbidden: only the platform and administrators remove.
    """
    policy.require("forms.install", by=by)
    drafts = submissions = 0
    for form, terms in _terms().items():
        left = most - drafts - submissions
        drafts += _each(_old_drafts(form, terms, at)[:left], by, at)
        left = most - drafts - submissions
        submissions += _each(_old_submissions(form, terms, at)[:left], by, at)
    return Removed(drafts, submissions)


def _terms() -> dict[str, Retention]:
    rows = models.FormVersion.objects.filter(current=True).order_by("form").values_list("form", "id")
    return {form: queries.compiled(version).declaration.retention for form, version in rows}


def _old_drafts(form: str, terms: Retention, at: datetime) -> list[int]:
    until = at - timedelta(days=terms.draft_days)
    rows = models.Filling.objects.filter(form=form, state=State.DRAFT, saved_at__lt=until)
    return list(rows.order_by("saved_at").values_list("id", flat=True)[:AT_ONCE])


def _old_submissions(form: str, terms: Retention, at: datetime) -> list[int]:
    if terms.submission_years is None:
        return []
    day = at.replace(year=at.year - terms.submission_years, day=min(at.day, 28))
    rows = models.Submission.objects.filter(form=form, at__lt=day).exclude(document="")
    return list(rows.order_by("at").values_list("filling_id", flat=True)[:AT_ONCE])


def _each(fillings: list[int], by: Actor, at: datetime) -> int:
    return sum(_remove(each, by=by, at=at) for each in fillings)


@transaction.atomic
def _remove(filling: int, *, by: Actor, at: datetime) -> bool:
    row = models.Filling.objects.select_for_update().select_related("definition").get(id=filling)
    submitted = row.state == State.SUBMITTED
    row.answers, row.known, row.lost, row.facts = {}, {}, {}, {}
    if not submitted:
        row.state = State.WITHDRAWN
    row.save()
    draft_files.forget(row, row.files.values_list("sha256", flat=True))
    files = row.files.all().delete()[0]
    if submitted:
        models.Submission.objects.filter(filling=row).update(document="", corrected={})
    note("forms.expired", row, by=by, at=at, files=files, submitted=submitted)
    return True
