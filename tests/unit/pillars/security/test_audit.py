"""The audit log, attacked from outside: by the application's role, and by a superuser with triggers off."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.pillars.security import audit
from shuzhi.pillars.security.canonical import Content, content_of, next_link, storable
from shuzhi.pillars.security.errors import AuditBroken
from shuzhi.pillars.security.types import Actor

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CLERK = Actor(name="account/li", office="market-regulation", purpose="企业开办核验", basis="条例 第七条")

pytestmark = pytest.mark.django_db


def write(count: int) -> None:
    for number in range(count):
        audit.record("matters.accepted", target=f"case/{number}", by=CLERK, at=AT, number=number, ratio=0.5)


def as_superuser(sql: str, *values: object) -> None:
    """What somebody with the keys of the database machine could do: switch the triggers off and write."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET LOCAL session_replication_role = origin")


def entry_ids() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM security_auditentry ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


class TestVerify:
    def test_an_empty_log_is_whole(self):
        assert audit.verify() == audit.Verification(entries=0, sealed=0, verified=True, head="0" * 64)

    def test_counts_what_waits_for_its_seal(self):
        write(3)
        assert audit.seal(at=AT, most=2) == 2

        found = audit.verify()

        assert (found.entries, found.sealed) == (3, 2)

    def test_sealing_twice_seals_once(self):
        write(2)
        audit.seal(at=AT)
        head = audit.verify().head

        assert audit.seal(at=AT + timedelta(minutes=1)) == 0
        assert audit.verify().head == head

    def test_the_chain_is_as_documented(self):
        write(2)
        audit.seal(at=AT)
        with connection.cursor() as cursor:
            cursor.execute("SELECT digest FROM security_auditentry ORDER BY id")
            first, second = (row[0] for row in cursor.fetchall())

        assert audit.verify().head == next_link(next_link("0" * 64, first), second)

    def test_pages_through_a_long_log(self, monkeypatch):
        monkeypatch.setattr(audit, "_AT_ONCE", 3)
        write(9)
        audit.seal(at=AT, most=6)

        assert audit.verify().entries == 9


CHANGES = {
    "at": "at + interval '1 microsecond'",
    "action": "action || 'x'",
    "target": "'case/9'",
    "actor": "'account/wang'",
    "office": "NULL",
    "purpose": "''",
    "basis": "'别的依据'",
    "outcome": "'refused'",
    "facts": """'{"number": 2, "ratio": "0.5"}'""",
    "digest": "repeat('0', 64)",
}


class TestAlteration:
    @pytest.fixture(autouse=True)
    def _sealed(self):
        write(4)
        audit.seal(at=AT)

    @pytest.mark.parametrize("column", CHANGES)
    def test_names_the_altered_entry(self, column):
        second = entry_ids()[1]
        as_superuser(f"UPDATE security_auditentry SET {column} = {CHANGES[column]} WHERE id = %s", second)

        with pytest.raises(AuditBroken) as caught:
            audit.verify()

        assert caught.value.facts["entry"] == second
        assert caught.value.facts["seq"] == 2

    def test_an_entry_rewritten_with_its_digest_breaks_the_chain(self):
        second = entry_ids()[1]
        forged = content_of(at=AT, action="matters.accepted", target="case/1", actor="account/other")
        as_superuser(
            "UPDATE security_auditentry SET actor = 'account/other', office = NULL, purpose = NULL, basis = NULL,"
            " facts = '{}', digest = %s WHERE id = %s",
            forged.digest,
            second,
        )

        with pytest.raises(AuditBroken, match="the link does not follow"):
            audit.verify()

    @pytest.mark.parametrize("place", [0, 1, 3])
    def test_a_removed_entry_is_missed(self, place):
        gone = entry_ids()[place]
        as_superuser("DELETE FROM security_auditentry WHERE id = %s", gone)

        with pytest.raises(AuditBroken, match="the entry is missing"):
            audit.verify()

    def test_a_removed_seal_is_missed(self):
        as_superuser("DELETE FROM security_auditseal WHERE seq = 2")

        with pytest.raises(AuditBroken, match="a link is missing"):
            audit.verify()

    def test_swapped_entries_are_found(self):
        first, second = entry_ids()[:2]
        as_superuser(
            "UPDATE security_auditseal s SET entry_id = CASE entry_id WHEN %s THEN -1 ELSE %s END"
            " WHERE entry_id IN (%s, %s)",
            first,
            first,
            first,
            second,
        )
        as_superuser("UPDATE security_auditseal SET entry_id = %s WHERE entry_id = -1", second)

        with pytest.raises(AuditBroken, match="the link does not follow"):
            audit.verify()

    def test_an_unsealed_entry_is_checked_too(self):
        write(1)
        last = entry_ids()[-1]
        as_superuser("UPDATE security_auditentry SET target = 'case/7' WHERE id = %s", last)

        with pytest.raises(AuditBroken) as caught:
            audit.verify()

        assert caught.value.facts["entry"] == last

    def test_a_log_cut_short_no_longer_holds_the_head_noted_earlier(self):
        head = audit.verify().head
        last = entry_ids()[-1]
        as_superuser("DELETE FROM security_auditseal WHERE seq = 4")
        as_superuser("DELETE FROM security_auditentry WHERE id = %s", last)

        assert audit.verify().sealed == 3  # by itself the shorter chain is whole
        with pytest.raises(AuditBroken, match="noted earlier"):
            audit.verify(known_head=head)


class TestDatabaseRefuses:
    @pytest.mark.parametrize("table", ["security_auditentry", "security_auditseal"])
    @pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_removing(self, table, verb):
        write(1)
        audit.seal(at=AT)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb.format(table))

    def test_changing(self):
        write(1)
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE security_auditentry SET target = 'x'")


EARLY, LATE = datetime(1970, 1, 2), datetime(9000, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
texts = st.text(max_size=40)
facts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
contents = st.builds(
    content_of,
    at=st.datetimes(min_value=EARLY, max_value=LATE, timezones=st.just(UTC)),
    action=texts,
    target=texts,
    actor=texts,
    office=st.none() | texts,
    purpose=st.none() | texts,
    basis=st.none() | texts,
    outcome=texts,
    facts=st.dictionaries(texts, facts, max_size=3),
)


class TestDigest:
    @given(one=contents, other=contents, name=st.sampled_from([f.name for f in dataclasses.fields(Content)]))
    def test_any_single_change_is_seen(self, one, other, name):
        changed = dataclasses.replace(one, **{name: getattr(other, name)})

        # 1 and true are equal in Python but not in an entry, so what is written decides.
        same = repr(getattr(one, name)) == repr(getattr(other, name))
        assert same or (changed.digest != one.digest)

    @given(value=facts)
    def test_storing_is_settled_after_once(self, value):
        assert repr(storable(storable(value))) == repr(storable(value))

    @given(at=st.datetimes(timezones=st.timezones(), min_value=EARLY, max_value=LATE))
    def test_the_zone_a_moment_is_told_in_does_not_matter(self, at):
        content = content_of(at=at, action="a", target="t", actor="x")
        assert content.digest == content_of(at=at.astimezone(UTC), action="a", target="t", actor="x").digest


@given(content=contents)
def test_the_database_gives_back_what_was_digested(content):
    with transaction.atomic():
        actor = Actor(name=content.actor, office=content.office, purpose=content.purpose, basis=content.basis)
        audit.record(
            content.action,
            target=content.target,
            by=actor,
            at=content.at,
            outcome=content.outcome,
            **{f"f{number}": value for number, value in enumerate(content.facts.items())},
        )
        assert audit.verify().verified
        transaction.set_rollback(True)


class TestCommandLine:
    def run(self, *arguments: str):
        from typer.testing import CliRunner

        from shuzhi.terminals.console.audit import app

        return CliRunner().invoke(app, arguments)

    def test_seals_and_verifies(self):
        write(3)

        sealed = json.loads(self.run("seal").stdout)
        verified = self.run("verify", "--head", sealed["head"])

        assert (sealed["sealed"], verified.exit_code) == (3, 0)
        assert json.loads(verified.stdout) == {
            "entries": 3,
            "sealed": 3,
            "verified": True,
            "head": sealed["head"],
        }

    def test_names_the_place_and_fails_when_broken(self):
        write(3)
        self.run("seal")
        second = entry_ids()[1]
        as_superuser("UPDATE security_auditentry SET target = 'x' WHERE id = %s", second)

        found = self.run("verify")

        assert found.exit_code == 1
        assert json.loads(found.stdout)["facts"]["entry"] == str(second)


def test_the_worker_knows_the_job():
    from procrastinate.contrib.django import app

    assert {"security.seal_audit", "exchange.forget_nonces"} <= set(app.tasks)
    assert "security.seal_audit" in {name for name, _ in app.periodic_registry.periodic_tasks}


def test_the_job_seals_everything(monkeypatch):
    from shuzhi.pillars.security import jobs

    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    write(5)
    assert jobs.seal_all(at=AT) == 5
    assert jobs.seal_all(at=AT) == 0
