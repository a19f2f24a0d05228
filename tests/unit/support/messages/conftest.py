"""Keys that end with the test, a mail server and an SMS gateway that are real, and a clock that can be moved."""

from __future__ import annotations

from threading import Thread

import msgspec.structs
import pytest
from tests.ports import free_port

from shuzhi.foundation.settings import settings


@pytest.fixture(autouse=True)
def of_its_own(tmp_path_factory, monkeypatch):
    from shuzhi.pillars.security.crypto import node
    from shuzhi.support.messages import addressing, waking

    home = tmp_path_factory.mktemp("keys")
    ring = node.open_keyring(msgspec.structs.replace(settings(), home=home))
    monkeypatch.setattr(node, "keyring", lambda: ring)
    monkeypatch.setattr(addressing, "is_served", lambda channel: True)
    monkeypatch.setattr(waking, "_wake", lambda at: None)


@pytest.fixture
def mailbox():
    from aiosmtpd.controller import Controller
    from tests.unit.support.messages import people

    box = people.Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    box.url = f"smtp://127.0.0.1:{server.port}"
    yield box
    server.stop()


@pytest.fixture
def gateway():
    from shuzhi.support.messages import sandbox

    made = sandbox.Gateway("shared-secret", a_second=1000)
    server = sandbox.serve(made)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver():
    from tests.unit.support.messages import people

    made = people.Receiver()
    yield made
    made.close()


@pytest.fixture
def channels(mailbox, gateway, receiver, db, tmp_path):
    from shuzhi.support.messages.channels import hooks, mail, sms
    from shuzhi.support.messages.types import Channel

    allowed = msgspec.structs.replace(settings(), events_networks=("127.0.0.0/8",), events_plain_http=True)
    return lambda: {
        Channel.MAIL: mail.MailDriver(mailbox.url, "noreply@city.example", home=tmp_path),
        Channel.SMS: sms.SmsDriver(gateway.url, "shared-secret"),
        Channel.HOOK: hooks.HookDriver(allowed, hooks.secrets_by_name()),
    }
