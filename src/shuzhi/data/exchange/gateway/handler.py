"""The handler: the gateway without a web server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from shuzhi.data.exchange.gateway.calls import read_call
from shuzhi.data.exchange.gateway.cases import Case, origin_of, refusal_content, untraced
from shuzhi.data.exchange.gateway.claims.claim import Claims
from shuzhi.data.exchange.gateway.claims.rows import RowClaims
from shuzhi.data.exchange.gateway.desk import CLERKS, AuditMode, Desk
from shuzhi.data.exchange.gateway.refusals import Malformed, Refusal
from shuzhi.data.exchange.gateway.remarks import remarks
from shuzhi.data.exchange.routing.forwarding import Forwarder
from shuzhi.data.exchange.routing.messages import SignedAnswer, request_digest
from shuzhi.data.exchange.vault import Vault
from shuzhi.data.exchange.work.places import FileBody
from shuzhi.pillars.security.crypto.signing import SigningKey

Response = tuple[int, dict[str, str], bytes | FileBody]
Observe = Callable[[str], None]

HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


class Gateway:
    """Answers calls. `observe` hears the rule that refused each, or `answered`."""

    def __init__(self, desk: Desk, *, observe: Observe, key: SigningKey | None = None) -> None:
        """Answer at this desk; `key` signs the answers to other nodes."""
        self.desk, self._observe, self._key = desk, observe, key

    async def handle(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        request_id: str | None = None,
        *,
        certificate: str | None = None,
    ) -> Response:
        """Decide a call and give the answer or the refusal, after its audit entry is safe."""
        answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()

        def finish(response: Response) -> None:
            if not answered.done():  # the caller may have gone
                answered.set_result(response)

        number = request_id or secrets.token_hex(8)
        self.take(method, target, headers, body, request_id=number, answered=finish, certificate=certificate)
        return await answered

    def take(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes,
        *,
        request_id: str,
        answered: Callable[[Response], None],
        certificate: str | None = None,
    ) -> None:
        """Have a call decided; `answered` is given the response, in this thread.

        `certificate` is the fingerprint of the one that the caller showed when it connected.
        """
        case = self._case(request_id, answered)
        case.certificate, case.sent = certificate, (method, target, body)
        try:
            case.call = read_call(method, target, headers, body)
        except Refusal as refusal:
            case.refusal = untraced(refusal)
        self.desk.submit(case)

    def refuse_unreadable(self, *, request_id: str, answered: Callable[[Response], None]) -> None:
        """Refuse, and log, what is no request."""
        case = self._case(request_id, answered)
        case.refusal = Malformed(
            reason="this is no HTTP that the gateway takes", reason_zh="不是网关接受的 HTTP 请求"
        )
        self.desk.submit(case)

    def _case(self, request_id: str, answered: Callable[[Response], None]) -> Case:
        def finish(case: Case) -> None:
            self._observe(case.refusal.rule if case.refusal else "answered")
            answered(self._response(case))

        return Case(request_id, finished=finish)

    def _response(self, case: Case) -> Response:
        is_nodes = case.call is not None and case.call.is_nodes
        if self._key is not None and is_nodes and case.standing and case.standing.grant.node:
            return signed_response(case, self._key)
        return response_of(case)


def signed_response(case: Case, key: SigningKey) -> Response:
    """An answer or refusal that another node can prove: signed, whatever it says."""
    call, sender = case.read_call, case.grant.node
    assert sender is not None
    status, content = case.told
    answer = SignedAnswer(
        node=sender.self,
        call=origin_of(call).mark,
        request_digest=request_digest(origin_of(call).signed),
        status=status,
        content=content,
        request_id=case.request_id,
        at=case.at.isoformat(),
        through=dict(case.answer.proof) if case.answer and case.answer.proof else None,
    )
    signed = msgspec.structs.replace(answer, signature=key.sign(answer.lines).hex())
    return 200, HEADERS, msgspec.json.encode(signed)


def response_of(case: Case) -> Response:
    """A decided case as a response."""
    grant = case.standing.grant if case.standing is not None else None
    headers = HEADERS
    if grant is not None and (grant.sandbox or grant.terms.deprecated_at is not None):
        headers = HEADERS | remarks(grant, case.refusal)
    if case.refusal is None:
        assert case.answer is not None
        if case.answer.file is not None:
            return case.answer.status, headers | dict(case.answer.headers), case.answer.file
        interface = case.read_call.interface
        content = {"request_id": case.request_id, "interface": interface, **case.answer.content}
        if case.answer.proof is not None:
            content["proof"] = case.answer.proof
        if grant is not None and grant.sandbox:
            content["sandbox"] = True
        return case.answer.status, headers, msgspec.json.encode(content)
    return (
        case.refusal.http_status,
        headers | dict(case.refusal.headers) if case.refusal.headers else headers,
        msgspec.json.encode(refusal_content(case.refusal) | {"request_id": case.request_id}),
    )


def build_gateway(
    *,
    url: str,
    node_secret: str,
    masking_key: bytes,
    clock: Callable[[], datetime],
    observe: Observe = lambda _: None,
    mode: AuditMode = AuditMode.DURABLE,
    key: SigningKey | None = None,
    forward_seconds: float = 5.0,
    clerks: int = CLERKS,
    claims: Claims | None = None,
) -> Gateway:
    """A gateway on a database, with the node's keys; without `key` it neither calls other nodes nor answers them.

    Without `claims` it claims in rows of the database, beside other gateways.
    """
    forwarder = Forwarder(url, key=key, clock=clock, seconds=forward_seconds) if key else None
    desk = Desk(
        url=url,
        vault=Vault(node_secret),
        masking_key=masking_key,
        clock=clock,
        claims=claims or RowClaims(),
        mode=mode,
        forwarder=forwarder,
        clerks=clerks,
    )
    return Gateway(desk, observe=observe, key=key)
