"""The web's front (网页前端): who sends or reads slowly holds up nobody but himself.

A WSGI server gives a request one of its few threads as soon as the head is there, and the thread then waits for the body
and for the reader: four callers who send a byte now and then would hold the whole web. Here a request comes in whole
first, and a thread is free again before the answer is read.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import unquote_to_bytes

import structlog

from shuzhi.foundation import buckets
from shuzhi.foundation.settings import Settings, settings
from shuzhi.foundation.telemetry.metering import WEB, Meter

THREADS = 2  # of a process: more would wait for each other
BUCKETS = "web-buckets"  # where its processes share how often anybody has asked
# What anybody may send, and what somebody who is signed in may: a file to hand in.
MOST_BYTES, MOST_BYTES_KNOWN = 5_000_000, 8_000_000_000
IN_MEMORY = 1_000_000
SECONDS_TO_BEGIN, SLOWEST_BYTES_A_SECOND = 15.0, 2_048
SECONDS_TO_READ = 30.0
PIECE = 262_144
# Names that mean something else once they stand in the environment, or that two readers write alike.
# A name with an underscore could pass for one that a proxy vouches for. This one is a caller's own key, for which no proxy does.
UNDERSCORED = frozenset({"api_key"})
NOT_TAKEN = frozenset({"proxy", "transfer-encoding"})
PLAIN = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
CLOSING = [("connection", "close")]

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
log = structlog.get_logger(__name__)


class FileToSend:
    """What the application gives instead of the content of a file (`wsgi.file_wrapper`)."""

    def __init__(self, file: BinaryIO, _block: int = 0) -> None:
        """Send this file, from where it stands."""
        self.file = file

    def path(self) -> str | None:
        """Where the file is, if all of it is to be sent and it has a name of its own."""
        name = getattr(self.file, "name", None)
        whole = isinstance(name, (str, PathLike)) and self.file.tell() == 0 and Path(name).is_file()
        return fspath(cast("str", name)) if whole else None


@dataclass(frozen=True)
class Answer:
    """A whole answer; of a file what is still to be read."""

    status: int
    headers: Headers
    body: bytes
    rest: FileToSend | None = None
    path: str | None = None


class Front:
    """Serves a WSGI application under granian's RSGI."""

    def __init__(
        self, application: Callable[..., Iterable[bytes]], *, is_known: Callable[[Environ], bool]
    ) -> None:
        """Serve it; `is_known` says whether a request comes from somebody who is signed in."""
        self._application, self._is_known = application, is_known
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="web")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        if (
            "transfer-encoding" in scope.headers
        ):  # of such a body granian does not say whether its end is missing
            protocol.response_empty(411, CLOSING)
            return
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                await self._receive(environ, protocol, body)
            except TimeoutError:
                protocol.response_empty(408, CLOSING)
                return
            except _NotTaken as refusal:
                protocol.response_empty(refusal.status, CLOSING)
                return
            body.seek(0)
            environ["wsgi.input"] = body
            answer = await self._in_thread(self._answer, environ)
        if (
            answer.path is not None
        ):  # granian reads it as fast as it is taken; what a stream is given it holds in memory
            protocol.response_file(answer.status, answer.headers, answer.path)
        elif answer.rest is None:
            protocol.response_bytes(answer.status, answer.headers, answer.body)
        else:
            await self._send(protocol, answer, answer.rest)

    async def _receive(self, environ: Environ, protocol: Any, body: Any) -> None:
        """Take the body. It must come at a pace and whole, and only somebody known sends much."""
        declared = int(environ["CONTENT_LENGTH"] or 0)
        if declared > MOST_BYTES and (
            declared > MOST_BYTES_KNOWN or not await self._in_thread(self._is_known, environ)
        ):
            raise _NotTaken(413)
        clock, size = asyncio.get_running_loop(), 0
        begun, pieces = clock.time(), aiter(protocol)
        while size < declared:
            until = begun + SECONDS_TO_BEGIN + size / SLOWEST_BYTES_A_SECOND
            try:
                piece = await asyncio.wait_for(anext(pieces), until - clock.time())
            except StopAsyncIteration:
                raise _NotTaken(400) from None
            size += len(piece)
            body.write(piece)

    def _answer(self, environ: Environ) -> Answer:
        """Ask the application, in a thread."""
        status, headers = 500, list[tuple[str, str]]()

        def start(line: str, given: Headers, *_: object) -> None:
            nonlocal status, headers
            status, headers = int(line[:3]), [(name.lower(), value) for name, value in given]

        try:
            result = self._application(environ, start)
            if not isinstance(result, FileToSend):
                try:
                    return Answer(status, headers, b"".join(result))
                finally:
                    getattr(result, "close", lambda: None)()
            path, head = result.path(), result.file.read(PIECE)
            if path is not None and len(head) == PIECE:
                result.file.close()
                return Answer(status, headers, b"", path=path)
            if len(head) == PIECE:
                return Answer(status, headers, head, result)
            result.file.close()
            return Answer(status, headers, head)
        except Exception:  # the application answers its own errors; this is an error of the answering
            log.exception("web.not_answered")
            return Answer(500, [("content-type", "text/plain")], b"")

    async def _send(self, protocol: Any, answer: Answer, rest: FileToSend) -> None:
        """Send a file as fast as it is read, holding no thread meanwhile."""
        from granian._granian import RSGIProtocolClosed as ProtocolClosed

        piece = answer.body
        try:
            line = protocol.response_stream(answer.status, answer.headers)
            while piece:
                await asyncio.wait_for(line.send_bytes(piece), SECONDS_TO_READ)
                piece = await self._in_thread(rest.file.read, PIECE)
        except (TimeoutError, ProtocolClosed):
            pass  # the reader has gone, or takes too long
        finally:
            await self._in_thread(rest.file.close)

    async def _in_thread(self, work: Callable[..., Any], *values: object) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *values)


class _NotTaken(Exception):
    """A body that this caller may not send, or did not send whole."""

    def __init__(self, status: int) -> None:
        self.status = status


def environ_of(scope: Any) -> Environ:
    """A request's head as WSGI says it (PEP 3333)."""
    host, _, port = scope.server.rpartition(":")
    environ: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "CONTENT_TYPE": "",
        "CONTENT_LENGTH": "",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileToSend,
    }
    for name, value in scope.headers.items():
        if name not in NOT_TAKEN and ("_" not in name or name in UNDERSCORED):
            key = PLAIN.get(name) or "HTTP_" + name.upper().replace("-", "_")
            between = "; " if name == "cookie" else ","
            environ[key] = f"{environ[key]}{between}{value}" if environ.get(key) else value
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ


def is_signed_in(environ: Environ) -> bool:
    """Whether the request's cookie is that of a session of somebody."""
    from django.conf import settings
    from django.contrib.auth import SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import close_old_connections
    from django.http import parse_cookie

    key = parse_cookie(environ.get("HTTP_COOKIE", "")).get(settings.SESSION_COOKIE_NAME)
    try:
        return bool(key) and SESSION_KEY in cast("Any", SessionStore(key))
    finally:
        close_old_connections()


def make_front() -> Front:
    """The web of this node, or one of its processes."""
    chosen = settings()
    if chosen.web_workers > 1:
        buckets.share(chosen.home / BUCKETS)
    from shuzhi.node.wsgi import application  # sets Django up: rooms can be imported only after it

    if chosen.web_workers > 1:
        _count_together(chosen)
    _keep_index_ready()
    _load_what_answers()
    _spare_what_stays()
    return Front(application, is_known=is_signed_in)


def _load_what_answers() -> None:
    """Load the code behind all addresses before the first request, which would wait for it for a second."""
    from django.urls import resolve

    resolve("/healthz")


def _spare_what_stays() -> None:
    """Have the collector leave alone what was loaded for good: a look through all of it holds every request up."""
    gc.collect()
    gc.freeze()


def _count_together(chosen: Settings) -> None:
    """Tell what all processes of the web counted."""
    from shuzhi.foundation.telemetry.web import count_together

    count_together(Meter(chosen.home / WEB))


def _keep_index_ready() -> None:
    """Make the index of matters beside the requests."""
    from shuzhi.business.matters.library.watching import keep_ready

    keep_ready()
