"""A recipient, templates, and servers as other systems run them."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.identity import services as identity
from shuzhi.support.messages import services
from shuzhi.support.messages.dispatching.dispatcher import Dispatcher
from shuzhi.support.messages.types import TemplateDeclaration

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # ten in the morning in China
MOTHER = "330102199003078803"
PLATFORM = system("test")
CLERK = Actor("account/clerk", "许医", "health-commission", roles=frozenset({Role.APPROVER}))
ADMIN = Actor("account/admin", "周管", None, roles=frozenset({Role.ADMINISTRATOR}))
TEMPLATE = {
    "message": "case-decided",
    "title": {"zh": "{matter}已办结", "en": "{matter} is decided"},
    "text": {"zh": "{name}，您申请的{matter}已办结。", "en": "{name}, your {matter} is decided."},
    "short": {"zh": "{matter}已办结，请登录查看。", "en": "{matter} is decided."},
    "fields": {"matter": {"zh": "事项", "en": "matter"}, "name": {"zh": "姓名", "en": "name"}},
    "channels": ["in_app", "mail", "sms"],
}
FACTS = {"matter": "出生登记", "name": "林一"}


def install(**changes):
    declared = TemplateDeclaration.model_validate(TEMPLATE | changes)
    services.install_template(declaration=declared, pack="test/x", by=PLATFORM, at=AT)


def mother() -> Actor:
    actor = identity.open_account(
        username="mother", person="林一", office=None, division=None, roles=frozenset({Role.RESIDENT}),
        password=None, by=PLATFORM, at=AT,
    )  # fmt: skip
    identity.note_proof(username="mother", scheme="resident_id", value=MOTHER, by=PLATFORM, at=AT)
    services.keep_contact(recipient=actor.name, mail="lin@example.com", phone="13800001234", by=actor, at=AT)
    return actor


def send(to="account/mother", at=AT, **more):
    return services.send(template="case-decided", to=to, facts=FACTS, by=CLERK, at=at, **more)


class Clock:
    """Time as the dispatcher sees it."""

    def __init__(self, at=AT) -> None:
        self.at = at

    def __call__(self):
        return self.at

    def forward(self, **wait):
        self.at += timedelta(**wait)


def dispatch(channels, clock=None):
    clock = clock or Clock()
    return Dispatcher(clock=clock, channels=channels()).run(until=clock() + timedelta(minutes=1))


class Mailbox:
    """What a mail server does with mail."""

    def __init__(self) -> None:
        self.letters, self.answers = [], {}

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - the library's name
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's name
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 taken"


class Receiver:
    """Another system: answers as it is told to, by the path that is called."""

    def __init__(self) -> None:
        self.told, self.status, self.hang = [], 200, threading.Event()
        own = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/hang":
                    own.hang.wait(8)
                own.told.append((self.path, dict(self.headers), body))
                self.send_response(own.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def close(self):
        self.hang.set()
        self._server.shutdown()
        self._server.server_close()
