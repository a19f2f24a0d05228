from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac

from shuzhi.foundation.database import prepared
from shuzhi.support.identity.pausing import Count


class Accounts(BaseUserManager["Account"]):
    """Accounts; one by its number alone, as every request of whoever is signed in asks for it, by a prepared statement."""

    def get(self, *args: Any, **sought: Any) -> Account:
        """One account, as Django's managers give it."""
        if args or set(sought) != {"pk"}:
            return super().get(*args, **sought)
        found = prepared.found(self.model, sought["pk"])
        if found is None:
            raise self.model.DoesNotExist
        return found


class Account(AbstractBaseUser):
    """A person's account in one office. Rights come from its roles, never from flags of the web framework."""

    username = models.CharField(max_length=100, unique=True)
    person = models.CharField(max_length=100)
    person_en = models.CharField(max_length=100, default="")
    office = models.CharField(max_length=100, null=True)
    division = models.CharField(max_length=12, null=True)
    roles = ArrayField(models.CharField(max_length=30), default=list)
    is_demo = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    session_round = models.IntegerField(default=0)
    must_choose = models.BooleanField(default=False)  # the password was given by somebody else
    opened_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)  # from then on it is nobody's, whatever else happens

    USERNAME_FIELD = "username"

    objects = Accounts()

    def is_in_use(self, at: datetime) -> bool:
        """Whether somebody may be signed in with it at this moment."""
        return self.is_active and (self.until is None or at < self.until)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session carries and every request compares: another password or round ends all sessions."""
        carried = f"{self.password}.{self.session_round}"
        return salted_hmac("shuzhi.identity.session", carried, secret=secret, algorithm="sha256").hexdigest()


class SignInCount(models.Model):
    """Attempts to sign in that failed, of an account, an address, or one from the other (`kind`)."""

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=120)
    account = models.CharField(max_length=100, default="")
    address = models.CharField(max_length=60, default="")
    failures = models.IntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_count_each")]
        indexes = [models.Index(fields=["until"])]

    def as_count(self) -> Count:
        """The row as the rule knows it."""
        return Count(self.failures, self.last_at, self.until)

    def take(self, count: Count) -> None:
        """Become this count."""
        self.failures, self.last_at, self.until = count.failures, count.last_at, count.until


class Proof(models.Model):
    """An identity that somebody has proven (实名认证): that the account is this person's, or acts for this firm."""

    account = models.CharField(max_length=100)  # the username
    scheme = models.CharField(max_length=30)  # resident_id, uscc
    value = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "scheme"], name="one_proof_of_a_scheme")]


class SecondFactor(models.Model):
    """A second factor (二次验证) of an account: a sealed secret, and the digests of codes for when the phone is lost."""

    account = models.CharField(max_length=100, unique=True)  # the username
    sealed = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)  # no code is taken twice
    recovery = ArrayField(models.CharField(max_length=64), default=list)


class SignedIn(models.Model):
    """A session of somebody who signed in (在线会话): from where, and when it was last used."""

    account = models.CharField(max_length=100, db_index=True)  # the username
    session = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=60)
    browser = models.CharField(max_length=200)


class Delegation(models.Model):
    """That somebody may act for somebody else (代办). Whose matters: `scheme` and `value`; who acts: `delegate`."""

    kind = models.CharField(max_length=20)
    scheme = models.CharField(max_length=30)  # resident_id, uscc, account
    value = models.CharField(max_length=100)
    title = models.CharField(max_length=100)  # the principal's name as the banner says it
    giver = models.CharField(max_length=100)  # the actor who gave it
    delegate = models.CharField(max_length=100, default="")  # a username; empty until it is accepted by code
    delegate_name = models.CharField(max_length=100)
    code_digest = models.CharField(max_length=64, default="")
    code_until = models.DateTimeField(null=True)
    matters = ArrayField(models.CharField(max_length=100), default=list)  # empty: every matter
    since = models.DateField()
    until = models.DateField()  # the last day
    evidence = models.CharField(max_length=200, default="")
    given_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, default="")
    how = models.CharField(max_length=10, default="")  # revoked, declined, given_up

    class Meta:
        indexes = [
            models.Index(fields=["delegate", "scheme", "value"], name="delegations_of_delegate"),
            models.Index(fields=["scheme", "value"], name="delegations_of_principal"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["code_digest"], condition=~models.Q(code_digest=""), name="one_delegation_a_code"
            ),
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="delegations_end_after_they_begin"
            ),
        ]


class OpenIdKey(models.Model):
    """A key that signs what is told to other systems about who signed in; the youngest signs, all of them verify."""

    kid = models.CharField(max_length=40, unique=True)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()


class OpenIdClient(models.Model):
    """Another system that lets people sign in here (接入应用)."""

    id = models.CharField(primary_key=True, max_length=60)
    title_zh = models.CharField(max_length=100)
    title_en = models.CharField(max_length=100)
    secret = models.CharField(max_length=64, default="")  # a digest; empty for one that can keep no secret
    redirect_uris = ArrayField(models.CharField(max_length=500))
    scopes = ArrayField(models.CharField(max_length=20))
    sector = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)


class OpenIdGrant(models.Model):
    """One sign-in at a client: the code by which it is fetched, and what is given for it. Ended, all of it is void."""

    client = models.ForeignKey(OpenIdClient, on_delete=models.PROTECT)
    account = models.CharField(max_length=100, db_index=True)  # the username
    session_round = models.IntegerField()
    code = models.CharField(max_length=64, unique=True)  # a digest
    redirect_uri = models.CharField(max_length=500)
    scopes = ArrayField(models.CharField(max_length=20))
    nonce = models.CharField(max_length=500, default="")
    challenge = models.CharField(max_length=128)
    signed_in_at = models.DateTimeField()
    agreed_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class OpenIdToken(models.Model):
    """A token of a grant: one that asks who it is, or one that is changed for others once."""

    grant = models.ForeignKey(OpenIdGrant, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    is_refresh = models.BooleanField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class OpenIdConsent(models.Model):
    """What somebody agreed to tell a client."""

    account = models.CharField(max_length=100)  # the username
    client = models.ForeignKey(OpenIdClient, on_delete=models.PROTECT)
    scopes = ArrayField(models.CharField(max_length=20))
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "client"], name="one_consent_a_client")]


class OutsideAccount(models.Model):
    """That somebody who signs in at an outside provider is an account here (统一身份认证): the provider's own number of them."""

    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    account = models.CharField(max_length=100, db_index=True)  # the username
    made_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_a_subject")]
