"""The verbs of every scenario: time passes, pages and the API are asked as people and programs ask them."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from html import unescape
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.test import Client
from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.clock import CHINA, day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.packs.scenarios.errors import PageNotThere
from shuzhi.packs.scenarios.stage import Play
from shuzhi.pillars.security.types import PUBLIC
from shuzhi.pillars.standards import calendars

OK_UP_TO = 399
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_BLANK = re.compile(r"\s+")


class Waiting(BaseModel):
    """How long: working days land on nine in the morning, the rest is plain time."""

    model_config = ConfigDict(extra="forbid")

    working_days: int = Field(default=0, ge=0, le=1000)
    days: int = Field(default=0, ge=0, le=3660)
    hours: int = Field(default=0, ge=0, le=10_000)


class Page(BaseModel):
    """A page's address; with `form` it is sent, as a browser sends a form."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(pattern="^/")
    form: dict[str, str] | None = None


class Request(BaseModel):
    """A request to the JSON interface of the node."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(pattern="^/")
    method: str = Field(default="GET", pattern="^(GET|POST|PUT|PATCH|DELETE)$")
    body: Any = None


def wait(said: Waiting, stage: Stage) -> dict[str, Any]:
    """Let time pass."""
    play = cast("Play", stage)
    at = play.at + timedelta(days=said.days, hours=said.hours)
    if said.working_days:
        day = calendars.add_working_days(day_of(at), said.working_days)
        at = datetime.combine(day, time(9), tzinfo=CHINA)
    play.at = at
    return {"today": day_of(at)}


def open_page(said: Page, stage: Stage) -> dict[str, Any]:
    """Open a page, or send its form, as the step's actor; redirections are followed."""
    client = _client(cast("Play", stage))
    answer: Any = (
        client.get(said.path, follow=True)
        if said.form is None
        else client.post(said.path, said.form, follow=True)
    )
    if answer.status_code > OK_UP_TO and not _is_refusal(answer.status_code):
        raise PageNotThere(path=said.path, status=answer.status_code)
    text = unescape(_HIDDEN.sub(" ", answer.content.decode(errors="replace"))) if not answer.streaming else ""
    return {"status": answer.status_code, "text": _BLANK.sub(" ", text).strip()}


def ask_api(said: Request, stage: Stage) -> dict[str, Any]:
    """Ask the JSON interface as the step's actor."""
    client = _client(cast("Play", stage))
    answer = client.generic(
        said.method,
        said.path,
        "" if said.body is None else _json(said.body),
        content_type="application/json",
    )
    is_json = "json" in answer.headers.get("Content-Type", "")
    return {"status": answer.status_code, "body": answer.json() if is_json else None}


def _client(play: Play) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"}, SERVER_NAME="localhost")
    if play.by.name != PUBLIC.name:
        client.force_login(get_user_model().objects.get(username=play.account(play.by)))
    return client


def _is_refusal(status: int) -> bool:
    return status in (401, 403, 404, 409, 422)


def _json(body: Any) -> str:
    import json

    return json.dumps(body, ensure_ascii=False)


VERBS = (
    Verb("wait", Words(zh="等待", en="let time pass"), Waiting, wait),
    Verb("page", Words(zh="打开页面", en="open a page"), Page, open_page, looks=True),
    Verb("api", Words(zh="调用平台接口", en="ask the node's API"), Request, ask_api, looks=True),
)
