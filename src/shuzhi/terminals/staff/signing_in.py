"""Signing in and out. In demo mode the page offers the demonstration's accounts."""

from __future__ import annotations

from functools import partial
from ipaddress import ip_address

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from shuzhi.foundation import clock
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.identity import queries as identity
from shuzhi.support.identity import services, signing_in
from shuzhi.support.identity.errors import SigningInPaused
from shuzhi.terminals.design.types import Said


@open_to_public("whoever wants to sign in is not signed in yet")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what comes of it."""
    return answer(request, template="staff/login.html", home=reverse("staff:home"))


def answer(request: HttpRequest, *, template: str, home: str, residents: bool = False) -> HttpResponse:
    """Signing in with the page of one end; `home` is where one goes who asked for no page."""
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
                login(request, account)  # the session gets a new number
                return HttpResponseRedirect(_wanted(request, home))
    wrong = request.method == "POST" and paused is None
    return render(
        request,
        template,
        {
            "wrong": wrong,
            "paused": paused,
            "username": request.POST.get("username", ""),
            "next": request.POST.get("next") or request.GET.get("next", ""),
            "accounts": identity.demo_accounts(residents=residents) if settings().demo else [],
            "demo_password": services.DEMO_PASSWORD,
        },
        status=429 if paused else 401 if wrong else 200,
    )


@require_POST
@open_to_public("signing out needs no right")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        services.note_sign_out(by=request.actor, at=clock.now())  # type: ignore[attr-defined]
    logout(request)
    return HttpResponseRedirect(reverse("staff:login"))


def address_of(request: HttpRequest) -> str:
    """Who is at the other end: behind a proxy of ours what it says last, else the connection's own address."""
    if settings().web_tls == "proxy":
        said = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        try:
            return str(ip_address(said))
        except ValueError:
            pass
    return str(request.META.get("REMOTE_ADDR", ""))[:60]


def _wanted(request: HttpRequest, home: str) -> str:
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and ours else home
