"""Feedback to owners (提意见) and use cases (应用案例)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata.requests import contests, voices
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Choice, Crumbs, Field, Link, Said, say
from shuzhi.terminals.public import asking
from shuzhi.terminals.public.opendata.dataset import public_entry
from shuzhi.terminals.public.requests.asking_for import CRUMBS, WHY, given, refused, whoever

PASSED_ON = Said("已提交，结果会在这里公开。", "Sent. The outcome will stand here.")


@open_to_public(WHY)
def feedback(request: HttpRequest, name: str) -> HttpResponse:
    """Say what is wrong with a data set or missing from it."""
    by, entry = whoever(request), public_entry(name)
    refusal: PlatformError | None = None
    if request.method == "POST":
        try:
            voices.give_feedback(dataset=name, text=given(request, "text"), by=by, at=now())
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(PASSED_ON))
            return HttpResponseRedirect(reverse("public:dataset", args=[name]))
    field = Field(
        name="text",
        label=Said("有什么问题或建议", "What is wrong, or could be better"),
        control="textarea",
        hint=Said("写明哪个字段、哪一行，正确的是什么", "Which field, which row, and what is right"),
        value=given(request, "text"),
    )
    here = Link(Said(entry.title.zh, entry.title.said("en")), reverse("public:dataset", args=[name]))
    context = {
        "place_now": "data",
        "crumbs": Crumbs((*CRUMBS, here)),
        "entry": entry,
        "field": field,
        "errors": refused(refusal),
    }
    return render(request, "public/feedback.html", context, status=refusal.http_status if refusal else 200)


@open_to_public("listed use cases are for everyone")
def uses(request: HttpRequest) -> HttpResponse:
    """What was made of open data."""
    dataset = asking.text(request, "dataset")
    found = voices.use_cases(dataset)
    titles = catalog.titles({name for case in found for name in case.datasets})
    held = contests.titles()
    shown = [
        (case, [(name, titles[name]) for name in case.datasets if name in titles], held.get(case.contest))
        for case in found
    ]
    context = {"place_now": "data", "crumbs": Crumbs(CRUMBS), "cases": shown}
    return render(request, "public/uses.html", context)


@open_to_public(WHY)
def new_use(request: HttpRequest) -> HttpResponse:
    """Show what one made of open data."""
    by = whoever(request)
    refusal: PlatformError | None = None
    if request.method == "POST":
        url = given(request, "url", 300)
        try:
            voices.send_use_case(
                title=given(request, "title", 200),
                summary=given(request, "summary"),
                url=url if url.startswith(("https://", "http://")) else "",
                datasets=[
                    name for name in given(request, "datasets", 500).replace("，", ",").split(",") if name
                ],
                contest=given(request, "contest", 100),
                by=by,
                at=now(),
            )
        except PlatformError as error:
            refusal = error
        else:
            messages.success(request, say(PASSED_ON))
            return HttpResponseRedirect(reverse("public:data-uses"))
    questions = (
        ("title", Said("案例名称", "Title"), "text", Said("", ""), True),
        (
            "summary",
            Said("做了什么、有什么效果", "What it does, and what it brings"),
            "textarea",
            Said("", ""),
            True,
        ),
        (
            "datasets",
            Said("用了哪些数据集", "Which data sets"),
            "text",
            Said("数据集编号，用逗号隔开", "Their identifiers, with commas"),
            False,
        ),
        ("url", Said("网址", "Address"), "text", Said("", ""), False),
    )
    asked = storable(request.GET.get("dataset", "")) if request.method == "GET" else ""
    fields = [
        Field(
            name=name,
            label=label,
            control="textarea" if control == "textarea" else "text",
            hint=hint if hint.zh else "",
            required=required,
            value=given(request, name) or (asked[:150] if name == "datasets" else ""),
        )
        for name, label, control, hint, required in questions
    ] + _contest_field(request)
    context = {"place_now": "data", "crumbs": Crumbs(CRUMBS), "fields": fields, "errors": refused(refusal)}
    return render(request, "public/new_use.html", context, status=refusal.http_status if refusal else 200)


def _contest_field(request: HttpRequest) -> list[Field]:
    """Which contest it is for, while there are some that take entries."""
    held = contests.contests(taking_entries_on=day_of(now()))
    if not held:
        return []
    chosen = given(request, "contest", 100) or storable(request.GET.get("contest", ""))
    return [
        Field(
            name="contest",
            label=Said("参加的大赛", "Contest"),
            control="select",
            required=False,
            value=chosen,
            choices=[
                Choice("", Said("不参加", "None")),
                *(Choice(one.id, Said(one.announced.title.zh, one.announced.title.en)) for one in held),
            ],
        )
    ]
