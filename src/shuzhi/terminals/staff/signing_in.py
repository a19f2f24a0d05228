"""Signing in and out. In demo mode the page offers the demonstration's accounts."""

from __future__ import annotations

from functools import partial

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity import services, sessions, signing_in
from shuzhi.support.identity.errors import SigningInPaused
from shuzhi.support.identity.outside import provider
from shuzhi.terminals.design.types import Said
from shuzhi.terminals.pacing import address_of
from shuzhi.terminals.staff import signing_steps
from shuzhi.terminals.staff.signing_steps import STAFF, End


@open_to_public("whoever wants to sign in is not signed in yet")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what comes of it."""
    return answer(request, STAFF)


@open_to_public("whoever gave a right password is not signed in before the further steps")
def steps(request: HttpRequest) -> HttpResponse:
    """The further steps: the code, another password, setting up the second factor."""
    return signing_steps.answer(request, STAFF, address=address_of(request))


def answer(request: HttpRequest, end: End, *, residents: bool = False) -> HttpResponse:
    """Signing in with the page of one end."""
    paused: Said | None = None
    if request.method == "POST":
        # A NUL is in no name, and the database would refuse to look for it.
        username = request.POST.get("username", "").replace("\0", "")
        try:
            account = signing_in.sign_in(
                username=username,
                address=address_of(request),
                at=clock.now(),
                authenticate=partial(
                    authenticate, request, username=username, password=request.POST.get("password", "")
                ),
            )
        except SigningInPaused as refusal:
            paused = Said(refusal.message_zh, str(refusal))
        else:
            if account is not None:
                asked = wanted(request, reverse(end.home))
                return signing_steps.go_on(request, account, end, asked, address=address_of(request))
    wrong = request.method == "POST" and paused is None
    return render(
        request,
        end.page,
        {
            "wrong": wrong,
            "paused": paused,
            "username": request.POST.get("username", ""),
            "next": request.POST.get("next") or request.GET.get("next", ""),
            "accounts": identity.demo_accounts(residents=residents) if settings().demo else [],
            "demo_password": services.DEMO_PASSWORD,
            "outside": provider.title() if residents else None,
        },
        status=429 if paused else 401 if wrong else 200,
    )


@require_POST
@open_to_public("signing out needs no right")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    end_here(request)
    return HttpResponseRedirect(reverse(STAFF.start))


def end_here(request: HttpRequest) -> None:
    """End this session, and write it down."""
    if request.user.is_authenticated:
        services.note_sign_out(by=request.actor, at=clock.now())  # type: ignore[attr-defined]
        sessions.forget(request.session)
    logout(request)


def wanted(request: HttpRequest, home: str) -> str:
    """The page that was asked for before signing in, where it is one of ours; else this one."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if asked and ours else home
