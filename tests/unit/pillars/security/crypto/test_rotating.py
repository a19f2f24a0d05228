"""Rotation as an administrator does it."""

from __future__ import annotations

import json

import pytest
from tests.unit.pillars.security.test_audit import AT, write
from typer.testing import CliRunner

from shuzhi.pillars.security import audit, services
from shuzhi.pillars.security.crypto import node
from shuzhi.pillars.security.crypto.errors import NoSuchKey
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.log.notes import signer_of
from shuzhi.pillars.security.log.proofs import public_keys
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.terminals.console.keys import app

pytestmark = pytest.mark.django_db


def test_heads_of_an_earlier_key_stay_verifiable():
    write(1)
    audit.seal(at=AT)
    first = audit.head()
    services.rotate_key(purpose="audit", by=system("t"), at=AT)
    services.finish_rotations(by=system("t"), at=AT)
    write(1)
    audit.seal(at=AT)

    assert audit.verify().heads == 2
    assert signer_of(first.note, public_keys()) != signer_of(audit.head().note, public_keys())
    assert AuditEntry.objects.filter(action="keys.rotated").exists()


def test_only_administrators_rotate():
    for role in set(Role) - {Role.ADMINISTRATOR, Role.SYSTEM}:
        actor = Actor(name="account/x", roles=frozenset({role}))
        with pytest.raises(Forbidden):
            services.rotate_key(purpose="audit", by=actor, at=AT)
        with pytest.raises(Forbidden):
            services.rotate_master(by=actor, at=AT)
    with pytest.raises(NoSuchKey):
        services.rotate_key(purpose="nothing", by=system("t"), at=AT)


class TestConsole:
    def run(self, *arguments: str):
        return CliRunner().invoke(app, arguments)

    def test_lists_and_rotates(self):
        write(1)
        audit.seal(at=AT)
        before = [json.loads(line) for line in self.run("list").stdout.splitlines()]
        rotated = json.loads(self.run("rotate", "audit").stdout)
        wrapped = json.loads(self.run("rotate", "--master").stdout)
        after = [json.loads(line) for line in self.run("list").stdout.splitlines()]

        assert len(after) == len(before) + 1 == wrapped["wrapped"]
        assert {key["id"] for key in after if key["state"] == "active" and key["purpose"] == "audit"} == {
            rotated["active"]
        }
        assert len({key["master"] for key in after}) == 1
        assert "wrapped" not in after[0]
        audit.seal(at=AT)
        assert audit.verify().verified

    @pytest.mark.parametrize("arguments", [(), ("audit", "--master")])
    def test_wants_one_or_the_other(self, arguments):
        assert self.run("rotate", *arguments).exit_code == 2


def test_the_secret_of_no_key_is_told():
    write(1)
    audit.seal(at=AT)
    key = node.keyring().active("audit")
    private = node.keyring().signer(key).private.hex()
    assert private not in CliRunner().invoke(app, ["list"]).stdout
    assert private not in repr(key)
