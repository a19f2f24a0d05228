"""A Python client of the gateway (调用客户端): pure, on `httpx`; what a caller's own system would import.

credential = StoredCredential.read(Path("firm-by-uscc.json"))
with ExchangeClient(credential) as client:
    firm = client.call("firm-by-uscc", uscc="91350100M000100Y43")
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

import httpx

from shuzhi.data.exchange import signing
from shuzhi.foundation import clock
from shuzhi.foundation.errors import PlatformError

TIMEOUT_SECONDS = 10.0
CHECKSUM = "x-shuzhi-sha256"


class CredentialUnreadable(PlatformError):
    """{file} is no credential file: it must be JSON with key_id, secret and gateway."""

    code = "exchange.credential_unreadable"
    zh = "{file} 不是密钥文件：应为含 key_id、secret 和 gateway 的 JSON。"


class GatewayUnreachable(PlatformError):
    """The gateway at {gateway} does not answer ({reason})."""

    code = "exchange.gateway_unreachable"
    http_status = 503
    zh = "网关 {gateway} 无应答（{reason}）。"


class CallRefused(PlatformError):
    """The gateway refused the call by the rule “{rule}”: {message}"""

    code = "exchange.call_refused"
    http_status = 403
    zh = "网关按规则“{rule}”拒绝了调用：{message_zh}"
    # The gateway's own code stays in the facts: `error.facts["code"]`.
    known: ClassVar[tuple[str, ...]] = ("code", "message", "message_zh", "rule", "request_id")


class FileDamaged(PlatformError):
    """The file that came is not the one that the gateway's checksum speaks of; collect it again."""

    code = "exchange.file_damaged"
    http_status = 502
    zh = "收到的文件与网关给出的校验值不符，请重新领取。"


@dataclass(frozen=True)
class StoredCredential:
    """A credential as the caller keeps it in a file that only its system can read."""

    key_id: str
    secret: str
    gateway: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read a credential file.

        Raises:
            CredentialUnreadable: it is not there or not in its form.
        """
        try:
            content = json.loads(file.read_text("utf-8"))
            return cls(**{name: str(content[name]) for name in ("key_id", "secret", "gateway")})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CredentialUnreadable(file=file) from error

    def write(self, file: Path) -> None:
        """Write the file, readable by its owner only; an existing file is not overwritten."""
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")


class ExchangeClient:
    """Calls interfaces with one credential, over one kept connection."""

    def __init__(
        self,
        credential: StoredCredential,
        *,
        algorithm: str = signing.SM3,
        now: Callable[[], Any] = clock.now,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Prepare to call; `algorithm` is one of `signing.ALGORITHMS`."""
        self._credential, self._algorithm, self._now = credential, algorithm, now
        self._http = httpx.Client(base_url=credential.gateway, timeout=TIMEOUT_SECONDS, transport=transport)

    def call(self, interface: str, *, errand: str = "interfaces", **parameters: str) -> dict[str, Any]:
        """Call an interface and return its answer; `errand` is the other place for parts of long questions.

        Raises:
            CallRefused: the gateway refused; `facts["rule"]` says by which rule.
            GatewayUnreachable: it did not answer, or not as a gateway does.
        """
        try:
            return _content(self._http.send(self._signed(interface, parameters, errand=errand)))
        except (httpx.HTTPError, ValueError) as error:
            raise GatewayUnreachable(gateway=self._credential.gateway, reason=type(error).__name__) from error

    def fetch(
        self, interface: str, *, job: int, into: Path, most: int | None = None
    ) -> dict[str, Any] | None:
        """Collect a job's file and check it; None once it is in `into`, else what the gateway says of the job.

        One of more than `most` bytes is not read to its end.

        Raises:
            CallRefused: the gateway refused; `facts["rule"]` says by which rule.
            FileDamaged: what came is not what the gateway's checksum says; nothing is kept.
            GatewayUnreachable: it did not answer, or not as a gateway does.
        """
        try:
            response = self._http.send(self._signed(interface, {"job": str(job)}), stream=True)
            with closing(response):
                if CHECKSUM not in response.headers:
                    response.read()
                    return _content(response)
                _write(response, into, most)
                return None
        except (httpx.HTTPError, ValueError) as error:
            raise GatewayUnreachable(gateway=self._credential.gateway, reason=type(error).__name__) from error

    def _signed(
        self, interface: str, parameters: Mapping[str, str], *, errand: str = "interfaces"
    ) -> httpx.Request:
        """By POST: what is asked then stands in no line's log, and every kind takes it."""
        path, body = f"/v1/{errand}/{interface}", json.dumps(parameters).encode()
        headers = signing.signed_headers(
            key_id=self._credential.key_id,
            secret=self._credential.secret,
            method="POST",
            path=path,
            body=body,
            at=self._now(),
            algorithm=self._algorithm,
        )
        kept = {"content-type": "application/json", **headers}
        return self._http.build_request("POST", path, content=body, headers=kept)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()


def _content(response: httpx.Response) -> dict[str, Any]:
    content = response.json()
    if response.is_success:
        return dict(content)
    raise CallRefused(**{name: content.get(name, "?") for name in CallRefused.known})


def _write(response: httpx.Response, into: Path, most: int | None) -> None:
    digest, half, size = hashlib.sha256(), into.with_name(into.name + ".part"), 0
    try:
        with half.open("wb") as file:
            for piece in response.iter_bytes():
                size += len(piece)
                if most is not None and size > most:
                    raise FileDamaged
                digest.update(piece)
                file.write(piece)
        if digest.hexdigest() != response.headers[CHECKSUM]:
            raise FileDamaged
        half.replace(into)
    finally:
        half.unlink(missing_ok=True)
