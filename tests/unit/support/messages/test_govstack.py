"""GovStack's messaging contract: its addresses, its words, and what it says of wrong input."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.support.messages.people import ADMIN, AT, Clock, dispatch

from shuzhi.foundation.clock import now
from shuzhi.support.messages import models, services

pytestmark = pytest.mark.django_db
BASE = "/govstack/messaging"
MAIL = {
    "callback": {"URI": ""},
    "senderInfo": {"organisationName": "Clinic", "email": "sender@example.com", "name": "Dr"},
    "recipientInfo": {"email": "customer@example.com", "emailCC": "cc@example.com", "name": "Customer"},
    "emailContent": {"encoding": "UTF-8", "title": "Your appointment", "content": "Tomorrow at nine."},
}
STATES = ["scheduled", "processing", "deferred", "bounced", "notSent", "delivered"]


@pytest.fixture
def key(db):
    return services.admit_client(name="clinic", office="health-commission", by=ADMIN, at=AT)


def ask(client, method, path, key, body=None, **headers):
    where = f"{BASE}{path}" + (f"?body={quote(json.dumps(body))}" if body is not None else "")
    return getattr(client, method)(where, headers={"apiKey": key, **headers})


def status(client, key, uid, names=STATES):
    where = f"{BASE}/status/email?" + urlencode([("status", each) for each in names])
    return client.get(where, headers={"apiKey": key, "requestUid": uid})


def test_one_mail_from_the_call_to_the_mailbox(client, key, channels, mailbox):
    answer = ask(client, "post", "/send/email/single", key, MAIL)
    uid = answer.json()["requestUid"]
    assert status(client, key, uid).json() == dict.fromkeys(STATES, 0) | {"scheduled": 1}

    dispatch(channels, Clock(now()))

    assert status(client, key, uid).json() == dict.fromkeys(STATES, 0) | {"delivered": 1}
    assert status(client, key, uid, ["delivered"]).json() == {"delivered": 1}
    [letter] = mailbox.letters
    assert (letter["To"], letter["Cc"], letter["Reply-To"]) == (
        "Customer <customer@example.com>", "cc@example.com", "sender@example.com",
    )  # fmt: skip


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_a_batch_in_every_way_it_may_be_written(client, key, channels, mailbox, prefix):
    people_ = [{"recipientInfo": {"email": f"c{number}@example.com"}} for number in range(5)]
    coded = base64.b64encode(json.dumps(people_).encode()).decode()
    body = MAIL | {"recipientInfo": {"batchEmailAsBase64": coded}}
    uid = ask(client, "post", f"{prefix}/send/email/batch", key, body).json()["requestUid"]
    assert status(client, key, uid, ["scheduled"]).json() == {"scheduled": 5}
    for sent in (json.dumps(body), json.dumps(json.dumps(body))):
        answer = client.post(
            f"{BASE}/send/email/batch", sent, content_type="application/json", headers={"apiKey": key}
        )
        assert answer.status_code == 200
    assert models.Delivery.objects.count() == 15


def test_a_batch_of_one_may_be_written_as_one_mail(client, key):
    answer = client.post(f"{BASE}/send/email/batch", json.dumps(MAIL), content_type="application/json", headers={"Api-Key": key})  # fmt: skip
    assert status(client, key, answer.json()["requestUID"], ["scheduled"]).json() == {"scheduled": 1}


def test_bounces_are_told(client, key, channels, mailbox):
    mailbox.answers = {"customer@example.com": "550 unknown"}
    mail = MAIL | {"recipientInfo": {"email": "customer@example.com"}}
    uid = ask(client, "post", "/send/email/single", key, mail).json()["requestUid"]
    dispatch(channels, Clock(now()))
    assert status(client, key, uid, ["bounced"]).json() == {"bounced": 1}


@pytest.mark.parametrize(
    "body",
    [
        None, {}, [], "x", 1, {"recipientInfo": {}}, MAIL | {"recipientInfo": {"email": "nobody"}}, MAIL | {"emailContent": {}},
        MAIL | {"callback": {"URI": "file:///etc/passwd"}}, MAIL | {"senderInfo": {"replyTo": "x\r\nBcc: y@example.com"}},
        MAIL | {"recipientInfo": {"batchEmailAsBase64": "???"}},
    ],
)  # fmt: skip
def test_wrong_input_is_405(client, key, body):
    for path in ("/send/email/single", "/send/email/batch"):
        assert ask(client, "post", path, key, body).status_code == 405
    assert not models.Message.objects.exists()


def test_keys_and_requests_are_ones_own(client, key):
    assert ask(client, "post", "/send/email/single", "wrong", MAIL).status_code == 401
    assert client.post(f"{BASE}/send/email/single").status_code == 405
    uid = ask(client, "post", "/send/email/single", key, MAIL).json()["requestUid"]
    other = services.admit_client(name="other", office="education", by=ADMIN, at=AT)
    assert status(client, other, uid).status_code == 405
    assert status(client, key, "nothing").status_code == 405
    assert status(client, key, uid, ["sideways"]).status_code == 405
    assert client.get(f"{BASE}/status/email", headers={"apiKey": key, "requestUid": uid}).status_code == 405
    told = ask(
        client, "post", "/callback/email", key, {"meta": "m", "content": "Y29udGVudA=="}, requestUid=uid
    )
    assert told.status_code == 200
    assert ask(client, "get", "/send/email/single", key).status_code == 405


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(body=st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda each: st.lists(each) | st.dictionaries(st.sampled_from([*MAIL, "email", "URI", "title", "content"]), each)))  # fmt: skip
def test_whatever_is_sent_is_answered(client, key, body):
    assert ask(client, "post", "/send/email/single", key, body).status_code in {200, 405}


def test_a_header_is_no_place_for_lines(client, key, channels, mailbox):
    title = "Hello\r\nBcc: thief@example.com"
    body = MAIL | {"emailContent": {"title": title, "content": "x"}}
    assert ask(client, "post", "/send/email/single", key, body).status_code == 200
    dispatch(channels, Clock(now()))
    [letter] = mailbox.letters
    assert letter["Bcc"] is None
