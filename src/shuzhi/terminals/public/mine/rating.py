"""Rating what is over (评价): one component for every page of a closed case, and where its answer goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.support.ratings import queries, services
from shuzhi.support.ratings.errors import ScoreWrong
from shuzhi.support.ratings.types import CHANGEABLE, LONGEST, SCORE_TITLES, Rating
from shuzhi.terminals.design.types import Choice, Field, Said, say

LONGEST_SUBJECT = 200
CASE_NUMBER = re.compile(r"[0-9-]{1,40}")
THANKED = Said("谢谢，评价已记下。", "Thank you, your rating is kept.")


@dataclass(frozen=True)
class RatingPanel:
    """What was said, and the questions while it may be said or changed. Included as `public/rating.html`."""

    subject: str
    given: Said | None
    words: str
    called_back: bool
    until: object
    fields: tuple[Field, ...]
    action: str
    proof: tuple[tuple[str, str], ...] = ()


def panel(subject: str, *, actor: Actor, at: datetime) -> RatingPanel | None:
    """The component for a subject; nothing where it can't be rated and was not."""
    said = queries.own_rating(subject, actor=actor)
    may = queries.may_rate(subject, actor=actor, at=at)
    return shown(subject, said, may=may, action=reverse("public:my-rating")) if said or may else None


def shown(
    subject: str, said: Rating | None, *, may: bool, action: str, proof: tuple[tuple[str, str], ...] = ()
) -> RatingPanel:
    """The component from what was said; `proof` are hidden answers that the form gives back."""
    title = SCORE_TITLES[said.score] if said else None
    return RatingPanel(
        subject=subject,
        given=Said(title.zh, title.en) if title else None,
        words=said.words if said else "",
        called_back=bool(said and said.dossier),
        until=day_of(said.rated_at + CHANGEABLE) if said and may else None,
        fields=_fields(said) if may else (),
        action=action,
        proof=proof,
    )


def score_of(request: HttpRequest) -> int:
    """The score that was chosen.

    Raises:
        ScoreWrong: none, or what is no score.
    """
    chosen = request.POST.get("score", "")
    if chosen not in {str(each) for each in SCORE_TITLES}:
        raise ScoreWrong
    return int(chosen)


@requires("ratings.give")
@require_POST
def rate(request: HttpRequest) -> HttpResponse:
    """Keep what was said; back to the page of the case."""
    by: Actor = request.actor  # type: ignore[attr-defined]
    subject = request.POST.get("subject", "").replace("\0", "")[:LONGEST_SUBJECT]
    try:
        services.rate(
            subject=subject, score=score_of(request), words=request.POST.get("words", ""), by=by, at=now()
        )
    except PlatformError as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        messages.success(request, say(THANKED))
    return HttpResponseRedirect(_back(subject))


def _back(subject: str) -> str:
    """The page of the case; only addresses of ours are gone back to."""
    kind, _, number = subject.partition("/")
    names = {"process": "public:my-case", "dossier": "public:my-dossier"}
    if kind in names and number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER:
        return f"{reverse(names[kind], args=(int(number),))}#rating"
    if kind == "case" and CASE_NUMBER.fullmatch(number):
        return f"{reverse('public:my-matter-case', args=(number,))}#rating"
    return reverse("public:my-cases")


LONGEST_NUMBER = 19


def _fields(said: Rating | None) -> tuple[Field, ...]:
    return (
        Field(
            name="score",
            label=Said("这次办得怎么样", "How was it"),
            control="radio",
            value=str(said.score) if said else "",
            choices=[Choice(str(each), Said(title.zh, title.en)) for each, title in SCORE_TITLES.items()],
        ),
        Field(
            name="words",
            label=Said("想说的话", "In words"),
            control="textarea",
            required=False,
            value=said.words if said else "",
            hint=Said(f"最多 {LONGEST} 字，不要写身份证号、电话。", f"At most {LONGEST} characters; no numbers of identity or telephone."),
        ),
    )  # fmt: skip
