"""Templates as packs declare them, messages and their deliveries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.foundation.words import Words

PLACE = re.compile(r"{(\w+)}")


class Channel(StrEnum):
    """On which way a message goes."""

    IN_APP = "in_app"
    MAIL = "mail"
    SMS = "sms"
    HOOK = "hook"


CHANNEL_TITLES = {
    Channel.IN_APP: Words(zh="站内消息", en="Inbox"),
    Channel.MAIL: Words(zh="电子邮件", en="Mail"),
    Channel.SMS: Words(zh="短信", en="SMS"),
    Channel.HOOK: Words(zh="系统回调", en="Callback"),
}


class TemplateDeclaration(BaseModel):
    """A message template (消息模板): `messages/<id>.yaml`.

    {name} stands for a field. `short` is the text for SMS, where the whole is too long. An `urgent` one goes out at
    night; one that `must` arrive goes out whatever the recipient prefers, such as a decision. `unsubscribe` names the
    field with the link that ends such messages: mail programs show it as a button (RFC 2369, RFC 8058).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    message: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)
    title: Words
    text: Words
    short: Words | None = None
    fields: dict[str, Words] = Field(default_factory=dict)
    channels: tuple[Channel, ...] = Field(default=(Channel.IN_APP,), min_length=1)
    urgent: bool = False
    must: bool = False
    unsubscribe: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> TemplateDeclaration:
        texts = [self.title, self.text, *([self.short] if self.short else [])]
        named = {name for each in texts for text in (each.zh, each.en) for name in PLACE.findall(text)}
        if named != set(self.fields):
            raise ValueError(f"texts and fields name different things: {sorted(named ^ set(self.fields))}")
        if self.unsubscribe is not None and self.unsubscribe not in self.fields:
            raise ValueError(f"unsubscribe names no field: {self.unsubscribe}")
        return self


class State(StrEnum):
    """How far a delivery is."""

    ACCEPTED = "accepted"
    SENT = "sent"  # the gateway has it; a receipt will say more
    DELIVERED = "delivered"
    FAILED = "failed"  # will be tried again
    GIVEN_UP = "given_up"


STATE_TITLES = {
    State.ACCEPTED: Words(zh="已受理", en="Accepted"),
    State.SENT: Words(zh="已发出", en="Sent"),
    State.DELIVERED: Words(zh="已送达", en="Delivered"),
    State.FAILED: Words(zh="发送失败，将重试", en="Failed, to be tried again"),
    State.GIVEN_UP: Words(zh="未能送达", en="Given up"),
}


@dataclass(frozen=True)
class Delivery:
    """A message on one channel. The address is masked."""

    channel: Channel
    to: str
    state: State
    attempts: int
    problem: str
    changed_at: datetime


@dataclass(frozen=True)
class Message:
    """A message that was accepted."""

    id: int
    template: str
    recipient: str
    title: Words
    text: Words
    at: datetime
    read_at: datetime | None
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True)
class Parcel:
    """What a driver is given: no row of ours, nothing but what goes out."""

    delivery: int
    channel: Channel
    address: str
    title: str
    text: str
    attempts: int
    payload: dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a parcel. `lane_down`: the destination itself does not answer, so the rest waits too."""

    delivery: int
    state: State
    reference: str = ""
    problem: str = ""
    final: bool = False
    lane_down: bool = False
    wait: float | None = None


@dataclass(frozen=True)
class DeliveryGivenUp:
    """A message could not be delivered on one channel. To whom is not said."""

    message: int
    template: str
    channel: str
