"""A process of the node dies while a batch is being collected: the batch completes and everything balances."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import uuid

import pytest
from tests.faults.conftest import eventually

pytestmark = pytest.mark.proof  # a killed worker's job is taken up again after a minute or so

ROWS = 150_000
SET_UP = """
from datetime import UTC, datetime
import shuzhi.foundation.database as database
database.ensure_database()
from shuzhi.node.starting import start_django
start_django()
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.pillars.security.types import Role, system
from shuzhi.support.identity import models, services as identity

at, by = datetime(2026, 3, 2, tzinfo=UTC), system("test")
field = lambda name, **more: {"id": name, "name": {"zh": name, "en": name}, **more}
catalog.propose_entry(declaration=DataSetDeclaration.model_validate({
    "dataset": "big", "title": {"zh": "大", "en": "Big"}, "owner": "market-regulation", "tier": "city",
    "theme": "economy", "update": "monthly", "sharing": "none", "opening": "none", "key": ("code",),
    "fields": (field("code"), field("count", type="integer"), field("note")),
}), by=by, at=at)
sources.register_source(declaration=SourceDeclaration(
    source="big", dataset="big", office="market-regulation", mode="incremental"), by=by, at=at)
identity.open_account(username="zhang", person="张三", person_en="Zhang San", office="market-regulation",
    division="330100", roles=frozenset({Role.DATA_OFFICER}), password="x", is_demo=False, by=by, at=at)
account = models.Account.objects.get(username="zhang")
session = SessionStore()
session[SESSION_KEY] = str(account.pk)
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session[HASH_SESSION_KEY] = account.get_session_auth_hash()
session.create()
print(session.session_key)
"""


@pytest.fixture
def session(node):
    node.up()
    done = subprocess.run(
        [sys.executable, "-c", SET_UP],
        env=node.environ | {"DJANGO_SETTINGS_MODULE": "shuzhi.node.django"},
        cwd=node.home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


def content(part: int) -> bytes:
    """Of ten rows one is unfit and one a duplicate."""
    lines = [f"{part}-{n - n % 10 // 9},{'many' if n % 10 == 3 else n - n % 10 // 9},注" for n in range(ROWS)]
    return ("code,count,note\n" + "\n".join(lines) + "\n").encode()


def ask(node, session, method, path, *, body=None, kind="application/json"):
    connection = http.client.HTTPConnection("127.0.0.1", node.web, timeout=30)
    try:
        connection.request(method, path, body, {"Cookie": f"sessionid={session}", "Content-Type": kind})
        answer = connection.getresponse()
        words = answer.read()
        return answer.status, json.loads(words) if words.startswith((b"{", b"[")) else words.decode()
    except (OSError, http.client.HTTPException):
        return 0, None
    finally:
        connection.close()


def hand_in(node, session, part):
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{part}.csv"\r\n\r\n'
    body = head.encode() + content(part) + f"\r\n--{mark}--\r\n".encode()
    status, batch = ask(
        node,
        session,
        "POST",
        "/api/sources/big/files",
        body=body,
        kind=f"multipart/form-data; boundary={mark}",
    )
    assert status == 202, batch
    return batch["id"]


def status_of(node, session, batch):
    code, found = ask(node, session, "GET", f"/api/batches/{batch}")
    return found["status"] if code == 200 else None


@pytest.mark.parametrize("name", ["web", "gateway", "database", "worker"])
def test_killed_in_the_middle_of_a_collection(node, session, name):
    batch = hand_in(node, session, 1)
    assert eventually(lambda: status_of(node, session, batch) == "collecting", 60)
    node.kill(name)

    later = None
    if name == "worker":
        assert eventually(lambda: node.process("web")["health"] == "ok")
        later = hand_in(node, session, 2)
    assert eventually(lambda: status_of(node, session, batch) == "collected", 240), node.status()
    if later:
        assert eventually(lambda: status_of(node, session, later) == "collected", 120)

    assert eventually(lambda: node.status()["ready"])
    _, receipt = ask(node, session, "GET", f"/api/batches/{batch}")
    counts = [receipt[part] for part in ("received", "accepted", "quarantined", "duplicates")]
    assert counts == [ROWS, ROWS * 8 // 10, ROWS // 10, ROWS // 10]
    verified = node.shuzhi("audit", "verify")
    assert verified.returncode == 0, verified.stderr
    assert not list((node.home / "tmp" / "collect").glob("*"))
