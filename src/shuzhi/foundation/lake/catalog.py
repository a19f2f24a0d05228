"""The lake's catalog: Iceberg's own tables in a schema of our PostgreSQL, the files on disk or an object store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, quote

from shuzhi.foundation.lake.errors import LakeUnreachable
from shuzhi.foundation.settings import settings

SCHEMA = "lake"
CATALOG = "shuzhi"
NAMESPACE = "datasets"
PROPERTIES = {
    # Our own loop around a commit asks first whether the batch is already in; PyIceberg's would not.
    "commit.retry.num-retries": "0",
    "commit.manifest-merge.enabled": "true",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "write.parquet.compression-codec": "zstd",
}


def warehouse() -> str:
    """Where the lake's files are: the setting `lake_url`, else the home's own folder."""
    given = settings().lake_url
    if given:
        return given.partition("?")[0].rstrip("/")
    folder = settings().home / "lake"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder.resolve())


def store_properties() -> dict[str, str]:
    """What `lake_url` says about its object store after a `?`: endpoint and region, as `endpoint=http://…&region=…`.

    Keys are never in the address: they come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`).
    """
    said = parse_qs((settings().lake_url or "").partition("?")[2])
    return {f"s3.{name}": said[name][-1] for name in ("endpoint", "region") if name in said}


def open_catalog() -> Any:
    """The catalog in the database that Django is connected to."""
    return _open(_database_url(), warehouse())


def prepare() -> None:
    """Make the catalog's own tables; only the owner of the database's tables can, whoever else writes rows."""
    engine = _engine(_database_url())
    try:
        with reaching():
            _make_tables(engine)
    finally:
        engine.dispose()


def close() -> None:
    """Forget the catalog, so that the next use opens it afresh (after a fork, or a change of settings)."""
    _open.cache_clear()
    _metadata_at.cache_clear()


def identifier(dataset: str) -> tuple[str, str]:
    """A data set's table."""
    return (NAMESPACE, dataset)


def load_table(dataset: str) -> Any | None:
    """A data set's table as it is now, or None when nothing was ever collected."""
    from pyiceberg.table import Table

    with reaching():
        catalog = open_catalog()
        place = _metadata_place(dataset)
        if place is None:
            return None
        return Table(identifier(dataset), _metadata_at(place), place, _file_io(catalog, place), catalog)


def has_table(dataset: str) -> bool:
    """Whether anything of this data set was ever collected."""
    return load_table(dataset) is not None


def create_table(dataset: str, schema: Any) -> Any:
    """The data set's table, made if it is missing; two who make it at once get the same one."""
    with reaching():
        catalog = open_catalog()
        return catalog.create_table_if_not_exists(
            identifier(dataset), schema=schema, location=f"{warehouse()}/{dataset}", properties=PROPERTIES
        )


def _metadata_place(dataset: str) -> str | None:
    """Where the table's newest metadata lies. Asked on Django's connection: opening another costs more than the answer."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT metadata_location FROM {SCHEMA}.iceberg_tables"  # noqa: S608 - our own constant
            " WHERE catalog_name = %s AND table_namespace = %s AND table_name = %s",
            [CATALOG, *identifier(dataset)],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else None


@lru_cache(maxsize=64)
def _metadata_at(place: str) -> Any:
    """The metadata of that file. Iceberg writes a new file for each change, so what is read once stays true."""
    from pyiceberg.serializers import FromInputFile

    return FromInputFile.table_metadata(_file_io(open_catalog(), place).new_input(place))


def _file_io(catalog: Any, place: str) -> Any:
    from pyiceberg.io import load_file_io

    return load_file_io(dict(catalog.properties), place)


@contextmanager
def reaching() -> Iterator[None]:
    """Turn the database's and the store's own errors into one that says what is out of reach."""
    from django.db import InterfaceError, OperationalError
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except (DBAPIError, InterfaceError, OperationalError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise LakeUnreachable(place="PostgreSQL", reason=reason) from error


@lru_cache(maxsize=4)
def _open(database: str, place: str) -> Any:
    from pyiceberg.catalog.sql import SqlCatalog

    engine = _engine(database)
    with reaching():
        if not _has_tables(engine):
            _make_tables(engine)
        catalog = SqlCatalog(
            CATALOG, uri=database, warehouse=place, init_catalog_tables="false", **store_properties()
        )
        catalog.engine.dispose()
        catalog.engine = engine
        catalog.create_namespace_if_not_exists(NAMESPACE)
    return catalog


def _engine(database: str) -> Any:
    from sqlalchemy import NullPool, create_engine

    # No connection stays open between two uses: idle processes hold none.
    return create_engine(database, poolclass=NullPool, isolation_level="READ COMMITTED")


def _has_tables(engine: Any) -> bool:
    from sqlalchemy import text

    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT to_regclass('{SCHEMA}.iceberg_tables')"))
        return found.scalar() is not None


def _make_tables(engine: Any) -> None:
    from pyiceberg.catalog.sql import SqlCatalogBaseTable
    from sqlalchemy import text

    with engine.begin() as connection:
        # Two processes may open a fresh lake at once.
        connection.execute(text("SELECT pg_advisory_xact_lock(5348001)"))
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        SqlCatalogBaseTable.metadata.create_all(connection)


def _database_url() -> str:
    from django.db import connection

    facts = connection.settings_dict
    user = f"{quote(facts['USER'], safe='')}:{quote(facts['PASSWORD'], safe='')}"
    place = f"{facts['HOST']}:{facts['PORT'] or 5432}"
    options = quote(f"-csearch_path={SCHEMA}", safe="")
    # Further words of the connection (sslmode, …) are the driver's, the pool is Django's.
    extra = {name: value for name, value in facts["OPTIONS"].items() if isinstance(value, str)}
    more = "".join(
        f"&{name}={quote(value, safe='')}" for name, value in sorted(extra.items()) if name != "options"
    )
    return f"postgresql+psycopg://{user}@{place}/{facts['NAME']}?options={options}{more}"
