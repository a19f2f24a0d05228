"""A connection whose server goes in the middle of an answer is heard to go, whatever came of the answer before."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time

import psycopg
import pytest
import uvloop
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tests.unit.data.exchange.calling import gateway_url

from shuzhi.data.exchange.gateway.wire import Wire

LAST_WORD = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0"
FATAL = b"E" + struct.pack("!i", len(LAST_WORD) + 4) + LAST_WORD
MARK = b"pg_sleep"  # the statement that is not answered any more


class DyingServer(threading.Thread):
    """Passes everything on to PostgreSQL, until the statement that it dies of; then says its last word and resets."""

    def __init__(self, url: str, last_word: bytes) -> None:
        super().__init__(daemon=True)
        facts = conninfo_to_dict(url)
        self._real = (str(facts["host"]), int(facts["port"] or 0))
        self._door = socket.create_server(("127.0.0.1", 0))
        self._last_word = last_word
        self.died = threading.Event()
        self.url = make_conninfo(url, port=self._door.getsockname()[1], sslmode="disable")

    def run(self) -> None:
        client, _ = self._door.accept()
        self._door.close()
        with socket.create_connection(self._real) as server:
            threading.Thread(target=pass_on, args=(server, client), daemon=True).start()
            while MARK not in (data := client.recv(65536)):
                server.sendall(data)
            if self._last_word:
                client.sendall(self._last_word)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
            server.shutdown(socket.SHUT_RDWR)
            self.died.set()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        return


@pytest.mark.parametrize("last_word", [FATAL, FATAL[:20], b""], ids=["a-last-word", "half-a-word", "nothing"])
@pytest.mark.parametrize("run", [uvloop.run, asyncio.run], ids=["uvloop", "asyncio"])
def test_a_server_that_goes_under_a_statement_is_heard(transactional_db, run, last_word):
    server = DyingServer(gateway_url(), last_word)
    server.start()

    async def ask() -> None:
        wire = Wire(server.url)
        assert await wire.run(("SELECT 1", ())) == [[(1,)]]
        asking = asyncio.create_task(wire.run(("SELECT 2, pg_sleep(0)", ())))
        await asyncio.sleep(0)
        assert server.died.wait(5)
        time.sleep(0.05)  # noqa: ASYNC251 - its last word and its end are both there before this loop looks again
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(asking, 5)
        await wire.close()

    run(ask())


def test_a_server_that_goes_at_rest_is_heard_with_the_next_statement(transactional_db):
    async def ask() -> None:
        wire = Wire(gateway_url())
        ((pid,),) = (await wire.run(("SELECT pg_backend_pid()", ())))[0]
        with psycopg.connect(gateway_url()) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        time.sleep(0.2)  # noqa: ASYNC251
        with pytest.raises(psycopg.OperationalError):
            await asyncio.wait_for(wire.run(("SELECT 1", ())), 5)
        assert await wire.run(("SELECT 3", ())) == [[(3,)]]
        await wire.close()

    uvloop.run(ask())


def test_an_asker_who_leaves_while_it_connects_shifts_no_later_answer(transactional_db, monkeypatch):
    wire = Wire(gateway_url())
    send = Wire._send

    async def ask() -> None:
        async def leave(self, connection, statements):
            asking.cancel()
            return await send(self, connection, statements)

        monkeypatch.setattr(Wire, "_send", leave)
        asking = asyncio.create_task(wire.run(("SELECT 4", ())))
        with pytest.raises(asyncio.CancelledError):
            await asking
        monkeypatch.setattr(Wire, "_send", send)
        assert await wire.run(("SELECT 5", ()), ("SELECT 6", ())) == [[(5,)], [(6,)]]
        await wire.close()

    uvloop.run(ask())
