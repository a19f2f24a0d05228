"""Gives every request its actor, and refuses routes that do not say who may use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from shuzhi.foundation import clock
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import PUBLIC, Actor
from shuzhi.support.identity import models, services, sessions
from shuzhi.support.identity.delegation import queries
from shuzhi.support.identity.delegation.errors import NotActing
from shuzhi.support.identity.delegation.services import behalf_of

ACTING = "acting_for"  # in the session: the number of a delegation


class ActorMiddleware:
    """Sets `request.actor`: the signed-in person, or the public."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        account = request.user
        signed_in = isinstance(account, models.Account) and account.is_in_use(clock.now())
        if signed_in and _is_left(request):
            logout(request)
            signed_in = False
        request.actor = _actor(request, account) if signed_in else PUBLIC  # type: ignore[attr-defined,arg-type]
        response = self.get_response(request)
        if signed_in:  # what somebody may read stays in no cache, for whoever uses the browser next
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: object) -> None:
        """Fail closed: a view without a policy is nobody's.

        JSON end points carry the policy on each operation, below the view that dispatches them; the
        architecture test walks both kinds.
        """
        dispatches = getattr(view, "__module__", "").startswith("ninja.")
        if not dispatches and not hasattr(view, "policy"):
            raise PermissionDenied(f"{request.path}: the route declares no policy")


def _actor(request: HttpRequest, account: models.Account) -> Actor:
    """Who asks, and for whom: the delegation is looked at with every request, so an ended one ends here."""
    actor, number = services.actor_of(account), request.session.get(ACTING)
    if not isinstance(number, int):
        return actor
    try:
        found = queries.delegation(number, account=account.username, at=clock.now())
    except NotActing:
        del request.session[ACTING]
        return actor
    return replace(actor, behalf=behalf_of(found))


def _is_left(request: HttpRequest) -> bool:
    """Whether nobody used this session for too long (空闲退出)."""
    return sessions.is_left(
        request.session, idle=timedelta(minutes=settings().session_idle_minutes), at=clock.now()
    )
