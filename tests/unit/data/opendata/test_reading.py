"""Open rows are read as a role that can read nothing else, in one message and within a transaction alike."""

from contextlib import nullcontext

import pytest
from django.db import DataError, ProgrammingError, connection, transaction
from psycopg import sql

from shuzhi.data.opendata.reading import read

WHO = sql.SQL("SELECT current_user::text, {}").format(sql.Literal(1)), []
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["in one message", "within a transaction"])
def around(request):
    return nullcontext if request.param == "in one message" else transaction.atomic


def ask(text, *values):
    return sql.SQL("{}").format(sql.SQL(text)), list(values)


def myself():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        return cursor.fetchone()[0]


def test_all_statements_are_the_readers_and_what_follows_is_ones_own(around):
    own = myself()
    with around():
        first, second = read(WHO, ask("SELECT current_user::text, %s || %s", "it's ", "100 %"))
        assert (first, second) == ([("shuzhi_reader", 1)], [("shuzhi_reader", "it's 100 %")])
        assert myself() == own
    assert myself() == own


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM identity_account",
        "SELECT * FROM catalog_entry",
        "CREATE TABLE opendata.mine (n int)",
        "SELECT nextval('django_migrations_id_seq')",
    ],
)
def test_nothing_else_can_be_read_or_changed(around, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), around():
        read(WHO, ask(statement), WHO)
    assert myself() != "shuzhi_reader"
    assert read(WHO) == [[("shuzhi_reader", 1)]]


def test_what_fails_leaves_the_connection_as_it_was(around):
    own = myself()
    for statement, error in (("SELECT 1 / (SELECT 0)", DataError), ("SELEC", ProgrammingError)):
        with pytest.raises(error), around():
            read(WHO, ask(statement))
        assert myself() == own
    with pytest.raises((DataError, ValueError)), around():
        read(ask("SELECT %s::text", "\0"))
    assert read() == []
    assert myself() == own
