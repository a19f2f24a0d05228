"""A second factor (二次验证): one-time codes of an app on the person's phone (TOTP, RFC 6238), and codes for when it is lost.

Nobody but the person sees the secret, once; it is stored sealed under the node's keys. A code is taken once. Codes
of recovery are stored as digests; each works once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
from django.db import transaction

from shuzhi.foundation.settings import settings
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.support.identity import models
from shuzhi.support.identity.errors import (
    NoSecondFactor,
    NoSuchAccount,
    SecondFactorNeeded,
    SecondFactorThere,
    WrongCode,
)

PURPOSE = "identity"
STEP = 30  # seconds
STEPS_OFF = 1  # a phone's clock may be so many steps before or behind
RECOVERY_CODES, RECOVERY_BYTES = 10, 10


@dataclass(frozen=True)
class Enrolment:
    """What the app takes over: the secret (base32), and the same as an address for a QR code."""

    secret: str
    uri: str


def is_on(username: str) -> bool:
    """Whether signing in to this account asks for a code."""
    return models.SecondFactor.objects.filter(account=username, confirmed_at__isnull=False).exists()


def is_needed(roles: frozenset[Role]) -> bool:
    """Whether this node asks whoever has these roles for a second factor."""
    chosen = settings().second_factor
    if chosen == "staff":
        return bool(roles - {Role.RESIDENT})
    return chosen == "administrators" and Role.ADMINISTRATOR in roles


@transaction.atomic
def begin(*, by: Actor, at: datetime) -> Enrolment:
    """Set up one's own second factor; asking again before it is confirmed shows the same secret.

    Raises:
        SecondFactorThere: it is confirmed already.
    """
    username = by.name.removeprefix("account/")
    row = models.SecondFactor.objects.select_for_update().filter(account=username).first()
    if row is None:
        row = models.SecondFactor(account=username, sealed=_seal(username, pyotp.random_base32(), at))
        row.save()
    elif row.confirmed_at:
        raise SecondFactorThere
    secret = _secret(row)
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name="数治 Shuzhi"))


@transaction.atomic
def confirm(*, code: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Put it in force with a first code from the app; returns the codes of recovery, which are shown once.

    Raises:
        NoSecondFactor: nothing is being set up.
        SecondFactorThere: it is confirmed already.
        WrongCode: the code is not one of now.
    """
    row = _row(by.name.removeprefix("account/"))
    if row.confirmed_at:
        raise SecondFactorThere
    step = _step(row, code, at)
    if step is None:
        raise WrongCode
    codes = _new_codes()
    row.confirmed_at, row.last_step, row.recovery = at, step, [_digest(each) for each in codes]
    row.save()
    audit.record("identity.second_factor_on", target=by.name, by=by, at=at)
    return codes


@transaction.atomic
def renew_recovery(*, code: str, by: Actor, at: datetime) -> tuple[str, ...]:
    """Other codes of recovery; the earlier ones are void.

    Raises:
        NoSecondFactor: there is none.
        WrongCode: the code is not right.
    """
    username = by.name.removeprefix("account/")
    if not take(username=username, code=code, at=at):
        raise WrongCode
    row, codes = _row(username), _new_codes()
    row.recovery = [_digest(each) for each in codes]
    row.save(update_fields=["recovery"])
    audit.record("identity.recovery_codes_made", target=by.name, by=by, at=at)
    return codes


@transaction.atomic
def take(*, username: str, code: str, at: datetime) -> bool:
    """Whether a code is right; it is used up then."""
    row = models.SecondFactor.objects.select_for_update().filter(account=username).first()
    if row is None or row.confirmed_at is None:
        return False
    step = _step(row, code, at)
    if step is not None:
        row.last_step = step
        row.save(update_fields=["last_step"])
        return True
    digest = _digest(code)
    if digest not in row.recovery:
        return False
    row.recovery = [each for each in row.recovery if each != digest]
    row.save(update_fields=["recovery"])
    audit.record(
        "identity.recovery_code_used", target=f"account/{username}",
        by=Actor(name=f"account/{username}"), at=at, left=len(row.recovery),
    )  # fmt: skip
    return True


@transaction.atomic
def remove(*, code: str, by: Actor, at: datetime) -> None:
    """Give up one's own second factor, with a code.

    Raises:
        SecondFactorNeeded: this node asks this account for one.
        WrongCode: the code is not right.
    """
    username = by.name.removeprefix("account/")
    if is_needed(by.roles):
        raise SecondFactorNeeded
    if not take(username=username, code=code, at=at):
        raise WrongCode
    models.SecondFactor.objects.filter(account=username).delete()
    audit.record("identity.second_factor_off", target=by.name, by=by, at=at)


@transaction.atomic
def reset(*, username: str, by: Actor, at: datetime) -> None:
    """Take away somebody's second factor, whose phone and codes are lost and whom one has seen in person.

    Raises:
        NoSecondFactor: there is none, or it is one's own.
        Forbidden: only an administrator does it.
    """
    policy.require("identity.manage_accounts", by=by)
    if not models.Account.objects.filter(username=username).exists():
        raise NoSuchAccount(username=username)
    if (
        by.name == f"account/{username}"
        or not models.SecondFactor.objects.filter(account=username).delete()[0]
    ):
        raise NoSecondFactor
    audit.record("identity.second_factor_reset", target=f"account/{username}", by=by, at=at)


def left_of_recovery(username: str) -> int:
    """How many codes of recovery an account still has."""
    row = models.SecondFactor.objects.filter(account=username).first()
    return len(row.recovery) if row else 0


def reseal(at: datetime) -> int:
    """Bring some secrets under the node's active key; returns how many."""
    old = [row for row in models.SecondFactor.objects.all().iterator() if not _is_current(bytes(row.sealed))][
        :500
    ]
    for row in old:
        models.SecondFactor.objects.filter(id=row.id).update(sealed=_seal(row.account, _secret(row), at))
    return len(old)


def _row(username: str) -> models.SecondFactor:
    row = models.SecondFactor.objects.select_for_update().filter(account=username).first()
    if row is None:
        raise NoSecondFactor
    return row


def _step(row: models.SecondFactor, code: str, at: datetime) -> int | None:
    """The step that a code is of: one of now that was not used before."""
    written = code.strip().replace(" ", "")
    if not (written.isascii() and written.isdecimal()):
        return None
    now, app = int(at.timestamp()) // STEP, pyotp.TOTP(_secret(row), interval=STEP)
    for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
        if step > row.last_step and hmac.compare_digest(app.at(step * STEP), written):
            return step
    return None


def _new_codes() -> tuple[str, ...]:
    drawn = (secrets.token_hex(RECOVERY_BYTES) for _ in range(RECOVERY_CODES))
    return tuple("-".join(each[i : i + 5] for i in range(0, len(each), 5)) for each in drawn)


def _digest(code: str) -> str:
    """80 drawn bits can't be guessed from it."""
    written = code.strip().lower().replace("-", "").replace(" ", "")
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()


def _seal(username: str, secret: str, at: datetime) -> bytes:
    return node.keyring().seal(
        PURPOSE, node.suite().cipher, secret.encode(), context=username.encode(), at=at
    )


def _secret(row: models.SecondFactor) -> str:
    return node.keyring().unseal(PURPOSE, bytes(row.sealed), context=row.account.encode()).decode()


def _is_current(sealed: bytes) -> bool:
    return node.keyring().is_current(PURPOSE, sealed)
