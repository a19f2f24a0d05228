"""Master keys (主密钥): what wraps all other keys. A file of the node's own, or a key service (KMS) by HTTP.

Whoever holds the wrapped keys alone can read nothing. A master key never leaves its keeper.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from shuzhi.foundation.secrets import FOLDER, secret_file, write_once
from shuzhi.pillars.security.crypto import ciphers
from shuzhi.pillars.security.crypto.errors import KeyServiceUnavailable, NoSuchKey, NotAuthentic


@dataclass(frozen=True)
class Wrapped:
    """A key wrapped by a master key, with that one's name."""

    master: str
    sealed: bytes


class Masters(Protocol):
    """A keeper of master keys. The context is authenticated: a wrapped key opens only for what it was made for."""

    def current(self) -> str:
        """The name of the master key that wraps from now on."""

    def wrap(self, plain: bytes, *, context: bytes) -> Wrapped:
        """Wrap a key under the current master key."""

    def unwrap(self, wrapped: Wrapped, *, context: bytes) -> bytes:
        """The key again."""

    def rotate(self) -> str:
        """Make a new master key the current one; earlier ones still unwrap. Returns its name."""


class FileMasters:
    """Master keys as files `secrets/master-1`, `master-2` … that only the node's user may read."""

    def __init__(self, home: Path, algorithm: str) -> None:
        """Wrap by `aes-256-gcm` or `sm4-gcm`; the algorithm of a master key is written into its file."""
        self._home, self._algorithm = home, algorithm

    def current(self) -> str:
        """The youngest; the first is made when it is asked for."""
        numbers = self._numbers()
        return f"master-{numbers[-1]}" if numbers else self.rotate()

    def wrap(self, plain: bytes, *, context: bytes) -> Wrapped:
        """Wrap under the youngest."""
        name = self.current()
        algorithm, key = self._read(name)
        return Wrapped(name, ciphers.seal(algorithm, key, plain, context=context))

    def unwrap(self, wrapped: Wrapped, *, context: bytes) -> bytes:
        """Unwrap by the one that wrapped.

        Raises:
            NoSuchKey: its file is gone.
            NotAuthentic: the wrapped key was changed.
        """
        algorithm, key = self._read(wrapped.master)
        return ciphers.unseal(algorithm, key, wrapped.sealed, context=context)

    def rotate(self) -> str:
        """A new one, made once even if two processes ask at the same moment."""
        name = f"master-{(self._numbers() or [0])[-1] + 1}"
        key = ciphers.new_key(self._algorithm)
        write_once(secret_file(self._home, name), f"{self._algorithm} {key.hex()}")
        return name

    def _numbers(self) -> list[int]:
        files = (self._home / FOLDER).glob("master-*")
        return sorted(int(file.name.removeprefix("master-")) for file in files)

    def _read(self, name: str) -> tuple[str, bytes]:
        file = secret_file(self._home, name)
        if not name.startswith("master-") or "/" in name or not file.exists():
            raise NoSuchKey(key=name)
        algorithm, key = file.read_text("ascii").split()
        return algorithm, bytes.fromhex(key)


class HttpMasters:
    """A key service by HTTP: `GET /current`, `POST /wrap`, `/unwrap`, `/rotate`, JSON with base64, bearer token.

    The adapter for a service that speaks otherwise (a cloud's KMS, Vault's transit engine) is a page of code
    that turns these four questions into its own.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 5) -> None:
        """Ask the service below this address."""
        self._client = httpx.Client(
            base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=timeout, trust_env=False
        )

    def current(self) -> str:
        """The name of the master key that wraps from now on."""
        return str(self._ask("GET", "/current")["key"])

    def wrap(self, plain: bytes, *, context: bytes) -> Wrapped:
        """Wrap under the current master key."""
        answer = self._ask("POST", "/wrap", plaintext=plain, context=context)
        return Wrapped(str(answer["key"]), base64.b64decode(str(answer["ciphertext"])))

    def unwrap(self, wrapped: Wrapped, *, context: bytes) -> bytes:
        """The key again.

        Raises:
            NotAuthentic: the service refused to unwrap it.
            KeyServiceUnavailable: it doesn't answer.
        """
        answer = self._ask("POST", "/unwrap", ciphertext=wrapped.sealed, context=context, key=wrapped.master)
        return base64.b64decode(str(answer["plaintext"]))

    def rotate(self) -> str:
        """Ask for a new master key."""
        return str(self._ask("POST", "/rotate")["key"])

    def _ask(self, method: str, path: str, **values: bytes | str) -> dict[str, object]:
        body = {
            name: base64.b64encode(value).decode() if isinstance(value, bytes) else value
            for name, value in values.items()
        }
        try:
            answer = self._client.request(method, path, json=body if method == "POST" else None)
        except httpx.HTTPError as error:
            raise KeyServiceUnavailable(reason=type(error).__name__) from error
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            raise NotAuthentic
        if answer.status_code != httpx.codes.OK:
            raise KeyServiceUnavailable(reason=f"HTTP {answer.status_code}")
        found: dict[str, object] = answer.json()
        return found
