"""Webhooks: who is told what, signed, again after a failure; one that is dead holds up no other."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import json
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from tests.unit.business.market import people
from tests.unit.business.market.people import AT, USCC
from tests.unit.business.market.test_duties import give, withdraw
from tests.unit.business.market.test_govstack import Caller as System

from shuzhi.business.market import models, services
from shuzhi.business.market.govstack import hooks
from shuzhi.business.market.govstack.calling import MOST_ATTEMPTS, Caller
from shuzhi.data.exchange.pushing.endpoints import Rules
from shuzhi.foundation.outbox import services as outbox
from shuzhi.pillars.security import audit

RULES = Rules((ipaddress.ip_network("127.0.0.0/8"),), plain_http=True)


class Receiver:
    """An outside system that answers, refuses, or never says a word."""

    def __init__(self, status=200, hangs=0.0):
        self.got, self.status = [], status
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((time.monotonic(), dict(self.headers), body))
                time.sleep(hangs)
                self.send_response(receiver.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"


@pytest.fixture
def firm(transactional_db, monkeypatch):
    monkeypatch.setattr(hooks, "rules_of", lambda _: RULES)
    people.install()
    return people.open_account()


def hook(system, url, secret="s3cret-of-the-receiver", **changes):
    body = {"payloadUrl": url, "contentType": "application/json", "disabled": False, "secretKey": secret}
    return system("POST", "/config/webhook/", {"webhook": body | changes})["webhook"]


def work(at=AT, seconds=10.0):
    return asyncio.run(Caller(rules=RULES, clock=lambda: at, seconds=seconds).work())


def test_the_office_concerned_is_told_numbers_only_and_signed(firm):
    tax, other = Receiver(), Receiver()
    told = hook(System("tax", "taxation", "org"), tax.url)
    hook(System("edu", "education", "org"), other.url)
    assert told["secretKey"] == hooks.UNTOLD

    given = give(firm, receivers=("taxation",))
    withdraw(firm, given)
    assert work() == 2
    events = [json.loads(body) for _, _, body in tax.got]
    assert [one["event"] for one in events] == ["consent.given", "consent.withdrawn"]
    assert {one["consentRecordId"] for one in events} == {given.id}
    assert USCC not in str(tax.got)
    for _, headers, body in tax.got:
        mac = hmac.new(b"s3cret-of-the-receiver", body, hashlib.sha256).hexdigest()
        assert {name.lower(): value for name, value in headers.items()}[
            "x-hub-signature-256"
        ] == f"sha256={mac}"
    assert other.got == []
    assert "s3cret" not in str(list(models.Webhook.objects.values()))
    assert audit.verify().verified


def test_a_dead_one_holds_up_no_other_and_is_tried_again_in_order(firm):
    dead, well = Receiver(hangs=4), Receiver()
    hook(System("dead", "taxation", "org"), dead.url)
    hook(System("well", "taxation", "org"), well.url)
    withdraw(firm, give(firm, receivers=("taxation",)))

    begun = time.monotonic()
    assert work(seconds=2.0) == 2
    assert len(well.got) == 2
    assert max(at for at, *_ in well.got) - begun < 1.5, "it did not wait for the other"
    assert len(dead.got) == 1
    assert work() == 0, "it rests after a failure"

    dead.status = 500
    row = models.Webhook.objects.get(failures=1)
    models.WebhookDelivery.objects.filter(webhook=row).update(attempts=MOST_ATTEMPTS - 1)
    assert work(AT + timedelta(hours=1)) == 0
    assert sorted(row.deliveries.values_list("state", flat=True)) == ["dead", "waiting"]


@pytest.mark.parametrize(
    "changes",
    [{"payloadUrl": "http://10.0.0.1/x"}, {"payloadUrl": "ftp://example.org/"}, {"payloadUrl": "no"}, {"contentType": "text/xml"}],
)  # fmt: skip
def test_an_address_where_nothing_may_go_is_refused(firm, changes):
    body = {
        "payloadUrl": "https://example.org/x",
        "contentType": "application/json",
        "disabled": False,
        "secretKey": "",
    }
    System("tax", "taxation", "org")("POST", "/config/webhook/", {"webhook": body | changes}, status=400)


def test_others_webhooks_are_not_there_and_the_secret_stays_when_it_is_not_said(firm):
    tax, edu = System("tax", "taxation", "org"), System("edu", "education", "org")
    made = hook(tax, "https://example.org/x")
    path = "/config/webhook/{webhookId}/"
    edu("GET", path, webhookId=made["id"], status=400)
    changed = tax("PUT", path, {"webhook": made | {"disabled": True}}, webhookId=made["id"])["webhook"]
    assert changed == made | {"disabled": True}
    assert hooks.secret_of(models.Webhook.objects.get()) == b"s3cret-of-the-receiver"
    assert [one["id"] for one in tax("GET", "/config/webhooks/")["webhooks"]] == [made["id"]]
    assert edu("GET", "/config/webhooks/")["webhooks"] == []
    tax("DELETE", path, webhookId=made["id"])
    assert tax("GET", "/config/webhooks/")["webhooks"] == []


def test_nothing_is_queued_for_nobody(firm):
    given = give(firm)
    while outbox.deliver_waiting(at=AT):
        pass
    assert models.WebhookDelivery.objects.count() == 0
    assert services.follow_expired(by=people.PLATFORM, at=AT) == 0
    assert given.is_given
