"""One call: who calls, what is asked, and the answer; the same for every operation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from shuzhi.business.market import models
from shuzhi.business.market.govstack.errors import BadInput, NoToken, OutOfScope
from shuzhi.business.market.govstack.shapes import Shape
from shuzhi.business.market.services.accounts import digest_of_token
from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.mediator.calling import trusted_client

PAGE, MOST = 50, 500
LONGEST_BODY = 1_000_000
INDIVIDUAL = ("X-ConsentBB-IndividualId", "individualId", "X-Individual-Id")
Given = TypeVar("Given", bound=Shape)
Row = TypeVar("Row")
Document = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A call that passed the door."""

    request: HttpRequest
    client: models.Client | None
    at: datetime

    @property
    def by(self) -> Actor:
        """The outside system, acting in its office's name."""
        client = self.client
        assert client is not None
        return Actor(
            f"client/{client.id}", title=client.id, office=client.office, roles=frozenset({Role.SYSTEM})
        )

    @property
    def office(self) -> str:
        """The office that the system belongs to."""
        return self.client.office if self.client else ""

    def query(self, name: str) -> str | None:
        """A text of the address; none if it is not said."""
        said = self.request.GET.get(name)
        if said is not None and storable(said) != said:
            raise BadInput(problem=f"{name} is no text")
        return said

    def body(self, name: str, shape: type[Given]) -> Given:
        """One object of the body, in the contract's form.

        Raises:
            BadInput: there is none, or it is not in its form.
        """
        try:
            whole = json.loads(self.request.body)
            return shape.model_validate(whole[name])
        except ValidationError as error:
            places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
            raise BadInput(problem=f"{name}: {places}"[:600]) from None
        except (ValueError, KeyError, TypeError, RecursionError, RawPostDataException, UnreadablePostError):
            raise BadInput(problem=f"the body holds no {name}") from None

    def individual(self) -> models.Individual:
        """The individual that the call is about, named by a header or in the address.

        Raises:
            BadInput: none is named, or none that this system registered.
        """
        named = [*(self.request.headers.get(name) for name in INDIVIDUAL), self.query("individualId")]
        name = next((storable(each) for each in named if each), "")
        return self.own_individual(name)

    def own_individual(self, name: str) -> models.Individual:
        """One of the individuals that this system's office registered."""
        return one(models.Individual.objects.filter(office=self.office or "-"), name, "individual")

    def page(self, rows: QuerySet[Any, Row]) -> list[Row]:
        """The page that is asked for by `offset` and `limit`."""
        first, size = self._number("offset", 0, 10**9), self._number("limit", PAGE, 10**9)
        return list(rows[first : first + min(size, MOST)])

    def _number(self, name: str, otherwise: int, most: int) -> int:
        said = self.query(name)
        if said is None:
            return otherwise
        if not (said.isascii() and said.isdigit() and len(said) < 12 and int(said) <= most):  # noqa: PLR2004
            raise BadInput(problem=f"{name} is no number")
        return int(said)


Handler = Callable[..., Document]


@dataclass(frozen=True)
class Operation:
    """What answers a method at an address, and which scopes may ask; none: everyone."""

    handler: Handler
    scopes: frozenset[str] = frozenset()


def one(rows: QuerySet[Any, Row], name: str, what: str) -> Row:
    """The object of this number.

    Raises:
        BadInput: there is none; the contract says so by 400.
    """
    found = rows.filter(id=storable(name)).first() if 0 < len(name) <= 60 else None  # noqa: PLR2004
    if found is None:
        raise BadInput(problem=f"there is no such {what}")
    return found


def address(operations: Mapping[str, Operation]) -> Callable[..., JsonResponse]:
    """The view of an address with its operations."""

    @csrf_exempt
    @open_to_public("each operation asks for the token of an outside system, and for its scope")
    def view(request: HttpRequest, **names: str) -> JsonResponse:
        try:
            operation = operations.get(request.method or "")
            if operation is None or operation.scopes:
                client = _client(request)
                if operation is None:
                    return JsonResponse({}, status=405, headers={"Allow": ", ".join(operations)})
                if operation.scopes.isdisjoint(client.scopes):
                    raise OutOfScope(scopes=" / ".join(sorted(operation.scopes)))
            else:
                client = None
            return JsonResponse(operation.handler(Asked(request, client, clock.now()), **names))
        except PlatformError as refusal:
            status = refusal.http_status if isinstance(refusal, NoToken | OutOfScope) else 400
            return JsonResponse(refusal.as_dict(), status=status)

    return view


def _client(request: HttpRequest) -> models.Client:
    """Which system calls: by its token, else by the network of a security server that the operator named."""
    if "Authorization" not in request.headers:
        trusted = trusted_client(request)
        if trusted is None or not trusted.may("consent.config"):
            raise NoToken
        return models.Client(id=trusted.id, office=trusted.office, scopes=["org"])
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() not in {"bearer", "apikey"} or not token.strip():
        raise NoToken
    found = models.Client.objects.filter(digest=digest_of_token(token.strip()), ended_at=None).first()
    if found is None:
        raise NoToken
    return found
