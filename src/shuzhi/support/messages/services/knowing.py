"""Who is reached where, and which systems take part."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.standards.validators import check_phone, is_email
from shuzhi.support.messages import addressing, models
from shuzhi.support.messages.errors import AddressWrong
from shuzhi.support.messages.types import Channel, State

PURPOSE = "messages"
OVER = (State.DELIVERED, State.GIVEN_UP)


@transaction.atomic
def keep_contact(
    *, recipient: str, by: Actor, at: datetime, mail: str = "", phone: str = "", declined: Iterable[str] = ()
) -> None:
    """Keep where somebody is reached and what they don't want: their own account's, or by a clerk.

    Raises:
        AddressWrong: no mail address, or no telephone number.
        Forbidden: it is somebody else's.
    """
    named = addressing.recipient_of(recipient)
    if named not in addressing.own_names(by):
        policy.require("messages.send", by=by)
    if mail and not is_email(mail):
        raise AddressWrong(what="mail address", what_zh="邮箱")
    if phone and not check_phone(phone).valid:
        raise AddressWrong(what="telephone number", what_zh="手机号码")
    known = {each.value for each in (Channel.MAIL, Channel.SMS)}
    models.Contact.objects.update_or_create(
        recipient=named,
        defaults={
            "mail": mail,
            "phone": phone,
            "declined": sorted(known.intersection(declined)),
            "changed_at": at,
        },
    )
    audit.record(
        "messages.contact_kept", target="contact", by=by, at=at, subjects=addressing.references(named)
    )


@transaction.atomic
def forget_contact(*, by: Actor, at: datetime) -> bool:
    """Forget where somebody is reached, and the addresses on what went out to them; whether there was anything.

    What was told stays in the inbox: notices of public services are part of their files. What still waits keeps its
    address until it is through.
    """
    names = addressing.own_names(by)
    gone, _ = models.Contact.objects.filter(recipient__in=names).delete()
    done = models.Delivery.objects.filter(message__recipient__in=names, state__in=OVER)
    blanked = done.filter(channel__in=[Channel.MAIL, Channel.SMS]).exclude(address="").update(
        address="", payload={}
    )  # fmt: skip
    if gone or blanked:
        about = sorted({each for name in names for each in addressing.references(name)})
        audit.record("messages.contact_forgotten", target="contact", by=by, at=at, subjects=about)
    return bool(gone or blanked)


@transaction.atomic
def mark_read(*, message: int, by: Actor, at: datetime) -> bool:
    """Note that the recipient has read a message; False where it is nobody's of theirs."""
    own = models.Message.objects.filter(id=message, recipient__in=addressing.own_names(by))
    return bool(own.filter(read_at=None).update(read_at=at) or own.exists())


@transaction.atomic
def admit_hook(*, hook: str, url: str, by: Actor, at: datetime) -> str:
    """Admit a system that is told by callback; its secret is given this once.

    Raises:
        AddressWrong: no address of the web.
        Forbidden: the actor is no administrator.
    """
    policy.require("messages.manage", by=by)
    if not url.startswith(("https://", "http://")) or len(url) > 500:  # noqa: PLR2004
        raise AddressWrong(what="address", what_zh="回调地址")
    given = secrets.token_urlsafe(32)
    sealed = node.keyring().seal(PURPOSE, node.suite().cipher, given.encode(), context=hook.encode(), at=at)
    models.Hook.objects.update_or_create(
        id=hook, defaults={"url": url, "sealed": sealed, "made_at": at, "ended_at": None}
    )
    audit.record("messages.hook_admitted", target=f"hook/{hook}", by=by, at=at)
    return given


@transaction.atomic
def admit_client(*, name: str, office: str, by: Actor, at: datetime) -> str:
    """Admit a system that sends mail through us; its key is given this once.

    Raises:
        Forbidden: the actor is no administrator.
    """
    policy.require("messages.manage", by=by)
    key = secrets.token_urlsafe(32)
    models.Client.objects.update_or_create(
        id=name, defaults={"digest": digest_of(key), "office": office, "made_at": at, "ended_at": None}
    )
    audit.record("messages.client_admitted", target=f"client/{name}", by=by, at=at, office_of=office)
    return key


def digest_of(key: str) -> str:
    """What is kept of a key: it is long and random."""
    return hashlib.sha256(key.encode()).hexdigest()
