"""The audit log, attacked from outside: by the application's role, and by a superuser with triggers off."""

from __future__ import annotations

import dataclasses
import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from tests.unit.pillars.security.log.test_merkle import naive_root as definition

from shuzhi.pillars.security import audit, blocks
from shuzhi.pillars.security.canonical import FIELDS, START, Content, content_of, next_link, storable
from shuzhi.pillars.security.crypto import signing
from shuzhi.pillars.security.errors import AuditBroken, LogTooShort, NoSuchEntry
from shuzhi.pillars.security.log import verifying
from shuzhi.pillars.security.log.merkle import Hasher, root_of_inclusion, roots_of_consistency
from shuzhi.pillars.security.log.notes import read_head, sign_head, signer_of
from shuzhi.pillars.security.log.proofs import public_keys
from shuzhi.pillars.security.log.unfolding import unfold_waiting
from shuzhi.pillars.security.models import AuditBlock, AuditEntry, AuditSeal
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


def naive_root() -> str:
    """RFC 6962's definition over what is stored, in the order of the places."""
    rows = AuditEntry.objects.filter(block=None).order_by("id")
    contents = [
        content_of(**{name: getattr(row, name) for name in FIELDS if name != "subjects"}) for row in rows
    ]
    return definition([content.canonical for content in contents]).hex()


def stored() -> list[Content]:
    rows = sorted(
        AuditEntry.objects.values("id", "block", *FIELDS), key=lambda row: (row["block"] or 0, row["id"])
    )
    return [
        Content(**{n: row[n] for n in FIELDS} | {"subjects": tuple(row["subjects"] or ())}) for row in rows
    ]


class TestVerify:
    def test_an_empty_log_is_whole(self):
        assert audit.verify() == audit.Verification(
            entries=0, sealed=0, heads=0, verified=True, head="0" * 64
        )

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

    @pytest.mark.parametrize("count", [1, 2, 3, 7, 256, 257, 300])
    def test_the_root_is_that_of_the_rfc(self, count):
        write(count)
        audit.seal(at=AT)

        assert audit.verify().head == naive_root()

    def test_the_order_of_sealing_does_not_matter_for_one_order_of_entries(self):
        write(300)
        while audit.seal(at=AT, most=37):
            pass

        found = audit.verify()
        assert (found.head, found.heads) == (naive_root(), 9)

    def test_long_logs_are_looked_at_in_stretches(self, monkeypatch):
        monkeypatch.setattr(verifying, "STRETCH", 256)
        write(700)
        audit.seal(at=AT, most=300)
        audit.seal(at=AT)
        seen = []

        assert audit.verify(progress=lambda done, total: seen.append((done, total))).entries == 700
        assert seen == [(256, 700), (512, 700), (700, 700)]


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
    "subjects": "ARRAY['00']",
}


def found_wrong() -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(AuditBroken) as caught:
        audit.verify()
    return [(finding.reason, finding.place, finding.entry) for finding in caught.value.findings]


class TestAlteration:
    @pytest.fixture(autouse=True)
    def _sealed(self):
        write(4)
        audit.seal(at=AT)

    @pytest.mark.parametrize("column", CHANGES)
    def test_names_the_altered_entry(self, column):
        second = entry_ids()[1]
        as_superuser(f"UPDATE security_auditentry SET {column} = {CHANGES[column]} WHERE id = %s", second)

        assert found_wrong() == [("changed", 1, f"e{second}")]

    def test_names_every_altered_entry(self):
        first, _, third, _ = entry_ids()
        as_superuser("UPDATE security_auditentry SET target = 'x' WHERE id IN (%s, %s)", first, third)

        assert found_wrong() == [("changed", 0, f"e{first}"), ("changed", 2, f"e{third}")]

    def forge(self, number: int) -> Content:
        forged = content_of(at=AT, action="matters.accepted", target="case/1", actor="account/other")
        as_superuser(
            "UPDATE security_auditentry SET actor = 'account/other', office = NULL, purpose = NULL, basis = NULL,"
            " facts = '{}', digest = %s WHERE id = %s",
            forged.digest,
            number,
        )
        return forged

    def test_an_entry_rewritten_with_its_digest_is_found(self):
        second = entry_ids()[1]
        self.forge(second)

        assert found_wrong() == [("changed", 1, f"e{second}")]

    def test_an_entry_rewritten_with_all_hashes_does_not_fit_the_signed_head(self):
        self.forge(entry_ids()[1])
        leaves = [Hasher().leaf(row.canonical) for row in stored()]
        as_superuser("UPDATE security_audittile SET hashes = %s", b"".join(leaves))

        assert found_wrong() == [("rewritten", 0, None)]

    def test_a_log_rewritten_from_the_start_is_not_signed_by_this_node(self):
        self.forge(entry_ids()[1])
        leaves = [Hasher().leaf(row.canonical) for row in stored()]
        as_superuser("UPDATE security_audittile SET hashes = %s", b"".join(leaves))
        root = Hasher().fold(Hasher().peaks(leaves))
        told = read_head(audit.head().note)
        note = sign_head(dataclasses.replace(told, root=root), signing.generate("ed25519"))
        as_superuser("UPDATE security_audithead SET root = %s, note = %s", root, note)

        assert found_wrong() == [("signature", 3, None)]

    def test_one_rewritten_with_the_nodes_own_key_lacks_the_head_noted_elsewhere(self):
        noted = audit.head()
        self.forge(entry_ids()[1])
        for table in ("run", "tile", "head"):
            as_superuser(f"DELETE FROM security_audit{table}")
        as_superuser("INSERT INTO security_unsealed (entry) SELECT id FROM security_auditentry ORDER BY id")
        audit.seal(at=AT)

        assert audit.verify().verified  # by itself the rewritten log is whole
        for known in (noted.root, noted.note):
            with pytest.raises(AuditBroken, match="noted earlier"):
                audit.verify(known_head=known)

    @pytest.mark.parametrize("place", [0, 1, 3])
    def test_a_removed_entry_is_missed(self, place):
        gone = entry_ids()[place]
        as_superuser("DELETE FROM security_auditentry WHERE id = %s", gone)

        assert found_wrong() == [("missing", place, f"e{gone}")]

    def test_a_removed_place_is_missed(self):
        as_superuser("DELETE FROM security_auditrun WHERE first = 0")

        assert {finding[:2] for finding in found_wrong()} >= {("empty", 0), ("empty", 3), ("inserted", None)}

    def test_a_removed_hash_is_missed(self):
        as_superuser("UPDATE security_audittile SET hashes = substr(hashes, 1, 64)")

        assert ("changed", 2) in {finding[:2] for finding in found_wrong()}

    def test_swapped_entries_are_found(self):
        first, second, *_ = entry_ids()
        for old, new in ((first, -1), (second, first), (-1, second)):
            as_superuser("UPDATE security_auditentry SET id = %s WHERE id = %s", new, old)

        assert found_wrong() == [("moved", 0, f"e{first}"), ("moved", 1, f"e{second}")]

    def test_an_entry_put_in_between_is_found(self):
        as_superuser(
            "INSERT INTO security_auditentry (id, at, action, target, actor, outcome, facts, digest)"
            " OVERRIDING SYSTEM VALUE SELECT 1000000, at, action, target, actor, outcome, facts, digest"
            " FROM security_auditentry LIMIT 1"
        )
        assert ("inserted", None, "e1000000") in found_wrong()

    def test_an_unsealed_entry_is_checked_too(self):
        write(1)
        last = entry_ids()[-1]
        as_superuser("UPDATE security_auditentry SET target = 'case/7' WHERE id = %s", last)

        assert found_wrong() == [("changed", None, f"e{last}")]

    def test_an_unsealed_entry_that_is_gone_is_missed_and_holds_up_no_other(self):
        write(2)
        gone = entry_ids()[-2]
        as_superuser("DELETE FROM security_auditentry WHERE id = %s", gone)

        assert audit.seal(at=AT) == 1
        assert found_wrong() == [("missing", None, f"e{gone}")]

    def test_an_entry_taken_off_the_list_of_those_that_wait_is_found(self):
        write(1)
        as_superuser("DELETE FROM security_unsealed")

        assert found_wrong() == [("inserted", None, f"e{entry_ids()[-1]}")]

    def test_a_log_cut_short_no_longer_holds_the_head_noted_earlier(self):
        write(2)
        audit.seal(at=AT)
        noted = audit.head()
        as_superuser("DELETE FROM security_auditentry WHERE id IN (%s, %s)", *entry_ids()[-2:])
        as_superuser("DELETE FROM security_audithead WHERE size = 6")

        assert ("head_missing", 4, None) in found_wrong()

        as_superuser("DELETE FROM security_auditrun WHERE first >= 4")
        as_superuser("UPDATE security_audittile SET hashes = substr(hashes, 1, 128)")
        assert audit.verify().sealed == 4  # by itself the shorter log is whole
        with pytest.raises(AuditBroken, match="noted earlier"):
            audit.verify(known_head=noted.root)

    def test_every_head_is_remembered(self):
        noted = audit.head()
        write(3)
        audit.seal(at=AT)

        assert audit.verify(known_head=noted.root).verified
        assert audit.verify(known_head=noted.note).verified

    def test_a_head_that_says_something_else_than_its_row_is_found(self):
        note = audit.head().note.replace("at 2026", "at 2025")
        as_superuser("UPDATE security_audithead SET note = %s", note)

        assert found_wrong() == [("signature", 3, None)]


def test_one_is_not_true_and_not_a_fraction():
    """Values that Python takes for equal are not the same bytes."""
    audit.record("a", target="t", by=CLERK, at=AT, number=1)
    audit.seal(at=AT)
    (entry,) = entry_ids()
    for value in ("true", "1.0", '"1"'):
        as_superuser("UPDATE security_auditentry SET facts = %s::jsonb", f'{{"number": {value}}}')
        assert ("changed", 0, f"e{entry}") in found_wrong()


class TestBlocks:
    @pytest.fixture(autouse=True)
    def _sealed(self):
        write(1)
        entries = [
            content_of(at=AT, action="a", target=f"t{n}", actor="x", subjects=("s",)) for n in range(3)
        ]
        with connection.cursor() as cursor:
            cursor.execute(blocks.INSERT, blocks.row(AT, entries))
            (self.block,) = cursor.fetchone()

    def lines(self) -> list[bytes]:
        return blocks.lines(AuditBlock.objects.get().entries)

    def replace(self, lines: list[bytes]) -> None:
        as_superuser("UPDATE security_auditblock SET entries = %s", b"\n".join(lines))

    @pytest.mark.parametrize("unfolded", [True, False])
    @pytest.mark.parametrize("sealed", [True, False])
    def test_count_from_their_commit(self, unfolded, sealed):
        if unfolded:
            unfold_waiting()
        if sealed:
            audit.seal(at=AT)
        found = audit.verify()
        assert (found.entries, found.sealed) == (4, 4 if sealed else 0)

    def test_unfolding_after_sealing_changes_nothing(self):
        audit.seal(at=AT)
        head = audit.verify().head
        unfold_waiting()
        assert (audit.seal(at=AT), audit.verify().head) == (0, head)

    def test_a_changed_line_is_named(self):
        audit.seal(at=AT)
        first, second, third = self.lines()
        self.replace([first, second.replace(b"t1", b"t9"), third])
        assert found_wrong() == [("changed", 2, f"b{self.block}.1")]

    def test_swapped_lines_are_named(self):
        audit.seal(at=AT)
        first, second, third = self.lines()
        self.replace([first, third, second])
        assert found_wrong() == [("moved", 2, f"b{self.block}.1"), ("moved", 3, f"b{self.block}.2")]

    def test_a_dropped_line_is_named(self):
        audit.seal(at=AT)
        self.replace(self.lines()[:2])
        assert ("missing", 3, f"b{self.block}.2") in found_wrong()

    def test_a_line_put_in_is_named(self):
        audit.seal(at=AT)
        self.replace([*self.lines(), b"{}"])
        assert ("changed", 1, f"b{self.block}") in found_wrong()

    def test_a_removed_block_is_named(self):
        audit.seal(at=AT)
        as_superuser("DELETE FROM security_auditblock")
        assert [finding for finding in found_wrong() if finding[0] == "missing"] == [
            ("missing", place + 1, f"b{self.block}.{place}") for place in range(3)
        ]

    def test_a_block_put_in_is_named(self):
        audit.seal(at=AT)
        as_superuser(
            "INSERT INTO security_auditblock (id, at, count, entries) OVERRIDING SYSTEM VALUE"
            " SELECT 999, at, count, entries FROM security_auditblock"
        )
        assert found_wrong() == [("inserted", None, "b999")]

    @pytest.mark.parametrize("sealed", [True, False])
    def test_a_row_that_reads_otherwise_than_its_block_is_named(self, sealed):
        unfold_waiting()
        if sealed:
            audit.seal(at=AT)
        as_superuser("UPDATE security_auditentry SET target = 'z' WHERE place = 1")
        assert found_wrong() == [("shown_otherwise", 2 if sealed else None, f"b{self.block}.1")]

    def test_a_row_that_is_gone_or_too_many_is_named(self):
        unfold_waiting()
        audit.seal(at=AT)
        as_superuser("UPDATE security_auditentry SET place = 7 WHERE place = 1")
        assert {finding[0] for finding in found_wrong()} == {"not_shown", "inserted"}

    @pytest.mark.parametrize("place", [1, 2])
    def test_a_second_row_of_one_place_is_named(self, place):
        unfold_waiting()
        audit.seal(at=AT)
        as_superuser("DROP INDEX unfolded_once")
        columns = "at, action, actor, outcome, facts, digest, subjects, block, place"
        as_superuser(
            f"INSERT INTO security_auditentry (target, {columns})"
            f" SELECT 'z', {columns} FROM security_auditentry WHERE place = {place}"
        )
        assert ("inserted", None, f"b{self.block}.{place}") in found_wrong()

    @pytest.mark.parametrize(
        "change",
        ["digest = repeat('0', 64)", "subjects = NULL", "subjects = '{s,s}'", "at = at + interval '1 microsecond'",
         "office = ''", """facts = '{"a": null}'""", "facts = 'null'", "purpose = 'p'"],
    )  # fmt: skip
    def test_whatever_a_row_says_otherwise_is_named(self, change):
        unfold_waiting()
        audit.seal(at=AT)
        as_superuser(f"UPDATE security_auditentry SET {change} WHERE place = 2")
        assert found_wrong() == [("shown_otherwise", 3, f"b{self.block}.2")]

    def test_swapped_rows_are_named(self):
        unfold_waiting()
        audit.seal(at=AT)
        as_superuser("DROP INDEX unfolded_once")
        as_superuser("UPDATE security_auditentry SET place = 3 - place WHERE place > 0")
        assert {finding[:2] for finding in found_wrong()} == {("shown_otherwise", 2), ("shown_otherwise", 3)}

    def test_a_row_of_no_block_is_named(self):
        unfold_waiting()
        audit.seal(at=AT)
        as_superuser("UPDATE security_auditentry SET block = 777 WHERE place = 1")
        assert ("inserted", None, "b777.1") in found_wrong()


class TestFormerChain:
    """Homes of before have a chain whose head somebody may have noted."""

    def test_stays_verifiable_and_its_heads_are_known(self):
        write(3)
        link, links = START, []
        for seq, row in enumerate(AuditEntry.objects.order_by("id"), start=1):
            link = next_link(link, row.digest)
            links.append(link)
            as_superuser(
                "INSERT INTO security_auditseal (seq, entry_id, link, sealed_at) VALUES (%s, %s, %s, %s)",
                seq, row.id, link, AT,
            )  # fmt: skip
        audit.seal(at=AT)

        for known in (*links, START):
            assert audit.verify(known_head=known).entries == 3
        as_superuser("UPDATE security_auditseal SET link = repeat('1', 64) WHERE seq = 2")
        assert found_wrong() == [("link", None, f"e{entry_ids()[1]}")]

    def test_takes_no_more_links(self):
        write(1)
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            AuditSeal.objects.create(seq=1, entry_id=entry_ids()[0], link=START, sealed_at=AT)


class TestProofs:
    def test_every_entry_has_one(self):
        write(5)
        with connection.cursor() as cursor:
            cursor.execute(
                blocks.INSERT, blocks.row(AT, [content_of(at=AT, action="a", target="t", actor="x")] * 3)
            )
            (block,) = cursor.fetchone()
        audit.seal(at=AT, most=4)
        audit.seal(at=AT)
        names = [*(f"e{number}" for number in entry_ids()), *(f"b{block}.{place}" for place in range(3))]
        unfold_waiting()
        contents = [*(row.canonical for row in stored())]

        for place, name in enumerate(names):
            found = audit.inclusion_proof(name)
            leaf = Hasher().leaf(contents[place])
            proof = [bytes.fromhex(step) for step in found.proof]
            root = root_of_inclusion(Hasher(), leaf, found.place, found.head.size, proof)
            assert (found.place, root.hex()) == (place, found.head.root)

    def test_one_that_waits_has_none_yet_and_a_stranger_is_refused(self):
        write(1)
        assert audit.inclusion_proof(f"e{entry_ids()[0]}") is None
        for name in ("e99999999", "b99999999.0"):
            with pytest.raises(NoSuchEntry):
                audit.inclusion_proof(name)

    def test_heads_are_consistent(self):
        sizes = []
        for count in (3, 1, 4):
            write(count)
            audit.seal(at=AT)
            sizes.append(audit.head().size)

        for old, new in itertools.combinations(sizes, 2):
            found = audit.consistency_proof(old, new)
            proof = [bytes.fromhex(step) for step in found.proof]
            roots = roots_of_consistency(Hasher(), old, new, bytes.fromhex(found.old.root), proof)
            assert [root.hex() for root in roots] == [found.old.root, found.new.root]
        with pytest.raises(LogTooShort):
            audit.consistency_proof(2)
        with pytest.raises(LogTooShort):
            audit.consistency_proof(8, 3)

    def test_the_newest_head_is_signed_by_the_node(self):
        assert audit.head() is None
        write(1)
        audit.seal(at=AT)
        note = audit.head().note
        (key,) = public_keys()
        assert signer_of(note, [key]) == key
        assert signer_of(note.replace("\n1\n", "\n2\n"), [key]) is None


class TestDatabaseRefuses:
    @pytest.mark.parametrize("table", ["entry", "run", "tile", "head", "log", "block", "seal"])
    @pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
    def test_removing(self, table, verb):
        write(1)
        audit.seal(at=AT)
        with connection.cursor() as cursor:
            cursor.execute(
                blocks.INSERT, blocks.row(AT, [content_of(at=AT, action="a", target="t", actor="x")])
            )
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if table == "seal":
            number = entry_ids()[0]
            as_superuser("INSERT INTO security_auditseal VALUES (1, 'x', now(), %s)", number)
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb.format(f"security_audit{table}"))

    def test_changing(self):
        write(1)
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE security_auditentry SET target = 'x'")

    @pytest.mark.parametrize(
        "change", ["hashes = ''", "hashes = hashes", "hashes = '\\x00'::bytea || hashes", "level = 1"]
    )
    def test_changing_a_tile_otherwise_than_by_growing(self, change):
        write(2)
        audit.seal(at=AT)
        with pytest.raises(Error, match="only grow"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE security_audittile SET {change}")


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
    @given(one=contents, other=contents, name=st.sampled_from(Content.__struct_fields__))
    def test_any_single_change_is_seen(self, one, other, name):
        changed = structs.replace(one, **{name: getattr(other, name)})

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
            "heads": 1,
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
        told = json.loads(found.stdout)
        assert (told["facts"]["entry"], told["findings"][0]["place"]) == (f"e{second}", 1)


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
