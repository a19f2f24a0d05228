"""Signing in as a resident or for a firm (登录): the staff terminal's rules, the public terminal's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.identity.outside import provider
from shuzhi.terminals.pacing import address_of
from shuzhi.terminals.public import outside
from shuzhi.terminals.staff import signing_in, signing_steps
from shuzhi.terminals.staff.signing_steps import PUBLIC


@open_to_public("whoever wants to sign in is not signed in yet")
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what comes of it."""
    return signing_in.answer(request, PUBLIC, residents=True)


@open_to_public("whoever gave a right password is not signed in before the further steps")
def steps(request: HttpRequest) -> HttpResponse:
    """The further steps."""
    return signing_steps.answer(request, PUBLIC, address=address_of(request))


@require_POST
@open_to_public("signing out needs no right")
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    token = request.session.get(outside.TOKEN, "")
    signing_in.end_here(request)
    there = outside.end_there(token)
    if there:  # a link: our pages let no form lead elsewhere
        return render(request, "public/signed_out.html", {"there": there, "outside": provider.title()})
    return HttpResponseRedirect(reverse(PUBLIC.home))
