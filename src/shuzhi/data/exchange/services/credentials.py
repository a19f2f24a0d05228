from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from shuzhi.data.exchange import models, queries
from shuzhi.data.exchange.errors import (
    CertificateInvalid,
    CredentialAlreadyIssued,
    NotGranted,
    PublicKeyInvalid,
)
from shuzhi.data.exchange.services.subscriptions import locked, settle
from shuzhi.data.exchange.types import Credential, Subscription, SubscriptionStatus
from shuzhi.data.exchange.vault import Vault
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor
from shuzhi.support.workflow import queries as workflow

MOST_CERTIFICATES = 4
_FINGERPRINT = re.compile("[0-9a-f]{64}")
_PUBLIC_KEY = re.compile("(?:04)?([0-9a-f]{128})")


@transaction.atomic
def grant(*, subscription: int, by: Actor, at: datetime) -> Credential:
    """Issue the credential of an approved subscription to the asking office; the secret is shown only now.

    Raises:
        NoSuchSubscription: there is none of this number.
        NotGranted: the owner and the bureau have not both approved it, or it has ended.
        CredentialAlreadyIssued: it was collected before; `renew_credential` replaces it.
        Forbidden: the actor does not speak for the asking office.
    """
    row = granted_row(subscription, by=by, at=at)
    if row.credentials.exists():
        raise CredentialAlreadyIssued(subscription=subscription)
    return issue_credential(row, by=by, at=at)


@transaction.atomic
def renew_credential(*, subscription: int, by: Actor, at: datetime) -> Credential:
    """Replace a credential that was lost or leaked; the old key is refused from now on.

    Raises:
        NoSuchSubscription, NotGranted, Forbidden: as for `grant`.
    """
    row = granted_row(subscription, by=by, at=at)
    row.credentials.filter(revoked_at=None).update(revoked_at=at)
    return issue_credential(row, by=by, at=at)


@transaction.atomic
def register_public_key(*, subscription: int, public_key: str, by: Actor, at: datetime) -> Credential:
    """Let the asking office sign with its own SM2 key instead of a shared secret; the old key is refused from now on.

    `public_key` is the point's 64 bytes in hexadecimal, with or without the leading 04. The credential that comes
    back has no secret: only its key id is needed.

    Raises:
        PublicKeyInvalid: it is no point in this form.
        NoSuchSubscription, NotGranted, Forbidden: as for `grant`.
    """
    row = granted_row(subscription, by=by, at=at)
    found = _PUBLIC_KEY.fullmatch(public_key.strip().lower())
    if found is None:
        raise PublicKeyInvalid
    row.credentials.filter(revoked_at=None).update(revoked_at=at)
    return issue_credential(row, by=by, at=at, public_key=found[1])


@transaction.atomic
def bind_certificates(
    *, subscription: int, certificates: Sequence[str], by: Actor, at: datetime
) -> Subscription:
    """Bind a subscription to client certificates (绑定证书): it is called with one of them or not at all; none lifts it.

    A certificate is named by its SHA-256 fingerprint, with or without colons. Two of them let a caller change its
    certificate without a gap. Only a gateway that asks its callers for certificates can see them.

    Raises:
        CertificateInvalid: this is no fingerprint, or they are too many.
        NoSuchSubscription: there is none of this number.
        Forbidden: the actor speaks neither for the owner nor for the bureau.
    """
    row = locked(subscription)
    policy.require("exchange.limit", by=by, office=row.interface.owner)
    found = list(dict.fromkeys(each.replace(":", "").strip().lower() for each in certificates))
    if len(found) > MOST_CERTIFICATES or not all(map(_FINGERPRINT.fullmatch, found)):
        raise CertificateInvalid(most=MOST_CERTIFICATES)
    row.certificates = found
    row.save(update_fields=["certificates"])
    audit.record(
        "exchange.bound",
        target=f"interface/{row.interface_id}",
        by=by,
        at=at,
        subscription=row.id,
        certificates=found,
    )
    return queries.subscription(subscription)


def granted_row(subscription: int, *, by: Actor, at: datetime) -> models.Subscription:
    """The row of a subscription that has been granted and whose credential this actor may collect."""
    row = locked(subscription)
    policy.require("exchange.collect", by=by, office=row.office)
    # The dossier decides, also when the news of its last step is still on its way; a sandbox key has none.
    if row.dossier is not None:
        settle(row, workflow.dossier(row.dossier), by=by, at=at, reason=row.reason)
    if row.status != SubscriptionStatus.GRANTED.value:
        raise NotGranted(subscription=subscription, status=row.status)
    return row


def issue_credential(
    row: models.Subscription,
    *,
    by: Actor,
    at: datetime,
    public_key: str = "",
    node: dict[str, Any] | None = None,
) -> Credential:
    """A new key of a subscription whose former one has ended: with a secret, or for a public key, or for a node's keys."""
    has_secret = not public_key and node is None
    key_id, key = f"sk-{secrets.token_hex(8)}", secrets.token_urlsafe(32) if has_secret else ""
    vault = Vault(secret(settings().home, "exchange"))
    models.Credential.objects.create(
        key_id=key_id,
        subscription=row,
        sealed_secret=vault.seal(key_id, key, at=at) if key else b"",
        public_key=public_key,
        node=node,
        issued_at=at,
    )
    audit.record(
        "exchange.credential_issued",
        target=f"interface/{row.interface_id}",
        by=by,
        at=at,
        subscription=row.id,
        key=key_id,
        sandbox=row.sandbox or None,
        public_key=public_key or None,
        node=node["node"] if node else None,
    )
    return Credential(key_id=key_id, secret=key, interface=row.interface_id, subscription=row.id)


AT_ONCE = 500


@transaction.atomic
def reseal_credentials(at: datetime) -> int:
    """Bring some sealed secrets under the active key (重新加密); returns how many, 0 when none is left."""
    vault = Vault(secret(settings().home, "exchange"))
    sealed = models.Credential.objects.select_for_update().exclude(sealed_secret=b"").order_by("key_id")
    rows = sealed.iterator(chunk_size=2000)
    stale = [row for row in rows if not vault.is_current(bytes(row.sealed_secret))][:AT_ONCE]
    for row in stale:
        secret_ = vault.open(row.key_id, bytes(row.sealed_secret)).decode()
        row.sealed_secret = vault.seal(row.key_id, secret_, at=at)
    models.Credential.objects.bulk_update(stale, ["sealed_secret"])
    return len(stale)
