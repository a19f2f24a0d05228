"""My credentials (我的证照): what I hold, who asks for it, who used it; showing a part of one."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.business.market.types import Individual
from shuzhi.foundation.clock import CHINA, day_of, now
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.credentials import printing, queries, services
from shuzhi.support.credentials.errors import NoSuchCredential, NotAsked
from shuzhi.support.credentials.formats import squares
from shuzhi.support.credentials.types import STATE_TITLES, USE_TITLES, Credential, State, Use
from shuzhi.terminals.design.types import Chip, Choice, Crumbs, Field, Link, Said, Tone, say
from shuzhi.terminals.public.credentials.checking import HOME, labelled
from shuzhi.terminals.public.mine.consents import WHY, whoever_asks

WALLET = (*HOME, Link(Said("我的证照", "My credentials"), "/my/credentials/"))
TONES = {State.VALID: Tone.SUCCESS, State.SUSPENDED: Tone.WARNING, State.REVOKED: Tone.DANGER}


@open_to_public(WHY)
def wallet(request: HttpRequest) -> HttpResponse:
    """What I hold, and who waits for my answer."""
    _, holder = whoever_asks(request)
    at, offices = now(), organization.office_titles()
    held = queries.credentials_of(holder.scheme, holder.value)
    context = {
        "place_now": "my",
        "crumbs": Crumbs(HOME),
        "held": [
            (each, state_chip(each, at), offices.get(each.office), last_day(each.until)) for each in held
        ],
        "asked": [_asked(each) for each in queries.asked_of(holder.scheme, holder.value, at)],
    }
    return render(request, "public/wallet.html", context)


@open_to_public(WHY)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One credential: its facts, its files, who used it."""
    _, holder = whoever_asks(request)
    found, at = _own(holder, number), now()
    offices = organization.office_titles()
    kind = queries.kind_of(number)
    choices = [
        Choice(each.id, Said(each.title.zh, each.title.en)) for each in kind.fields if each.id in found.facts
    ]
    choices.append(Choice("holder", Said("持证人号码", "Holder's number")))
    context = {
        "place_now": "my",
        "crumbs": Crumbs(WALLET),
        "found": found,
        "until": last_day(found.until),
        "chip": state_chip(found, at),
        "office": offices.get(found.office),
        "facts": labelled(number, dict(found.facts))[0],
        "holds": found.holds(at),
        "square": squares.as_svg(printing.square(found, at=at)) if found.holds(at) else "",
        "fields": Field(
            name="fields",
            label=Said("只出示这些内容", "Show only these"),
            control="checkbox",
            choices=choices,
        ),
        "uses": [
            (each, offices.get(each.office), USE_TITLES[each.state]) for each in queries.uses_of(number)
        ],
    }
    return render(request, "public/credential.html", context)


@open_to_public(WHY)
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The sealed PDF."""
    _, holder = whoever_asks(request)
    found = _own(holder, number)
    office = organization.office_titles().get(found.office)
    content = printing.as_pdf(number, office=office.zh if office else found.office, at=now())
    return _file(content, f"{number}.pdf", "application/pdf")


@require_POST
@open_to_public(WHY)
def part(request: HttpRequest, number: str) -> HttpResponse:
    """The credential as JSON that shows the chosen fields only."""
    _, holder = whoever_asks(request)
    _own(holder, number)
    shown = queries.signed(number).showing(request.POST.getlist("fields"))
    return _file(shown.file.encode(), f"{number}.json", "application/json")


@require_POST
@open_to_public(WHY)
def answer(request: HttpRequest, use: int) -> HttpResponse:
    """Agree to a request, or not."""
    by, holder = whoever_asks(request)
    service = services.agree if request.POST.get("do") == "agree" else services.refuse
    try:
        done = service(use=use, holder=(holder.scheme, holder.value), by=by, at=now())
    except NotAsked as refusal:
        messages.error(request, say(Said(refusal.message_zh, str(refusal))))
    else:
        title = USE_TITLES[done.state]
        messages.success(request, say(Said(f"{title.zh}。", f"{title.en}.")))
    return HttpResponseRedirect(reverse("public:my-credentials"))


def last_day(until: datetime | None) -> date | datetime | None:
    """The last day on which it holds, where it ends with a day."""
    if until is None or until.astimezone(CHINA).time() != time():
        return until
    return day_of(until - timedelta(microseconds=1))


def state_chip(found: Credential, at: datetime) -> Chip:
    """Valid, run out, suspended or revoked."""
    if found.state is State.VALID and not found.holds(at):
        return Chip(Said("已过期", "Run out"), Tone.NEUTRAL)
    title = STATE_TITLES[found.state]
    return Chip(Said(title.zh, title.en), TONES[found.state])


def _asked(use: Use) -> dict[str, object]:
    kind = queries.kind_of(use.credential)
    titles = [each.title for each in kind.fields if each.id in use.fields]
    return {
        "use": use,
        "office": organization.office_titles().get(use.office),
        "fields": Said("、".join(each.zh for each in titles), ", ".join(each.en for each in titles)),
    }


def _own(holder: Individual, number: str) -> Credential:
    found = queries.credential(number)
    if (found.scheme, found.holder) != (holder.scheme, holder.value):
        raise NoSuchCredential
    return found


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
