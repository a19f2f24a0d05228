"""One connection to PostgreSQL that sends prepared statements together (流水线): one write and one wake-up for all.

psycopg connects, adapts and loads; its cursors are left out, because their bookkeeping costs a batch of calls
three times what the statements themselves cost (docs/adr/0006).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.conninfo import make_conninfo
from psycopg.errors import error_from_result

TEXT, BINARY = pq.Format.TEXT, pq.Format.BINARY

Rows = Sequence[tuple[Any, ...]]
Statement = tuple[str, Sequence[object]]

SECONDS_TO_CONNECT = 5
# A server whose machine has gone says nothing: the system asks after it while the wire rests, and gives up sending.
ALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 12_000}
# A plan made while a table was small must not read all of it when it has grown.
OPTIONS = (
    "-c statement_timeout=10000 -c idle_in_transaction_session_timeout=15000"
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
)


class Wire:
    """A connection in the gateway's own role; one task uses it. After it broke, the next use connects again."""

    def __init__(self, url: str, options: str = "") -> None:
        """Prepare; the first statements connect, with these options besides those of every wire."""
        self._url, self._options = make_conninfo(url, **ALIVE), f"{OPTIONS} {options}"
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._prepared: dict[str, bytes] = {}
        self._results: list[Any] = []
        self._done: asyncio.Future[None] | None = None
        self._socket = -1

    async def run(self, *statements: Statement) -> list[Rows]:
        """Send statements together and return the rows of each; their values stand at `$1`, `$2` …, or at `%s` in order.

        They are one transaction, but where one begins or ends with statements of theirs.

        Raises:
            psycopg.Error: one failed; a transaction that was open has been rolled back.
        """
        connection = self._connection or await self._connect()
        try:
            await self._prepare(connection, statements)
            return await self._send(connection, statements)
        except (psycopg.OperationalError, asyncio.CancelledError):
            await self._end(connection)  # answers may be on their way that nobody waits for
            raise
        except psycopg.Error:
            await self._send(connection, [("ROLLBACK", ())])
            raise

    async def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            await self._end(self._connection)

    async def _end(self, connection: psycopg.AsyncConnection[Any]) -> None:
        if connection is self._connection:
            self._let_go()
        await connection.close()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        connection = await psycopg.AsyncConnection.connect(
            self._url,
            autocommit=True,
            connect_timeout=SECONDS_TO_CONNECT,
            application_name="shuzhi-gateway",
            options=self._options,
        )
        connection.pgconn.nonblocking = 1
        connection.pgconn.enter_pipeline_mode()
        self._connection, self._prepared, self._results, self._done = connection, {}, [], None
        self._socket = connection.pgconn.socket
        asyncio.get_running_loop().add_reader(self._socket, self._readable)
        try:
            await self._send(connection, [("ROLLBACK", ())])
        except BaseException:  # also whoever asks no more: the answer may still come
            await self._end(connection)
            raise
        return connection

    async def _prepare(
        self, connection: psycopg.AsyncConnection[Any], statements: Sequence[Statement]
    ) -> None:
        for sql, _ in statements:
            if sql not in self._prepared:
                name = f"s{len(self._prepared)}".encode()
                connection.pgconn.send_prepare(name, _numbered(sql).encode())
                await self._round_trip(connection)
                self._prepared[sql] = name

    async def _send(
        self, connection: psycopg.AsyncConnection[Any], statements: Sequence[Statement]
    ) -> list[Rows]:
        transformer = Transformer(connection)
        for sql, values in statements:
            texts = [_dumped(value, transformer) for value in values]
            forms = [BINARY if type(value) is bytes else TEXT for value in values]
            if name := self._prepared.get(sql):
                connection.pgconn.send_query_prepared(name, texts, forms)
            else:
                connection.pgconn.send_query_params(sql.encode(), texts, param_formats=forms)
        results = await self._round_trip(connection)
        return [_rows(transformer, result) for result in results]

    async def _round_trip(self, connection: psycopg.AsyncConnection[Any]) -> list[Any]:
        loop = asyncio.get_running_loop()
        self._results, self._done = [], loop.create_future()
        connection.pgconn.pipeline_sync()
        while connection.pgconn.flush():
            await _writable(loop, connection.pgconn.socket)
        await self._done
        for result in self._results:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                raise error_from_result(result, encoding="utf-8")
        return self._results

    def _readable(self) -> None:
        """Take what the server sent, up to the end of the round trip."""
        assert self._connection is not None
        server = self._connection.pgconn
        try:
            if not self._takes_the_end(server):
                self._listen_on()
        except psycopg.Error as error:
            self._let_go()
            if self._done is None:
                server.finish()  # at rest: nobody waits to hear it, and the next use connects again
            self._finish(psycopg.OperationalError(str(error)))

    def _takes_the_end(self, server: pq.abc.PGconn) -> bool:
        server.consume_input()
        while not server.is_busy():
            result = server.get_result()
            if result is None:
                if self._done is None or self._done.done():
                    return False
            elif result.status == pq.ExecStatus.PIPELINE_SYNC:
                self._finish(None)
                return True
            else:
                self._results.append(result)
        return False

    def _listen_on(self) -> None:
        """Ask anew to be woken: uvloop tells of a connection that was reset once and never again, and that one time
        may have gone to what the server had said before.
        """
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._socket)
        loop.add_reader(self._socket, self._readable)

    def _let_go(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._connection = None

    def _finish(self, error: psycopg.Error | None) -> None:
        waiting, self._done = self._done, None
        if waiting is None or waiting.done():
            return
        if error is None:
            waiting.set_result(None)
        else:
            waiting.set_exception(error)


def _dumped(value: object, transformer: Any) -> Any:
    """A value as it is sent: bytes as they are, and texts without asking how; the rest as psycopg adapts it."""
    if type(value) is bytes:
        return value
    if type(value) is str and "\0" not in value:
        return value.encode()
    return transformer.dump_sequence((value,), (PyFormat.TEXT,))[0]


def _rows(transformer: Any, result: Any) -> Rows:
    if result.status != pq.ExecStatus.TUPLES_OK:
        return []
    transformer.set_pgresult(result)
    rows: Rows = transformer.load_rows(0, result.ntuples, tuple)
    return rows


def _numbered(sql: str) -> str:
    first, *rest = sql.split("%s")
    return first + "".join(f"${place}{part}" for place, part in enumerate(rest, start=1))


async def _writable(loop: asyncio.AbstractEventLoop, socket: int) -> None:
    ready: asyncio.Future[None] = loop.create_future()
    loop.add_writer(socket, ready.set_result, None)
    try:
        await ready
    finally:
        loop.remove_writer(socket)
