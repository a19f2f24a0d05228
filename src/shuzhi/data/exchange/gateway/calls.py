"""Reading a call: from method, target, headers and body to a value, or a refusal. Trusts nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl

import msgspec

from shuzhi.data.exchange import signing
from shuzhi.data.exchange.gateway.refusals import BodyTooLarge, Malformed, MethodRefused, NoSuchPlace
from shuzhi.data.exchange.routing.messages import Onward, read_onward

MOST_BODY = 16_384
MOST_PART = 98_304  # of a part of a question for common keys: the one long thing that a call may bring
MOST_TARGET = 4_096
LONGEST_VALUE = 200
POINTS = "points"  # the parameter of a part that may be longer
DOCUMENT = "document"  # the same of what is handed over
LONGEST_NAME = 12
PURPOSE = "purpose"  # a reserved parameter: the purpose a caller states

_PATH = re.compile(r"/v1/(interfaces|forwarded|receipts|parts|handed)/([a-z][a-z0-9-]{0,99})(/events)?")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,40}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")
_SIGNATURE = re.compile(r"(HMAC-SHA256|HMAC-SM3|SM2|ED25519) ((?:[0-9a-f]{64}){1,2})")
# All four at once for the common case; none of them may hold the line's end that is put between them.
_PROOF = re.compile(
    "\n".join(f"({one.pattern})" for one in (_KEY, _TIMESTAMP, _NONCE)) + "\n" + _SIGNATURE.pattern
)
_PLAIN = re.compile(r"([A-Za-z0-9._~-]+)=([A-Za-z0-9._~-]+)")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORMS = {
    signing.KEY: _KEY,
    signing.TIMESTAMP: _TIMESTAMP,
    signing.NONCE: _NONCE,
    signing.SIGNATURE: _SIGNATURE,
}
_parameters = msgspec.json.Decoder(dict[str, str])


CALL, FORWARDED, RECEIPTS, PARTS, HANDED = (
    "interfaces",
    "forwarded",
    "receipts",
    "parts",
    "handed",  # by another node in its own name
)  # what is asked at which place
LONGER = {PARTS: POINTS, HANDED: DOCUMENT}


class Call(msgspec.Struct, frozen=True):
    """A call in the right form; whether it is allowed is decided later.

    One that another node sent brings the caller's own call along (`origin`), whose parameters are its own.
    """

    interface: str
    key_id: str
    timestamp: int
    nonce: str
    algorithm: str
    signature: str
    signed: bytes
    parameters: Mapping[str, str]
    purpose: str | None
    errand: str = CALL
    onward: Onward | None = None
    origin: Call | None = None
    of_events: bool = False  # asked at the address of events, where no other kind answers

    @property
    def is_get(self) -> bool:
        """Whether it came as GET."""
        return self.signed.startswith(b"GET")

    @property
    def is_nodes(self) -> bool:
        """Whether another node sent it, who is answered with this node's signature."""
        return self.onward is not None or self.errand == HANDED

    @property
    def mark(self) -> str:
        """Key and nonce as 128 bits, in hexadecimal: what is remembered of them."""
        return hashlib.blake2b(f"{self.key_id} {self.nonce}".encode(), digest_size=16).hexdigest()


def most_body(target: str) -> int:
    """How long a body may be at this place."""
    return MOST_PART if target.startswith(("/v1/parts/", "/v1/handed/")) else MOST_BODY


def read_call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Read a call. Header names are lower case.

    Raises:
        Refusal: what makes it unreadable.
    """
    limit = most_body(target)
    if len(target) > MOST_TARGET or len(body) > limit:
        raise BodyTooLarge(limit=limit)
    path, _, query = target.partition("?")
    place = _PATH.fullmatch(path)
    if place is None:
        raise NoSuchPlace
    if method not in ("GET", "POST"):
        raise MethodRefused(method=method if method.isalpha() and len(method) < LONGEST_NAME else "?")
    key_id, seconds, nonce, algorithm, given = _read_proof(headers)
    timestamp = int(seconds)
    if body and method == "GET":
        raise Malformed(reason="a GET has no body", reason_zh="GET 请求不能带请求体")
    sorted_query, pairs = _read_query(query)
    onward = _read_onward(method, body) if place[1] == FORWARDED else None
    origin = _read_origin(onward) if onward else None
    parameters = (
        dict(origin.parameters)
        if origin is not None
        else _parameters_of([*pairs, *_body_pairs(body)] if body else pairs, longer=LONGER.get(place[1], ""))
    )
    return Call(
        interface=place[2],
        key_id=key_id,
        timestamp=timestamp,
        nonce=nonce,
        algorithm=algorithm,
        signature=given,
        signed=signing.canonical_lines(method, path, sorted_query, body, timestamp=timestamp, nonce=nonce),
        purpose=parameters.pop(PURPOSE, None),
        parameters=parameters,
        errand=place[1],
        onward=onward,
        origin=origin,
        of_events=place[3] is not None,
    )


def _read_onward(method: str, body: bytes) -> Onward:
    """What another node says of a call."""
    try:
        onward = read_onward(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        onward = None
    if onward is None or method != "POST" or not onward.hops or any(map(_UNPRINTABLE.search, onward.said)):
        raise Malformed(reason="this is no call that a node sends on", reason_zh="不是节点转发的调用")
    return onward


def _read_origin(onward: Onward) -> Call:
    """The caller's own call, held to the same form as every other."""
    origin = read_call(onward.method, onward.target, onward.headers, onward.body.encode())
    if origin.errand != CALL or origin.mark != onward.call:
        raise Malformed(reason="the call inside is not the one named", reason_zh="所附调用与编号不符")
    return origin


def _read_proof(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Key, timestamp, nonce, algorithm and signature."""
    found = _PROOF.fullmatch("\n".join(headers.get(name, "") for name in _FORMS))
    if found is not None:
        return found.groups()
    for name, pattern in _FORMS.items():
        _header(headers, name, pattern)
    raise AssertionError  # one of them is not in its form


def _header(headers: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> re.Match[str]:
    found = pattern.fullmatch(headers.get(name, ""))
    if found is None:
        raise Malformed(
            reason=f"the header {name} is missing or not in its form",
            reason_zh=f"请求头 {name} 缺失或格式不对",
        )
    return found


def _parameters_of(pairs: Iterable[tuple[str, str]], *, longer: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise Malformed(reason="a parameter stands twice", reason_zh="参数重复")
        is_long = len(value) > (MOST_PART if name == longer else LONGEST_VALUE)
        if is_long or not _NAME.fullmatch(name) or _UNPRINTABLE.search(value):
            raise Malformed(reason="a parameter is not in its form", reason_zh="参数的名称或内容格式不对")
        found[name] = value
    return found


def _read_query(query: str) -> tuple[str, Sequence[tuple[str, str]]]:
    """A query in its one form, and its pairs."""
    if not query:
        return "", ()
    if plain := _PLAIN.fullmatch(query):  # the common case: one pair, nothing to decode
        return query, (plain.groups(),)  # type: ignore[return-value]
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=True, max_num_fields=32, errors="strict"
        )
        return signing.encode_pairs(pairs), pairs
    except ValueError:
        raise Malformed(reason="the query can't be parsed", reason_zh="查询串无法解析") from None


def _body_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        found = _parameters.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(
            reason="the body is not a JSON object of texts", reason_zh="请求体不是值均为文本的 JSON 对象"
        ) from None
    pairs = list(found.items())
    # A name that stands twice would have another value for another reader. Only then, or where one stands in a value,
    # are there more colons than names.
    return pairs if body.count(b":") == len(pairs) else json.loads(body, object_pairs_hook=list)
