"""The switches for language, elder mode and theme, and the pages that explain a refusal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.terminals.design import preferences
from shuzhi.terminals.design.types import Refusal, Said


@open_to_public("whoever reads a page chooses its language")
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and go back to the page."""
    response = _back(request)
    if request.POST.get("language") in preferences.LANGUAGES:
        preferences.remember(response, preferences.LANGUAGE, request.POST["language"])
    return response


@open_to_public("whoever reads a page chooses its size of text and its theme")
@require_POST
def set_mode(request: HttpRequest) -> HttpResponse:
    """Remember elder mode (on, off) or the theme (light, dark) and go back to the page."""
    response = _back(request)
    if request.POST.get("elder") in {"on", "off"}:
        preferences.remember(response, preferences.ELDER, request.POST["elder"])
    if request.POST.get("theme") in {"light", "dark"}:
        preferences.remember(response, preferences.THEME, request.POST["theme"])
    return response


def _back(request: HttpRequest) -> HttpResponse:
    """To the page the form stood on; never to another site."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(wanted if ours else "/")


def refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page that says why not, on what basis, what is missing and what to do next."""
    return render(request, "errors/error.html", {"refusal": refusal}, status=refusal.status)


def refuse_error(request: HttpRequest, error: PlatformError) -> HttpResponse:
    """The page of one of the platform's own errors; an error may carry rule, basis, missing and next as facts."""
    refusal = Refusal(
        status=error.http_status,
        title=Said("这项操作没有办成", "This could not be done"),
        says=Said(error.message_zh, str(error)),
        rule=str(error.facts.get("rule", "")),
        basis=str(error.facts.get("basis", "")),
        missing=str(error.facts.get("missing", "")),
        next=str(error.facts.get("next", "")),
        code=error.code,
    )
    return refuse(request, refusal)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404; what was looked for is not repeated on the page."""
    del exception
    return render(request, "errors/404.html", status=404)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403; the exception's text may hold what the person may not know."""
    del exception
    return render(request, "errors/403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500."""
    return render(request, "errors/500.html", status=500)
