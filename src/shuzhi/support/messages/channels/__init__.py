"""Drivers (通道): a driver takes a parcel to the network and says what became of it. They touch no database."""

from __future__ import annotations

from typing import Protocol

from shuzhi.foundation.settings import settings
from shuzhi.support.messages.types import Channel, Outcome, Parcel


class Driver(Protocol):
    """What takes parcels of a channel; a lane is served by one thread at a time."""

    def __call__(self, parcel: Parcel) -> Outcome:
        """Take one parcel to the network."""

    def close(self) -> None:
        """End what is open, once a lane's turn is over; the next parcel opens it again."""


def drivers() -> dict[Channel, Driver]:
    """The drivers of this node's settings."""
    from shuzhi.support.messages.channels import hooks, mail, sms

    chosen = settings()
    found: dict[Channel, Driver] = {Channel.HOOK: hooks.HookDriver(chosen, hooks.secrets_by_name())}
    if chosen.smtp_url:
        found[Channel.MAIL] = mail.MailDriver(chosen.smtp_url, chosen.mail_from, home=chosen.home)
    if chosen.sms_url:
        found[Channel.SMS] = sms.SmsDriver(chosen.sms_url, sms.secret_of(chosen.home))
    return found
