"""The shell of a staff page: its head, the way to it, who asks, and what the address asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shuzhi.foundation import words
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import Choice, Crumbs, ErrorSummary, Field, Link, Pages, Said, Words

Titles = Mapping[str, words.Words]
"""Titles by id, fetched once a page."""

DIGITS = 6  # of a page number
BENCH = Said("工作台", "Workbench")


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def said(text: words.Words | None) -> Said:
    """A room's words as the design system writes them."""
    return Said(text.zh, text.en) if text else Said("", "")


def name_of(titles: Titles, thing: str | None) -> Said:
    """A thing's title, or its id where nobody named it."""
    found = titles.get(thing or "")
    return said(found) if found else Said(thing or "—", thing or "—")


def page_number(request: HttpRequest) -> int:
    """The page that the address asks for; the first one when it asks for nonsense."""
    asked = request.GET.get("page", "")
    return max(int(asked), 1) if asked.isascii() and asked.isdecimal() and len(asked) <= DIGITS else 1


def turn(request: HttpRequest, total: int, size: int) -> Pages:
    """The page of a list that the address asks for; the last one when it asks for more than there are."""
    last = Pages(1, size, total).last
    return Pages(min(page_number(request), last), size, total)


def asked_for(request: HttpRequest, *names: str) -> dict[str, str]:
    """What the address asks for, by these names only; PostgreSQL's text knows no NUL."""
    return {name: value for name in names if (value := request.GET.get(name, "").replace("\0", "").strip())}


def office_filter(asked: Mapping[str, str], offices: Titles, among: Iterable[str] | None = None) -> Field:
    """The filter by office: of the given ones, or of all."""
    every = list(offices) if among is None else sorted(among)
    return select_filter(
        asked,
        "office",
        Said("部门", "Office"),
        (
            Choice("", Said("全部部门", "All offices")),
            *(Choice(each, name_of(offices, each)) for each in every),
        ),
    )


def select_filter(asked: Mapping[str, str], name: str, label: Words, choices: Sequence[Choice]) -> Field:
    """A filter with the answers to choose from."""
    return Field(
        name=name,
        label=label,
        control="select",
        in_filter=True,
        required=False,
        value=asked.get(name, ""),
        choices=choices,
    )


def text_filter(
    asked: Mapping[str, str], name: str, label: Words, control: Literal["text", "search", "date"] = "text"
) -> Field:
    """A filter to type into."""
    return Field(
        name=name, label=label, control=control, in_filter=True, required=False, value=asked.get(name, "")
    )


def refusal_above(error: PlatformError) -> ErrorSummary:
    """A service's refusal as it stands above the form that it answers."""
    return ErrorSummary(others=(Said(error.message_zh, str(error)),))


def page(
    request: HttpRequest,
    template: str,
    *,
    title: Words,
    trail: Sequence[Link] = (),
    lead: Words = "",
    chips: Sequence[object] = (),
    doors: Sequence[Link] = (),
    status: int = 200,
    **parts: object,
) -> HttpResponse:
    """A staff page: what it is, the way to it, what one can do here, then its parts."""
    crumbs = Crumbs((Link(BENCH, reverse("staff:home")), *trail))
    head = {"title": title, "lead": lead, "crumbs": crumbs, "chips": chips, "doors": doors}
    return render(request, template, {**head, **parts}, status=status)
