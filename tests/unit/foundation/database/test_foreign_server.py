"""A server of others: used, never started or stopped; roles are made where that is allowed."""

from __future__ import annotations

import psycopg
import pytest
from tests.faults.conftest import Node
from tests.postgres import open_folder

from shuzhi.foundation import database
from shuzhi.foundation.database.roles import SERVING
from shuzhi.foundation.settings import Settings

ROLES = [f"shuzhi_{role}" for role in SERVING]


@pytest.fixture(scope="module")
def others_home():
    """A server of its own: the roles of the other tests' server hold rights on their tables."""
    home = open_folder("shuzhi-others-")
    database.start(home, fsync=False)
    yield home
    database.stop(home)


@pytest.fixture
def foreign(others_home, monkeypatch, tmp_path):
    """A server, as if somebody else ran it; gives a way to make settings for a given role."""

    def given(url: str) -> None:
        chosen = Settings(home=tmp_path, database_url=url)
        monkeypatch.setattr(database, "settings", lambda: chosen)
        database._settle_foreign.cache_clear()

    owner = database.database_url("superuser", home=others_home)
    yield others_home, given
    with psycopg.connect(owner, autocommit=True) as connection:
        for name in ("guest", *ROLES):
            connection.execute(f"DROP ROLE IF EXISTS {name}")
        database.roles.ensure_own(others_home, connection)


def run(home, *statements: str) -> None:
    url = database.database_url("superuser", home=home)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def user(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_user").fetchone()
        assert row
        return str(row[0])


def test_a_role_with_the_right_makes_the_serving_roles(foreign):
    home, given = foreign
    run(home, *(f"DROP ROLE {name}" for name in ROLES))
    url = database.database_url("superuser", home=home)
    given(url)

    assert database.ensure_database() == url

    assert user(database.database_url("web")) == "shuzhi_web"
    assert user(database.database_url("reader")) == "shuzhi_reader"


def test_another_nodes_roles_are_left_alone(foreign):
    home, given = foreign
    theirs = database.database_url("web", home=home)
    given(database.database_url("superuser", home=home))

    database.ensure_database()

    assert user(theirs) == "shuzhi_web"
    assert user(database.database_url("web")) == "postgres"


def test_a_role_without_the_right_stands_in_for_all(foreign):
    home, given = foreign
    run(home, *(f"DROP ROLE {name}" for name in ROLES))
    run(home, "CREATE ROLE guest LOGIN PASSWORD 'guest'")
    given(f"postgresql://guest:guest@127.0.0.1:{database.running(home).port}/shuzhi")

    database.ensure_database()

    assert user(database.database_url("gateway")) == "guest"


def test_one_that_does_not_answer_is_said(foreign):
    _home, given = foreign
    given("postgresql://guest:guest@127.0.0.1:1/shuzhi")
    with pytest.raises(database.Unreachable, match="refused"):
        database.ensure_database()


def test_it_is_neither_started_nor_stopped_here(foreign):
    home, given = foreign
    given(database.database_url("owner", home=home))
    with pytest.raises(database.NotOurs):
        database.start()


def test_up_leaves_it_alone(postgres_home):
    node = Node()
    url = database.database_url("owner", home=postgres_home)
    node.environ["SHUZHI_DATABASE_URL"] = url
    try:
        node.up("--only", "worker")
        assert [p["name"] for p in node.status()["processes"]] == ["supervisor", "worker"]
    finally:
        node.shuzhi("stop")
    assert user(url) == "shuzhi_owner"
