"""Whatever is sent to the API, it answers as its document says, and never with a failure of its own."""

from __future__ import annotations

import http.cookiejar
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.proof  # some minutes against a running node

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,unsupported_method"


def sign_in(node, username: str) -> str:
    """A session of one of the demonstration's accounts."""
    address = f"http://127.0.0.1:{node.web}/staff/login/"
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = opener.open(address, timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token
    opener.addheaders = [("Referer", address)]
    facts = {"csrfmiddlewaretoken": token[1], "username": username, "password": "shuzhi-demo"}
    opener.open(address, urllib.parse.urlencode(facts).encode(), timeout=30).close()
    return {cookie.name: cookie.value or "" for cookie in jar}["sessionid"]


def throw(node, *, session: str | None, examples: int) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("schemathesis")
    signed = ["-H", f"Cookie: sessionid={session}"] if session else []
    return subprocess.run(
        [
            tool, "run", f"http://127.0.0.1:{node.web}/api/openapi.json", *signed,
            "--include-path-regex", "^/api/", "--checks", CHECKS, "--phases", "coverage,fuzzing",
            "--max-examples", str(examples), "--request-timeout", "30", "--seed", "20210409",
            "--no-color", "--max-failures", "20",
        ],
        cwd=node.home, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip


@pytest.fixture
def demonstrated(node):
    done = node.shuzhi("demo", "--no-serve", timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    node.environ["SHUZHI_DEMO"] = "true"
    node.up()
    return node


def test_no_request_breaks_the_api(demonstrated):
    for username in (None, "bureau"):
        session = sign_in(demonstrated, username) if username else None
        done = throw(demonstrated, session=session, examples=25)
        assert done.returncode == 0, f"{username}: {done.stdout[-6000:]}"
    assert demonstrated.status()["ready"]
    assert all(one["restarts"] == 0 for one in demonstrated.status()["processes"])
    assert demonstrated.shuzhi("audit", "verify").returncode == 0
