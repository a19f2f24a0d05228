"""Ending messages about a data set (退订) by the link in them: no signing in, and no change by looking alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.opendata.requests import news
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design.types import Crumbs
from shuzhi.terminals.public.requests.asking_for import CRUMBS


# Mail programs end it by one POST without any page before (RFC 8058); the link alone says who may.
@csrf_exempt
@open_to_public("whoever holds the link was sent it; it ends messages and shows nothing of the account")
def stop(request: HttpRequest, link: str) -> HttpResponse:
    """Asked first, because mail programs open links by themselves."""
    dataset = news.stopped_by(link)
    done = request.method == "POST"
    if done:
        news.stop(link)
    context = {
        "place_now": "data",
        "crumbs": Crumbs(CRUMBS),
        "title": catalog.titles([dataset]).get(dataset),
        "done": done or not dataset,
    }
    return render(request, "public/unfollow.html", context)
