"""Passwords (密码): what one must be like, choosing another, and one given for the first time."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth import password_validation as rules
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import models
from shuzhi.support.identity.errors import NoSuchAccount, PasswordTooWeak, WrongPassword

SHORTEST, LONGEST = 10, 200
GIVEN_LENGTH = 14
# Without letters and digits that look alike: a given password is read from paper.
LETTERS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
RULES = (
    rules.MinimumLengthValidator(min_length=SHORTEST),
    rules.CommonPasswordValidator(),
    rules.NumericPasswordValidator(),
    rules.UserAttributeSimilarityValidator(user_attributes=("username", "person", "person_en")),
)
REASONS = {
    "password_too_short": ("at least 10 characters", "至少 10 个字符"),
    "password_too_common": ("too many people use this one", "太常见，容易被猜到"),
    "password_entirely_numeric": ("not digits alone", "不能全是数字"),
    "password_too_similar": ("it resembles your account or name", "与账号或姓名太像"),
}


def given_password() -> str:
    """A password for the first time, drawn by chance (82 bits); whoever gets it chooses another when signing in."""
    return "".join(secrets.choice(LETTERS) for _ in range(GIVEN_LENGTH))


@transaction.atomic
def choose_password(*, username: str, former: str | None, password: str, by: Actor, at: datetime) -> None:
    """Choose one's own password; every session of the account ends with its next request.

    `former` is the present password; None while signing in, where it has just been given.

    Raises:
        NoSuchAccount: there is none of that name, or it is somebody else's.
        WrongPassword: the present password is another one.
        PasswordTooWeak: too short, too common, digits alone, the name, or the present one.
    """
    account = models.Account.objects.select_for_update().filter(username=username, is_active=True).first()
    if account is None or by.name != f"account/{username}":
        raise NoSuchAccount(username=username)
    if former is not None and not account.check_password(former):
        raise WrongPassword
    require_strong(password, account)
    if account.check_password(password):
        raise PasswordTooWeak(reason="it is the present one", reason_zh="与当前密码相同")
    account.set_password(password)
    account.must_choose = False
    account.save(update_fields=["password", "must_choose"])
    audit.record("identity.password_chosen", target=by.name, by=by, at=at)


def give_password(account: models.Account) -> str:
    """Give an account a password for the first time; its sessions end."""
    password = given_password()
    account.set_password(password)
    account.must_choose = True
    account.save(update_fields=["password", "must_choose"])
    models.Account.objects.filter(id=account.id).update(session_round=F("session_round") + 1)
    return password


def require_strong(password: str, account: models.Account) -> None:
    """Raise PasswordTooWeak where one of the rules isn't kept."""
    if len(password) > LONGEST or "\0" in password:
        raise PasswordTooWeak(reason="at most 200 characters", reason_zh="最多 200 个字符")
    for rule in RULES:
        try:
            rule.validate(password, account)
        except ValidationError as fault:
            reason, reason_zh = REASONS[str(fault.code)]
            raise PasswordTooWeak(reason=reason, reason_zh=reason_zh) from None
