"""What this process remembers of keys: their grants, and how to check their signatures.

A memory is only as good as its version. Every change of an interface, a subscription or a credential gives the
database a new version when it commits, every batch of calls names the version it was judged by, and with another
one it is judged again. So a revocation takes effect with the next call, in every process, and no message about it
can get lost: there is none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.gateway.terms import Grant
from shuzhi.data.exchange.routing.keys import is_signed_by_any
from shuzhi.data.exchange.vault import Vault

MOST = 20_000  # keys; about 40 MB


class Standing:
    """A key as this process knows it."""

    __slots__ = ("_open", "_verifiers", "grant")

    def __init__(self, grant: Grant, open_secret: Callable[[], bytes]) -> None:
        """Know a grant; the secret is opened with the first signature."""
        self.grant, self._open = grant, open_secret
        self._verifiers: dict[str, signing.Verifier] = {}

    def has_signed(self, message: bytes, *, algorithm: str, signature: str) -> bool:
        """Whether this key made the signature; takes the same time for every wrong one."""
        verifier = self._verifiers.get(algorithm)
        if verifier is None:
            verifier = self._verifiers[algorithm] = self._verifier(algorithm)
        return verifier(message, signature)

    def _verifier(self, algorithm: str) -> signing.Verifier:
        node = self.grant.node
        if node is not None:
            if algorithm not in signing.BY_PUBLIC_KEY:
                return signing.never
            return lambda message, given: is_signed_by_any(node.keys, message, bytes.fromhex(given))
        key = self.grant.public_key.encode() if self.grant.public_key else self._open()
        if bool(self.grant.public_key) != (algorithm in signing.BY_PUBLIC_KEY):
            return signing.never
        return signing.VERIFIERS[algorithm](key)


class Standings:
    """The keys that this process knows, at one version."""

    def __init__(self, vault: Vault) -> None:
        """Know nothing yet."""
        self._vault = vault
        self._known: dict[str, Standing] = {}
        self.version = 0

    def find(self, key_id: str) -> Standing | None:
        """A key, if it is known here."""
        return self._known.get(key_id)

    def learn(self, version: int, grants: Mapping[str, Grant]) -> None:
        """Remember what the database said at a version; what was known at another one is forgotten."""
        self.forget_unless(version)
        for key_id, grant in grants.items():
            if len(self._known) >= MOST:
                del self._known[next(iter(self._known))]
            self._known[sys.intern(key_id)] = Standing(grant, self._opener(grant))

    def forget_unless(self, version: int) -> None:
        """Forget everything unless it was learnt at this version."""
        if version != self.version:
            self._known.clear()
            self.version = version

    def _opener(self, grant: Grant) -> Callable[[], bytes]:
        return lambda: self._vault.open(grant.key_id, grant.sealed_secret)
