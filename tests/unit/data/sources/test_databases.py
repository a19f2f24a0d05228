"""Collecting from databases: all of it, or what lies beyond the watermark."""

from __future__ import annotations

import sqlite3

import pytest

from shuzhi.foundation import lake

FIELDS = (
    {"id": "code", "name": {"zh": "编号", "en": "Code"}},
    {"id": "changed", "name": {"zh": "更新时间", "en": "Changed"}},
)


@pytest.fixture
def table(tmp_path):
    with sqlite3.connect(tmp_path / "office.sqlite") as connection:
        connection.execute("CREATE TABLE items (code TEXT, changed INTEGER)")
    connection.close()

    def put(*rows, sql="INSERT INTO items VALUES (?, ?)"):
        with sqlite3.connect(tmp_path / "office.sqlite") as connection:
            connection.executemany(sql, rows)
        connection.close()

    return put


def collect(sender):
    from tests.unit.data.sources.sending import AT, OFFICER

    from shuzhi.data.sources import services

    return services.collect_from_sql(source=sender.source, by=OFFICER, at=AT, folder=sender.folder)


def sqlite(make_sender, **more):
    return make_sender(fields=FIELDS, key=("code",), kind="sql", path="office.sqlite", table="items", **more)


def says(sender):
    return sorted((row["code"], row["changed"]) for row in lake.current(sender.dataset).to_pylist())


def test_an_increment_begins_beyond_the_watermark(make_sender, table):
    from shuzhi.data.sources import queries

    sender = sqlite(make_sender, mode="incremental", watermark="changed")
    table(("A", 9), ("B", 10))
    assert collect(sender).accepted == 2
    assert queries.source(sender.source).reached == "10"

    assert collect(sender) is None
    table(("A", 11))
    assert collect(sender).received == 1
    assert says(sender) == [("A", "11"), ("B", "10")]


def test_a_full_one_follows_the_table_back_and_forth(make_sender, table):
    sender = sqlite(make_sender)
    table(("A", 1))
    collect(sender)
    table(("A", 2), sql="UPDATE items SET code = ?, changed = ?")
    collect(sender)
    table(("A", 1), sql="UPDATE items SET code = ?, changed = ?")
    collect(sender)
    assert says(sender) == [("A", "1")]
    assert len(lake.history(sender.dataset)) == 3
    collect(sender)
    assert len(lake.history(sender.dataset)) == 3


# The reader leaves its server-side cursor to the connection's closing, which the driver warns about.
@pytest.mark.filterwarnings("ignore:.*ServerCursor.*:ResourceWarning")
def test_a_postgres_table_is_read_by_the_secret_that_holds_its_address(make_sender, db):
    import psycopg

    from shuzhi.data.sources import errors
    from shuzhi.foundation import database
    from shuzhi.foundation.secrets import secret_file
    from shuzhi.foundation.settings import settings

    sender = make_sender(
        fields=FIELDS,
        key=("code",),
        kind="sql",
        connection="office-db",
        table="office_items",
        mode="incremental",
        watermark="changed",
    )
    with pytest.raises(errors.ConnectionNotSet, match="office-db"):
        collect(sender)
    address = database.database_url("superuser")
    secret_file(settings().home, "source-office-db").write_text(address + "\n", "utf-8")
    with psycopg.connect(address, autocommit=True) as office:
        office.execute("CREATE TABLE office_items (code text, changed timestamptz)")
        try:
            office.execute("INSERT INTO office_items VALUES ('A', '2026-01-01+08'), ('B', '2026-01-02+08')")
            assert collect(sender).accepted == 2
            assert collect(sender) is None
            office.execute("INSERT INTO office_items VALUES ('C', '2026-01-03+08')")
            assert collect(sender).accepted == 1
        finally:
            office.execute("DROP TABLE office_items")
    assert [code for code, _ in says(sender)] == ["A", "B", "C"]


def test_a_file_source_is_no_database(sender):
    from shuzhi.data.sources import errors

    with pytest.raises(errors.NotADatabaseSource):
        collect(sender)
