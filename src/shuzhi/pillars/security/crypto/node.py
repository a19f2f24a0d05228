"""The node's own choice (密码套件): international or national algorithms, and where master keys are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from shuzhi.foundation.secrets import secret_file
from shuzhi.foundation.settings import Settings, settings
from shuzhi.pillars.security.crypto import ciphers, digests, signing
from shuzhi.pillars.security.crypto.errors import KeyServiceUnavailable
from shuzhi.pillars.security.crypto.keyring import Keyring
from shuzhi.pillars.security.crypto.masters import FileMasters, HttpMasters, Masters

KMS_TOKEN = "kms-token"  # noqa: S105 - the name of the file, not the token


@dataclass(frozen=True)
class Suite:
    """Algorithms that go together."""

    digest: str
    signature: str
    cipher: str


SUITES = {
    "international": Suite(digests.SHA256, signing.ED25519, ciphers.AES),
    "national": Suite(digests.SM3, signing.SM2, ciphers.SM4),
}


def suite() -> Suite:
    """The algorithms that this node uses for what it makes from now on."""
    return SUITES[settings().cryptography]


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """This node's keys."""
    return open_keyring(settings())


def open_keyring(chosen: Settings) -> Keyring:
    """The keys of the node with these settings."""
    return Keyring(chosen.home, _masters(chosen))


def _masters(chosen: Settings) -> Masters:
    if chosen.kms_url is None:
        return FileMasters(chosen.home, SUITES[chosen.cryptography].cipher)
    token = secret_file(chosen.home, KMS_TOKEN)
    if not token.exists():
        raise KeyServiceUnavailable(reason=f"secrets/{KMS_TOKEN}")
    return HttpMasters(chosen.kms_url, token.read_text("ascii").strip())
