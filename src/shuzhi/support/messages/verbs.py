"""What scenarios do with messages: send one, look at it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.messages import queries, services
from shuzhi.support.messages.types import Message


class Sending(BaseModel):
    """Which template to whom with which facts."""

    model_config = ConfigDict(extra="forbid")

    template: str
    to: str
    facts: dict[str, Any]
    key: str | None = None


class Inbox(BaseModel):
    """What was sent to the step's actor, or to whom is named; of one template, where it is named."""

    model_config = ConfigDict(extra="forbid")

    to: str | None = None
    template: str | None = None


class Looking(BaseModel):
    """The last message that was sent."""

    model_config = ConfigDict(extra="forbid")


def send(said: Sending, stage: Stage) -> dict[str, Any]:
    """Send a message."""
    return _told(services.send(**said.model_dump(), by=stage.by, at=stage.at))


def look(said: Looking, stage: Stage) -> dict[str, Any]:
    """A message with its deliveries."""
    del said
    return _told(queries.message((stage.latest("send message") or {})["message"]))


def look_at_inbox(said: Inbox, stage: Stage) -> list[dict[str, Any]]:
    """The messages of somebody, the newest first."""
    found = queries.sent_to(said.to) if said.to else queries.inbox(stage.by)[0]
    return [_told(one) | {"template": one.template} for one in found if said.template in (None, one.template)]


def _told(found: Message) -> dict[str, Any]:
    return {
        "message": found.id,
        "title": found.title.zh,
        "text": found.text.zh,
        "states": {each.channel.value: each.state.value for each in found.deliveries},
    }


VERBS = (
    Verb(
        "send message",
        Words(zh="发送消息", en="send a message"),
        Sending,
        send,
        names={"template": "messages"},
    ),
    Verb(
        "messages",
        Words(zh="查看消息清单", en="look at somebody's messages"),
        Inbox,
        look_at_inbox,
        looks=True,
        names={"template": "messages"},
    ),
    Verb("message", Words(zh="查看消息", en="look at a message"), Looking, look, looks=True),
)
