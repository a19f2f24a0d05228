"""Where a message goes (寻址): from a name to a recipient, from a recipient to channels and addresses, to lanes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards.validators import check_phone, check_resident_id, check_uscc, is_email
from shuzhi.support.identity import queries as identity
from shuzhi.support.messages import models
from shuzhi.support.messages.errors import Unreachable
from shuzhi.support.messages.types import Channel, TemplateDeclaration

HELD = ("resident_id", "uscc")


@dataclass(frozen=True)
class Way:
    """A channel with the address on it."""

    channel: Channel
    address: str


def recipient_of(to: str) -> str:
    """Whom a name means: `account/…`, `resident_id/…`, `uscc/…`, `phone/…` or `mail/…`."""
    to = to.strip()
    scheme, slash, value = to.partition("/")
    if slash and scheme in {"account", "phone", "mail", *HELD}:
        return f"{scheme}/{value.upper() if scheme in HELD else value}"
    if is_email(to):
        return f"mail/{to}"
    if check_resident_id(to).valid:
        return f"resident_id/{to.upper()}"
    if check_uscc(to).valid:
        return f"uscc/{to.upper()}"
    return f"phone/{to}" if check_phone(to).valid else f"account/{to}"


def own_names(by: Actor) -> list[str]:
    """All names under which somebody gets messages."""
    if not by.name.startswith("account/"):
        return []
    return [by.name, *(f"{scheme}/{value}" for scheme, value in identity.proofs(by.name).items())]


def ways(template: TemplateDeclaration, to: str) -> tuple[str, list[Way]]:
    """The recipient, and each channel of the template that reaches them and that they want.

    Raises:
        Unreachable: there is none.
    """
    recipient = recipient_of(to)
    scheme, _, value = recipient.partition("/")
    known = scheme not in {"phone", "mail"}  # such a recipient is an address, and nothing more is kept of it
    contact = models.Contact.objects.filter(recipient=recipient).first() if known else None
    addresses = {
        Channel.MAIL: value if scheme == "mail" else contact.mail if contact else "",
        Channel.SMS: value if scheme == "phone" else contact.phone if contact else "",
        Channel.IN_APP: recipient if scheme in {"account", *HELD} else "",
    }
    declined = set() if template.must or contact is None else set(contact.declined)
    found = [
        Way(channel, addresses[channel])
        for channel in template.channels
        if addresses.get(channel) and channel.value not in declined and is_served(channel)
    ]
    if not found:
        raise Unreachable
    return recipient, found


def is_served(channel: Channel) -> bool:
    """Whether this node has a driver for a channel."""
    chosen = settings()
    return {Channel.MAIL: bool(chosen.smtp_url), Channel.SMS: bool(chosen.sms_url)}.get(channel, True)


def lane(channel: Channel, address: str) -> str:
    """What shares the fate of a destination: one mail server, one gateway, each host of a callback by itself."""
    if channel is Channel.HOOK:
        return f"hook:{urlsplit(address).netloc.lower()}"[:120]
    return channel.value


def references(recipient: str) -> list[str]:
    """Whom the audit log means by a recipient."""
    scheme, _, value = recipient.partition("/")
    if scheme in HELD:
        return [node_reference(scheme, value)]
    proven = identity.proofs(value) if scheme == "account" else {}
    return [node_reference(*each) for each in proven.items()]
