"""Signing in as a resident or for a firm (登录): the staff terminal's rules, the public terminal's page."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.identity import services
from shuzhi.terminals.staff import signing_in


@open_to_public("whoever wants to sign in is not signed in yet")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what comes of it."""
    return signing_in.answer(
        request, template="public/login.html", home=reverse("public:forms"), residents=True
    )


@require_POST
@open_to_public("signing out needs no right")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        services.note_sign_out(by=request.actor, at=clock.now())  # type: ignore[attr-defined]
    logout(request)
    return HttpResponseRedirect(reverse("public:forms"))
