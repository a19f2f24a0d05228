"""One call of a building block's contract (调用): who calls, what is asked, and the answer; the same for every operation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.settings import settings
from shuzhi.foundation.text import storable
from shuzhi.pillars.security.guard import open_to_public
from shuzhi.support.mediator import queries
from shuzhi.support.mediator.errors import BadInput, MemberUnnamed, NotGranted, NoToken
from shuzhi.support.mediator.types import MEMBER, Client, Member

JSON_TYPE = "application/json; charset=utf-8"
HEADER = "Information-Mediator-Client"
OTHER = "OTHER"
LONGEST_BODY, DEEPEST = 2_000_000, 40


@dataclass(frozen=True)
class Asked:
    """A call that passed the door."""

    request: HttpRequest
    caller: Client | None
    at: datetime

    @property
    def client(self) -> Client:
        """Who calls, where an operation is not for everyone."""
        assert self.caller is not None
        return self.caller

    @property
    def member(self) -> Member:
        """The member that the mediator names; a system's own name where the contract has no header."""
        said = self.request.headers.get(HEADER, "")
        if MEMBER.fullmatch(said):
            return Member(said)
        return Member(f"SHUZHI/GOV/{self.client.office}/{self.client.id}")

    def require(self, verb: str, thing: str = "") -> None:
        """Go on only where this was granted.

        Raises:
            NotGranted: it was not.
        """
        if not self.client.may(verb, thing):
            raise NotGranted(client=self.client.id, verb=verb, thing=thing or "*")

    def query(self, *names: str) -> str | None:
        """A text of the address, under the first of these names that is said."""
        said = next((self.request.GET[name] for name in names if name in self.request.GET), None)
        if said is not None and storable(said) != said:
            raise BadInput(problem=f"{names[0]} is no text")
        return said

    def number(self, name: str, otherwise: int, *, least: int = 0, most: int = 10**9) -> int:
        """A number of the address.

        Raises:
            BadInput: it is none, or out of its range.
        """
        said = self.query(name)
        if said is None or not said:
            return otherwise
        if not (said.isascii() and said.isdigit() and len(said) < 12 and least <= int(said) <= most):  # noqa: PLR2004
            raise BadInput(problem=f"{name} is no number from {least} to {most}")
        return int(said)

    def body(self) -> dict[str, Any]:
        """The object that was sent.

        Raises:
            BadInput: none was, or it can't be kept.
        """
        try:
            whole = json.loads(self.request.body[:LONGEST_BODY] or b"null", parse_constant=_no_constant)
        except (ValueError, RecursionError, RawPostDataException, UnreadablePostError):
            raise BadInput(problem="the body is no JSON") from None
        if not isinstance(whole, dict):
            raise BadInput(problem="the body holds no object")
        _check(whole, 0)
        return whole


Handler = Callable[..., Any]


@dataclass(frozen=True)
class Operation:
    """What answers a method, what has to be granted first (of several, `a|b`, one; of none, everyone may ask), and whether
    the header must be said.
    """

    handler: Handler
    verb: str = ""
    is_member_named: bool = False


class Answer(Exception):
    """An answer that an operation gives instead of returning one."""

    def __init__(self, status: int, told: Any = None) -> None:
        """With its status and what is told."""
        super().__init__(status)
        self.status, self.told = status, told


def address(pattern: str, name: str, **operations: Operation) -> URLPattern:
    """An address of a contract with its operations; parameters in braces, with or without a slash at the end.

    `other` looks up what a method that is not allowed would be for: what is not there is not there, whatever the method.
    """
    place = pattern.replace(".", r"\.").replace("{", "(?P<").replace("}", r">[^/]{1,200})")
    allowed = {method.upper(): each for method, each in operations.items()}
    return re_path(f"^{place}/?$", _view(allowed), name=name)


def _view(operations: Mapping[str, Operation]) -> Callable[..., HttpResponse]:
    reason = (
        "statistics hold counts only"
        if not any(each.verb for each in operations.values())
        else "each operation asks for an admitted system and for what was granted to it"
    )

    @csrf_exempt
    @open_to_public(reason)
    def view(request: HttpRequest, **names: str) -> HttpResponse:
        try:
            return _answer(_told(operations, request, names))
        except Answer as answer:
            return _answer(answer.told, answer.status)
        except PlatformError as refusal:
            return _answer(refused(refusal), refusal.http_status)

    return view


def _told(operations: Mapping[str, Operation], request: HttpRequest, names: Mapping[str, str]) -> Any:
    operation = operations.get(request.method or "") or operations.get(OTHER)
    allowed = ", ".join(each for each in operations if each != OTHER)
    if operation is None:
        raise Answer(405, _Headed({"detail": "method not allowed"}, {"Allow": allowed}))
    caller = client_of(request) if operation.verb else None
    if operation.is_member_named and not MEMBER.fullmatch(request.headers.get(HEADER, "")):
        raise MemberUnnamed
    if any(storable(value) != value for value in names.values()):
        raise BadInput(problem="the address is no text")
    asked = Asked(request, caller, clock.now())
    verbs = operation.verb.split("|")
    if caller is not None and not any(each.partition(":")[0] in verbs for each in caller.grants):
        asked.require(operation.verb)
    told = operation.handler(asked, **names)
    if operation is operations.get(OTHER):
        raise Answer(405, _Headed({"detail": "method not allowed"}, {"Allow": allowed}))
    return told


def client_of(request: HttpRequest) -> Client:
    """Which admitted system calls: by its token, else by the network of a security server that the operator named.

    Raises:
        NoToken: it is none.
    """
    said = request.headers.get("Authorization", "").strip()
    if said:
        kind, _, token = said.rpartition(" ")
        found = queries.client_by_token(token) if kind.casefold() in {"", "bearer", "apikey"} else None
    else:
        found = trusted_client(request)
    if found is None:
        raise NoToken
    return found


def trusted_client(request: HttpRequest) -> Client | None:
    """The system in whose name a named network calls; none where no network was named.

    A proxy of ours stands for all callers, so that the address it adds counts, and its own never does.
    """
    chosen = settings()
    if chosen.web_tls == "proxy":
        near = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    else:
        near = str(request.META.get("REMOTE_ADDR", ""))
    return queries.client_by_address(near, chosen.mediator_networks) if chosen.mediator_networks else None


def refused(refusal: PlatformError) -> dict[str, Any]:
    """A refusal with the words of the contracts beside ours."""
    told = refusal.as_dict()
    return {**told, "detail": str(refusal), "localizedMessage": told["message_zh"], "traceId": ""}


@dataclass(frozen=True)
class _Headed:
    told: Any
    headers: dict[str, str]


def _answer(told: Any, status: int = 200) -> HttpResponse:
    headers: dict[str, str] = {}
    if isinstance(told, _Headed):
        told, headers = told.told, told.headers
    if status == 204:  # noqa: PLR2004 - nothing follows
        return HttpResponse(status=204)
    return JsonResponse(told, status=status, safe=False, content_type=JSON_TYPE, headers=headers)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _check(value: Any, depth: int) -> None:
    """What the database can't hold, and what nests without end, is refused before it is looked at."""
    if depth > DEEPEST:
        raise BadInput(problem="the body is nested too deeply")
    if isinstance(value, dict):
        for key, each in value.items():
            _check(key, depth + 1)
            _check(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _check(each, depth + 1)
    elif isinstance(value, str) and storable(value) != value:
        raise BadInput(problem="a text holds what is none")
    elif isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise BadInput(problem="a number is too large")
