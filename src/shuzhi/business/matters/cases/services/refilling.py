"""Correcting by the form (改表补正): what was handed in stands in it, to be changed, with its files, to be kept or replaced."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.errors import NothingToRefill
from shuzhi.business.matters.cases.services.handling import correct, require_own
from shuzhi.business.matters.cases.services.moving import locked, unlocked
from shuzhi.business.matters.cases.types import State
from shuzhi.business.matters.errors import NoSuchMatter
from shuzhi.business.matters.library import queries as library
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries as forms
from shuzhi.support.forms import services as filling
from shuzhi.support.forms.types import Filling
from shuzhi.support.identity import queries as identity

TASK = "case/"


@transaction.atomic
def refill(*, case: str, by: Actor, at: datetime) -> Filling:
    """Open the form of a case that is to be corrected, with what was handed in; submitted, it corrects the case.

    Raises:
        NotYourCase, NoSuchCase, NotInState: as they say.
        NothingToRefill: it was not begun by a form, or that form is gone.
    """
    row = locked(case, State.CORRECTING)
    require_own(row, by)
    form = form_of(row.matter, row.submission)
    if not form:
        raise NothingToRefill(case=case)
    begun = filling.open_form(form=form, by=by, at=at, task=f"{TASK}{case}")
    if begun.opened_at == at and begun.revision == 1:
        begun = filling.save_draft(number=begun.number, answers=row.answers, by=by, at=at)
        filling.carry_files(number=begun.number, submissions=[row.submission], by=by, at=at)
    return begun


def form_of(matter: str, submission: str) -> str:
    """The form by which a case was begun and may be corrected; empty where there is none."""
    try:
        form = library.matter(matter).declaration.form
    except NoSuchMatter:
        return ""
    return form if submission and form and forms.handed_over(submission).form == form else ""


def correct_by_form(message: Mapping[str, Any], at: datetime) -> bool:
    """The form of a case was submitted again: the case is corrected with it, once; False where it can be no more."""
    case = str(message["task"]).removeprefix(TASK)
    handed = forms.handed_over(message["submission"])
    by = identity.actor(handed.account.removeprefix("account/"))
    if by is None or models.Case.objects.filter(submission=handed.number).exists():
        return False
    try:
        row = unlocked(case)
        if form_of(row.matter, row.submission) != handed.form:
            return False
        correct(case=case, submission=handed.number, by=by, at=at)
    except PlatformError:
        return False  # decided, withdrawn or corrected otherwise meanwhile; what was filled in stays with the forms
    return True
