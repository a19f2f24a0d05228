"""Each role may do what is declared in `shuzhi.node.rights` and nothing else: the forbidden things are tried."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege
from psycopg.errors import lookup as sqlstate

from shuzhi.foundation import database
from shuzhi.node.rights import OPEN_READERS, WRITERS, apply_rights, role_of

pytestmark = pytest.mark.django_db

DDL = (
    "CREATE TABLE mine (id int)",
    "CREATE TABLE lake.mine (id int)",
    "CREATE TABLE opendata.mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE sources_batch ADD COLUMN x int",
    "DROP TABLE sources_batch",
    "TRUNCATE sources_batch",
    "ALTER TABLE security_auditentry DISABLE TRIGGER USER",
    "CREATE INDEX ON sources_batch (id)",
    "CREATE ROLE friend",
    "ALTER ROLE shuzhi_owner PASSWORD 'x'",
    "SET ROLE shuzhi_owner",
    "SET session_replication_role = replica",
    "COPY sources_batch TO PROGRAM 'cat'",
)
AUDIT = (
    "UPDATE security_auditentry SET action = 'x'",
    "DELETE FROM security_auditentry",
    "UPDATE security_auditseal SET link = 'x'",
    "DELETE FROM security_auditseal",
    "DELETE FROM django_migrations",
    "UPDATE django_migrations SET name = 'x'",
)
OWN_TABLES = (
    "identity_account",
    "sources_batch",
    "registers_entity",
    "exchange_credential",
    "security_auditentry",
)


@pytest.fixture
def speak(settings):
    """A connection to the test database in a role, closed afterwards."""
    from django.db import connection

    opened = []

    def _speak(role: str) -> psycopg.Connection:
        facts = connection.settings_dict
        url = database.database_url(role)
        one = psycopg.connect(url, dbname=facts["NAME"], autocommit=True)
        opened.append(one)
        return one

    yield _speak
    for one in opened:
        one.close()


def is_refused(connection: psycopg.Connection, statement: str) -> bool:
    """Refused for lack of rights, and for no other reason."""
    try:
        connection.execute(statement)
    except InsufficientPrivilege:
        return True
    return False


@pytest.mark.parametrize("role", ["web", "worker", "gateway", "reader"])
@pytest.mark.parametrize("statement", DDL)
def test_no_serving_role_changes_the_tables(speak, role, statement):
    assert is_refused(speak(role), statement)


@pytest.mark.parametrize("role", ["web", "worker", "gateway", "reader"])
@pytest.mark.parametrize("statement", AUDIT)
def test_nobody_changes_what_was_audited(speak, role, statement):
    assert is_refused(speak(role), statement)


@pytest.mark.parametrize("table", OWN_TABLES)
def test_the_reader_reads_nothing_of_the_rooms(speak, table):
    assert is_refused(speak("reader"), f"SELECT * FROM {table}")
    assert is_refused(speak("reader"), f"DELETE FROM {table}")
    assert is_refused(speak("reader"), "SELECT opendata.drop_table('x')")


@pytest.mark.parametrize("role", WRITERS)
def test_writers_read_and_write_rows(speak, role):
    connection = speak(role)
    connection.execute("SELECT * FROM security_auditentry LIMIT 1")
    connection.execute("SELECT * FROM lake.iceberg_tables LIMIT 1")
    connection.execute("SELECT * FROM django_migrations LIMIT 1")
    connection.execute("DELETE FROM sources_batch WHERE false")
    connection.execute("UPDATE workflow_dossier SET state = state WHERE false")


@pytest.mark.parametrize("role", WRITERS)
def test_a_release_is_made_by_a_writer_read_by_the_reader_and_changed_by_nobody(speak, role):
    writer, reader = speak(role), speak("reader")
    try:
        with writer.transaction():
            writer.execute("SELECT opendata.make_table('r-1', ARRAY['name'], ARRAY['text'])")
            writer.execute("INSERT INTO opendata.\"r-1\" VALUES (1, 'x', 'x')")
            writer.execute("SELECT opendata.close_table('r-1')")
        for one in OPEN_READERS:
            assert speak(one).execute('SELECT count(*) FROM opendata."r-1"').fetchone() == (1,)
        for statement in ("DELETE FROM {}", "INSERT INTO {} VALUES (2, 'y', 'y')", "DROP TABLE {}"):
            assert is_refused(writer, statement.format('opendata."r-1"'))
            assert is_refused(reader, statement.format('opendata."r-1"'))
    finally:
        writer.execute("SELECT opendata.drop_table('r-1')")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("opendata.make_table('x; DROP TABLE a', ARRAY['a'], ARRAY['text'])", "42602"),
        ("opendata.make_table('x', ARRAY['a'], ARRAY['int PRIMARY KEY)'])", "22023"),
        ("opendata.drop_table('../public.x')", "42602"),
        ("opendata.drop_table('Sources')", "42602"),
    ],
)
def test_the_functions_make_nothing_else(speak, call, code):
    with pytest.raises(sqlstate(code)):
        speak("web").execute(f"SELECT {call}")


def test_a_right_too_many_is_taken_back(speak):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON security_auditentry TO shuzhi_web")
    apply_rights(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('shuzhi_web', 'security_auditentry', 'DELETE')")
        assert cursor.fetchone() == (False,)


def test_every_process_has_its_role():
    assert [role_of(name) for name in ("web", "worker", "gateway", "migrate", "console", "supervisor")] == [
        "web", "worker", "gateway", "owner", "worker", "worker",
    ]  # fmt: skip
