"""The contract's objects. Names are the contract's."""

from __future__ import annotations

import base64
import binascii
import json

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, field_validator

from shuzhi.foundation.text import storable
from shuzhi.pillars.standards.validators import is_email

MOST = 10_000


class Shape(BaseModel):
    """What else is said is passed over, as the contract leaves it open."""

    model_config = ConfigDict(extra="ignore", str_max_length=200_000)

    @field_validator("*", mode="after")
    @classmethod
    def _storable(cls, value: object) -> object:
        return storable(value) if isinstance(value, str) else value


class Callback(Shape):
    URI: str = ""


class Sender(Shape):
    organisationName: str = ""
    email: str = ""
    replyTo: str = ""
    name: str = ""

    @field_validator("replyTo", "email")
    @classmethod
    def _address(cls, value: str) -> str:
        return _mail_or_nothing(value)


class Recipient(Shape):
    email: str
    emailCC: str = ""
    emailBCC: str = ""
    name: str = ""

    @field_validator("email")
    @classmethod
    def _address(cls, value: str) -> str:
        if not is_email(value):
            raise ValueError("no mail address")
        return value

    @field_validator("emailCC", "emailBCC")
    @classmethod
    def _more(cls, value: str) -> str:
        return _mail_or_nothing(value)


class Content(Shape):
    encoding: str = "UTF-8"
    title: str = ""
    content: str


class Single(Shape):
    callback: Callback | None = None
    senderInfo: Sender = Field(default_factory=Sender)
    recipientInfo: Recipient
    emailContent: Content

    def mails(self) -> list[dict[str, str]]:
        """The one mail."""
        return [_mail(self.recipientInfo, self.senderInfo, self.emailContent)]


class BatchRecipients(Shape):
    batchEmailAsBase64: str = Field(max_length=10_000_000)

    def everyone(self) -> list[Recipient]:
        """The recipients.

        Raises:
            ValueError: it is no list of recipients in base64.
        """
        try:
            told = json.loads(base64.b64decode(self.batchEmailAsBase64, validate=True))
        except (binascii.Error, RecursionError) as error:
            raise ValueError("no base64") from error
        if not isinstance(told, list) or not 0 < len(told) <= MOST:
            raise ValueError("no list")
        given = [each.get("recipientInfo", each) if isinstance(each, dict) else each for each in told]
        return [Recipient.model_validate(each) for each in given]


class Batch(Shape):
    callbackURI: Callback | None = Field(None, validation_alias=AliasChoices("callbackURI", "callback"))
    senderInfo: Sender = Field(default_factory=Sender)
    recipientInfo: BatchRecipients | Recipient  # systems of earlier versions send a batch of one as one mail
    emailContent: Content

    @property
    def callback(self) -> Callback | None:
        """As a single mail calls it."""
        return self.callbackURI

    def mails(self) -> list[dict[str, str]]:
        """A mail for each recipient."""
        to = self.recipientInfo
        everyone = [to] if isinstance(to, Recipient) else to.everyone()
        return [_mail(each, self.senderInfo, self.emailContent) for each in everyone]


class CallbackContent(Shape):
    meta: str = ""
    content: str = ""


def _mail(to: Recipient, sender: Sender, content: Content) -> dict[str, str]:
    return {
        "to": to.email,
        "cc": to.emailCC,
        "bcc": to.emailBCC,
        "name": to.name[:180],
        "sender": (sender.name or sender.organisationName)[:180],
        "reply_to": sender.replyTo or sender.email,
        "title": content.title[:300],
        "text": content.content,
    }


def _mail_or_nothing(value: str) -> str:
    if value and not is_email(value):
        raise ValueError("no mail address")
    return value
