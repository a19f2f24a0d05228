"""Asking for data (申请开放): one form; then what became of it, with the next step beside it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.opendata.requests import demands, voices
from shuzhi.data.opendata.requests.terms import TERMS, hash_of_terms
from shuzhi.data.opendata.requests.types import WAYS, Demand, Way, Wish
from shuzhi.foundation.clock import now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.organization import queries as organization
from shuzhi.pillars.security.errors import NotSignedIn
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import PUBLIC, Actor
from shuzhi.support.workflow import queries as workflow
from shuzhi.terminals.design.types import Choice, Crumbs, ErrorSummary, Field, Link, Said, say
from shuzhi.terminals.public.opendata.dataset import public_entry

WHY = "everyone asks for themselves and sees their own; whoever is not signed in is asked to"
CRUMBS = (Link(Said("首页", "Home"), "/"), Link(Said("开放数据", "Open data"), "/data/"))
SPANS = (30, 90, 180, 365)
MOST_TEXT = 2000


def whoever(request: HttpRequest) -> Actor:
    """Who is signed in.

    Raises:
        NotSignedIn: nobody is.
    """
    by: Actor = request.actor  # type: ignore[attr-defined]
    if by == PUBLIC:
        raise NotSignedIn(permission="ask for open data", permission_zh="申请和评议开放数据")
    return by


def given(request: HttpRequest, name: str, most: int = MOST_TEXT) -> str:
    """A text of a form."""
    return storable(request.POST.get(name, "").strip())[:most]


def refused(error: PlatformError | None) -> ErrorSummary | None:
    """A refusal, above the form."""
    return ErrorSummary(others=(Said(error.message_zh, str(error)),)) if error else None


@open_to_public(WHY)
def ask(request: HttpRequest, name: str = "") -> HttpResponse:
    """The form: of a data set that is open on conditions, or of one that the catalog does not offer."""
    by, entry = whoever(request), public_entry(name) if name else None
    refusal: PlatformError | None = None
    if request.method == "POST":
        office = entry.owner if entry else given(request, "office", 100)
        title = entry.title.zh if entry else given(request, "title", 200)
        days = request.POST.get("days", "")
        wish = Wish(
            title=title,
            purpose=given(request, "purpose"),
            office=office,
            dataset=name,
            way=Way.API if request.POST.get("way") == Way.API else Way.SANDBOX,
            days=int(days) if days in {str(each) for each in SPANS} else SPANS[0],
        )
        try:
            demands.require_known(wish, offices=organization.office_titles())
            made = demands.ask_for_data(wish=wish, by=by, at=now())
        except PlatformError as error:
            refusal = error
        else:
            messages.success(
                request,
                say(Said("已提交，10 个工作日内答复。", "Sent. An answer comes within ten working days.")),
            )
            return HttpResponseRedirect(reverse("public:data-request", args=[made.number]))
    context = {
        "place_now": "data",
        "crumbs": Crumbs(CRUMBS),
        "entry": entry,
        "fields": _questions(request, with_title=entry is None),
        "errors": refused(refusal),
    }
    return render(request, "public/ask.html", context, status=refusal.http_status if refusal else 200)


@open_to_public(WHY)
def requests(request: HttpRequest) -> HttpResponse:
    """My requests, and what changed in what I follow."""
    by = whoever(request)
    news = voices.news(by)
    context = {
        "place_now": "data",
        "crumbs": Crumbs(CRUMBS),
        "demands": [_shown(each) for each in demands.demands_of(by)],
        "news": news,
        "followed": catalog.titles(voices.followed(by)),
    }
    return render(request, "public/requests.html", context)


@open_to_public(WHY)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """One request: where it stands, what was said, and what I can do now."""
    by = whoever(request)
    key, refusal = "", None
    if request.method == "POST":
        try:
            key = _do(request, number, by)
        except PlatformError as error:
            refusal = error
    demand = demands.demand_of(number, by=by)
    shown = _shown(demand)
    context = {
        "place_now": "data",
        "crumbs": Crumbs((*CRUMBS, Link(Said("我的申请", "My requests"), reverse("public:data-requests")))),
        "key": key,
        "errors": refused(refusal),
        "terms": TERMS,
        "terms_hash": hash_of_terms(),
        "history": workflow.history(demand.dossier),
        "base": request.build_absolute_uri("/").rstrip("/"),
        "ready": bool(demand.dataset) and opendata.has_conditional_release(catalog.entry(demand.dataset)),
        "report_field": _report_field(request),
        **shown,
    }
    return render(request, "public/request.html", context, status=refusal.http_status if refusal else 200)


def _do(request: HttpRequest, number: int, by: Actor) -> str:
    """What the button says; returns the key where one was made."""
    step = request.POST.get("step", "")
    if step == "agree":
        return demands.agree(demand=number, terms=given(request, "terms", 64), by=by, at=now()).key
    if step == "report":
        demands.report(demand=number, text=given(request, "report"), by=by, at=now())
    elif step == "withdraw":
        demands.withdraw(demand=number, by=by, at=now())
    return ""


@require_POST
@open_to_public(WHY)
def follow(request: HttpRequest, name: str) -> HttpResponse:
    """Follow a data set, or follow it no longer."""
    by = whoever(request)
    public_entry(name)
    if request.POST.get("stop"):
        voices.unfollow(dataset=name, by=by)
    else:
        voices.follow(dataset=name, by=by, at=now())
    return HttpResponseRedirect(reverse("public:dataset", args=[name]))


@require_POST
@open_to_public(WHY)
def seen(request: HttpRequest) -> HttpResponse:
    """What changed was read."""
    voices.mark_seen(by=whoever(request), at=now())
    return HttpResponseRedirect(reverse("public:data-requests"))


def _shown(demand: Demand) -> dict[str, object]:
    dossier = demands.state_of(demand)
    return {
        "demand": demand,
        "state": dossier.state,
        "state_title": dossier.state_title,
        "due_on": dossier.due_on if dossier.is_open else None,
        "is_open": dossier.is_open,
        "way": WAYS[demand.way],
    }


def _questions(request: HttpRequest, *, with_title: bool) -> list[Field]:
    offices = organization.office_titles()
    what = [
        Field(name="title", label=Said("想要什么数据", "Which data"), value=given(request, "title", 200)),
        Field(
            name="office",
            label=Said("向哪个部门申请", "Which office"),
            control="select",
            value=given(request, "office", 100),
            choices=[Choice(each, Said(title.zh, title.en)) for each, title in sorted(offices.items())],
        ),
    ]
    return [
        *(what if with_title else []),
        Field(
            name="purpose",
            label=Said("做什么用", "What for"),
            control="textarea",
            hint=Said("写明用途、使用方式和预期成果", "The purpose, how you will use it, what comes of it"),
            value=given(request, "purpose"),
        ),
        Field(
            name="way",
            label=Said("怎么用", "How"),
            control="radio",
            value=request.POST.get("way", Way.SANDBOX.value),
            choices=[Choice(way.value, Said(title.zh, title.en)) for way, title in WAYS.items()],
        ),
        Field(
            name="days",
            label=Said("用多久", "For how long"),
            control="radio",
            value=request.POST.get("days", "90"),
            choices=[Choice(str(days), Said(f"{days} 天", f"{days} days")) for days in SPANS],
        ),
    ]


def _report_field(request: HttpRequest) -> Field:
    return Field(
        name="report",
        label=Said("使用报告", "Report on the use"),
        control="textarea",
        hint=Said(
            "做了什么、有什么成果、数据有什么问题",
            "What you did, what came of it, what is wrong with the data",
        ),
        value=given(request, "report"),
    )
