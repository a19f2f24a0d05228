"""Sending mail for other systems, and how far it is."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from shuzhi.foundation import clock
from shuzhi.foundation.text import storable
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.mediator.calling import trusted_client
from shuzhi.support.messages import models, queries, services
from shuzhi.support.messages.govstack.shapes import Batch, CallbackContent, Shape, Single
from shuzhi.support.messages.services.knowing import digest_of

LONGEST_BODY = 12_000_000
STATES = ("scheduled", "processing", "deferred", "bounced", "notSent", "delivered")
ACCEPTED = 'Request successfully accepted. Use "requestUid" to track its status.'
Handler = Callable[[HttpRequest, models.Client, datetime], JsonResponse]
Given = TypeVar("Given", bound=Shape)


class _Invalid(ValueError):
    pass


def _operation(method: str) -> Callable[[Handler], Callable[[HttpRequest], JsonResponse]]:
    """An operation of the contract: the key first, then its input."""

    def wrap(handler: Handler) -> Callable[[HttpRequest], JsonResponse]:
        @csrf_exempt
        @open_to_public("each call carries the key of an admitted system")
        @wraps(handler)
        def view(request: HttpRequest) -> JsonResponse:
            if request.method != method:
                return JsonResponse({"message": "Invalid input"}, status=405, headers={"Allow": method})
            if not _key(request):  # a header that the contract asks for, as other input
                return JsonResponse({"message": "Invalid input", "problem": "no apiKey"}, status=405)
            client = _client(request)
            if client is None:
                return JsonResponse({"message": "No valid apiKey"}, status=401)
            try:
                return handler(request, client, clock.now())
            except ValueError as error:
                return JsonResponse({"message": "Invalid input", "problem": type(error).__name__}, status=405)

        return view

    return wrap


@_operation("POST")
def single(request: HttpRequest, client: models.Client, at: datetime) -> JsonResponse:
    """Send one mail."""
    return _accept(_body(request, Single), client, at)


@_operation("POST")
def batch(request: HttpRequest, client: models.Client, at: datetime) -> JsonResponse:
    """Send the same mail to many."""
    return _accept(_body(request, Batch), client, at)


@_operation("POST")
def callback(request: HttpRequest, client: models.Client, at: datetime) -> JsonResponse:
    """Take what a system tells about a request of its own; it is noted that it was told, not what."""
    told, found = _body(request, CallbackContent), _request(request, client)
    with transaction.atomic():
        audit.record(
            "messages.callback",
            target=f"request/{found.id}",
            by=_actor(client),
            at=at,
            size=len(told.content),
        )
    return JsonResponse({})


@_operation("GET")
def status(request: HttpRequest, client: models.Client, at: datetime) -> JsonResponse:
    """How many mails of a request are in each of the states that are asked for."""
    del at
    said = [*request.GET.getlist("status"), *request.GET.getlist("status[]")]
    asked = [one.strip() for each in said for one in each.split(",")]
    known = {_plain(name): name for name in STATES}
    if not asked or not {_plain(one) for one in asked} <= set(known):
        raise _Invalid
    counted = queries.states(request=_request(request, client).id)
    # Earlier versions wrote `not sent` and `not_sent`; who asks finds each under the name that was asked for.
    return JsonResponse({one: counted[known[_plain(one)]] for one in asked})


def _plain(name: str) -> str:
    return name.casefold().replace("_", "").replace(" ", "")


@transaction.atomic
def _accept(told: Single | Batch, client: models.Client, at: datetime) -> JsonResponse:
    mails = told.mails()
    url = told.callback.URI if told.callback else ""
    if url and (not url.startswith(("https://", "http://")) or len(url) > 500):  # noqa: PLR2004
        raise _Invalid
    made = models.Request.objects.create(id=secrets.token_urlsafe(21), client=client, count=len(mails), at=at)
    services.send_mail(request=made, mails=mails, callback=url, by=_actor(client), at=at)
    # The second spelling is that of the contract's earlier versions.
    return JsonResponse({"response": ACCEPTED, "requestUid": made.id, "requestUID": made.id})


def _body(request: HttpRequest, shape: type[Given]) -> Given:
    """The object of the call: in the address as the contract has it, or in the body."""
    said: Any = request.GET.get("body")
    if said is None:
        said = request.body[:LONGEST_BODY]
    whole = json.loads(said, parse_constant=_no_constant)
    if isinstance(whole, str):  # the contract's batch body is a string that holds the object
        whole = json.loads(whole)
    return shape.model_validate(whole)


def _no_constant(name: str) -> Any:
    raise _Invalid(name)


def _request(request: HttpRequest, client: models.Client) -> models.Request:
    name = request.headers.get("requestUid", "")[:60]
    found = models.Request.objects.filter(id=name, client=client).first() if storable(name) == name else None
    if found is None:
        raise _Invalid
    return found


def _client(request: HttpRequest) -> models.Client | None:
    """The system of this key; behind a security server that the operator named, the one of that name."""
    admitted = models.Client.objects.filter(ended_at=None)
    found = admitted.filter(digest=digest_of(_key(request))).first()
    if found is None and (trusted := trusted_client(request)) is not None and trusted.may("messaging.send"):
        return admitted.filter(id=trusted.id).first()
    return found


def _key(request: HttpRequest) -> str:
    return (request.headers.get("apiKey") or request.headers.get("Api-Key") or "").strip()


def _actor(client: models.Client) -> Actor:
    return Actor(f"client/{client.id}", title=client.id, office=client.office, roles=frozenset({Role.SYSTEM}))
