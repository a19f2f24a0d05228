"""Whatever is sent, properly signed, to the gateway: it answers as its document says, never with a failure of its own."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from shuzhi.data.exchange import signing

pytestmark = pytest.mark.proof  # some minutes against a running node

SEED, EXAMPLES = 20210409, 60  # calls for each interface, once as its document allows and once as it doesn't
PATIENCE = 3  # times that a call is sent which came too fast
NOT_CALLS = {405, 413, 414}  # refused before a call is read: not of the document


class Caller:
    """Signs every call with the key of its interface, as the client's package does."""

    def __init__(self, line: httpx.Client, gateway: str, keys: dict[str, dict[str, str]]) -> None:
        self.line, self.gateway, self.keys = line, gateway, keys
        self.answers: Counter[tuple[str, int]] = Counter()

    def call(self, interface: str, method: str, query: str, body: bytes, media_type: str) -> httpx.Response:
        """The answer; where calls come too fast for the interface, that of the call signed anew a moment later."""
        for _ in range(PATIENCE):
            answer = self.send(interface, method, query, body, media_type)
            self.answers[interface, answer.status_code] += 1
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                break
            time.sleep(0.5)
        return answer

    def send(self, interface: str, method: str, query: str, body: bytes, media_type: str) -> httpx.Response:
        path, key = f"/v1/interfaces/{interface}", self.keys[interface]
        signed = signing.signed_headers(
            key_id=key["key_id"], secret=key["secret"], method=method, path=path, query=query, body=body,
            at=datetime.now(tz=UTC),
        )  # fmt: skip
        target = f"{self.gateway}{path}" + (f"?{query}" if query else "")
        headers = {**signed, **({"content-type": media_type} if body else {})}
        return self.line.request(method, target, content=body, headers=headers)


@pytest.fixture
def told(demonstrated):
    """Keys for every interface of the demonstration, and what its registers know."""
    script = Path(__file__).with_name("keys.py")
    done = demonstrated.run(sys.executable, str(script), timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_no_signed_call_breaks_the_gateway(demonstrated, told):
    with httpx.Client(trust_env=False, timeout=60) as line:
        caller = Caller(line, f"http://127.0.0.1:{demonstrated.gateway}", told["keys"])
        document = line.get(f"http://127.0.0.1:{demonstrated.web}/api/openapi.json").json()

        broken = throw(caller, document, told["known"])

    sent = sum(caller.answers.values())
    sys.stdout.write(
        f"\nseed {SEED}: {sent} signed calls to {len(told['keys'])} interfaces; {statuses(caller)}\n"
    )
    assert broken == {}
    assert told["without"] == {}
    assert sent >= EXAMPLES * len(told["keys"])
    assert statuses(caller)[200] > sent / 50  # the document was followed far enough to be answered
    assert demonstrated.status()["ready"]
    assert all(one["restarts"] == 0 for one in demonstrated.status()["processes"])
    assert demonstrated.shuzhi("audit", "verify", timeout=300).returncode == 0


def statuses(caller: Caller) -> Counter[int]:
    found: Counter[int] = Counter()
    for (_, status), count in caller.answers.items():
        found[status] += count
    return found


def throw(caller: Caller, document: dict, known: dict[str, dict[str, str]]) -> dict[str, str]:
    """By interface, the first answer that is not as the document says."""
    import schemathesis
    from schemathesis import GenerationMode

    schema = schemathesis.openapi.from_dict(document).include(path_regex="^/v1/")
    broken = {}
    for found in schema.get_all_operations():
        operation = found.ok()
        interface = operation.path.rpartition("/")[2]
        if interface not in caller.keys:
            continue
        for mode in GenerationMode:
            try:
                throw_at(caller, interface, operation.as_strategy(generation_mode=mode), known[interface])
            except Exception as error:  # noqa: BLE001 - whatever breaks at one interface, the others are tried too
                broken.setdefault(interface, f"{mode.value}: {type(error).__name__} {str(error)[:1500]}")
    return broken


def throw_at(caller: Caller, interface: str, cases: st.SearchStrategy, known: dict[str, str]) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases, usual=st.booleans())
    def throw_one(case, usual):
        if usual and isinstance(case.query, dict):  # a record that is there is found by no chance
            case.query = {**case.query, **{name: known[name] for name in case.query if name in known}}
        if usual and isinstance(case.body, dict):
            case.body = {**case.body, **{name: known[name] for name in case.body if name in known}}
        prepared = prepared_of(case)
        body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
        query = urlsplit(prepared.url).query
        media_type = prepared.headers.get("content-type", "application/json")
        answer = caller.call(interface, prepared.method, query, body, media_type)
        assert answer.status_code < 500, (query, body, answer.text)
        if answer.status_code not in NOT_CALLS:
            case.validate_response(answer, checks=checks())

    throw_one()


def prepared_of(case):
    from requests import Request

    return Request(**case.as_transport_kwargs(base_url="http://gateway")).prepare()


def checks():
    from schemathesis.checks import CHECKS

    names = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")
    return [CHECKS.get_one(name) for name in names]
