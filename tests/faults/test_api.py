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

SEED, EXAMPLES, SECONDS = 20210409, 25, 900  # a run ends after so many seconds, whatever it has not tried yet
FEWEST = 2_000  # the edges of 100 operations alone
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


def throw(node, *, session: str | None, document: str = "/api/openapi.json", paths: str = "^/") -> int:
    """Requests made from a document, first at its edges, then by chance, until the time is over; how many."""
    tool = Path(sys.executable).with_name("schemathesis")
    signed = ["-H", f"Cookie: sessionid={session}"] if session else []
    done = subprocess.run(
        [
            tool, "run", f"http://127.0.0.1:{node.web}{document}", *signed,
            "--include-path-regex", paths, "--checks", CHECKS, "--phases", "coverage,fuzzing",
            "--max-examples", str(EXAMPLES), "--max-time", str(SECONDS), "--request-timeout", "60", "--seed", str(SEED),
            "--no-color", "--no-shrink", "--max-failures", "20",
        ],
        cwd=node.home, capture_output=True, text=True, timeout=2 * SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{document}: {done.stdout[-6000:]}"
    told = re.search(r"(\d+) generated", done.stdout)
    assert told, done.stdout[-2000:]
    sys.stdout.write(
        f"\n{document}, {'signed in' if session else 'as nobody'}, seed {SEED}: {told[1]} requests\n"
    )
    return int(told[1])


def test_no_request_breaks_the_api(demonstrated):
    """The gateway's own paths are in the document too: they are called, signed, in `test_gateway_api`."""
    for username in (None, "bureau"):
        session = sign_in(demonstrated, username) if username else None
        assert throw(demonstrated, session=session, paths="^/api/") > FEWEST
    assert throw(demonstrated, session=None, document="/ogc/api")
    assert demonstrated.status()["ready"]
    assert all(one["restarts"] == 0 for one in demonstrated.status()["processes"])
    assert demonstrated.shuzhi("audit", "verify", timeout=600).returncode == 0
