"""What this site is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Crumbs, Link, Said


@open_to_public("what the site is, is for everyone to know")
def about(request: HttpRequest) -> HttpResponse:
    """What is open, what is not and why, and whom to ask."""
    return render(
        request,
        "public/about.html",
        {"place_now": "about", "crumbs": Crumbs((Link(Said("首页", "Home"), "/"),))},
    )
