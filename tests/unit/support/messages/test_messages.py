"""Messages from being accepted to being delivered or given up, over servers that are real."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.support.messages import people
from tests.unit.support.messages.people import ADMIN, AT, CLERK, FACTS, MOTHER, Clock, dispatch, send

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.outbox.models import Message as Event
from shuzhi.pillars.security.errors import Forbidden
from shuzhi.pillars.security.models import AuditEntry
from shuzhi.support.messages import errors, models, queries, receipts, services, timing
from shuzhi.support.messages.channels.signatures import SIGNATURE, STAMP, is_signed, sign
from shuzhi.support.messages.masking import masked, plain_problem
from shuzhi.support.messages.types import Channel, State
from shuzhi.support.workflow.processes import registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def mother(db):
    people.install()
    return people.mother()


def states(message):
    return {each.channel.value: each.state.value for each in queries.message(message.id).deliveries}


class TestAccepting:
    def test_reaches_by_every_channel_that_is_wanted(self, mother, channels, mailbox, gateway):
        message = send()
        assert states(message) == {"in_app": "delivered", "mail": "accepted", "sms": "accepted"}

        dispatch(channels)

        assert states(message) == {"in_app": "delivered", "mail": "delivered", "sms": "sent"}
        [letter] = mailbox.letters
        assert (letter["Subject"], letter["To"]) == ("出生登记已办结", "lin@example.com")
        assert "林一，您申请的出生登记已办结。" in letter.get_content()
        assert [each["text"] for each in gateway.taken.values()] == ["出生登记已办结，请登录查看。"]
        [found], unread = queries.inbox(mother)
        assert (found.title.en, unread) == ("出生登记 is decided", 1)

    @pytest.mark.parametrize("link", ["https://data.city.example/unfollow/" + "x" * 90, "http://10.0.0.1/u/1/", "/u/1/", "https://a/>\t<b"])  # fmt: skip
    def test_a_mail_says_how_such_mail_ends(self, mother, channels, mailbox, gateway, link):
        text = {"zh": "变了。退订：{matter}", "en": "{name}: changed. Stop: {matter}"}
        people.install(text=text, unsubscribe="matter", short=None)
        services.send(
            template="case-decided", to="account/mother", facts=FACTS | {"matter": link}, by=CLERK, at=AT
        )
        dispatch(channels)
        [letter] = mailbox.letters
        whole = link.startswith("http") and ">" not in link
        assert letter["List-Unsubscribe"] == (f"<{link}>" if whole else None)
        one_click = "List-Unsubscribe=One-Click" if whole and link.startswith("https") else None
        assert letter["List-Unsubscribe-Post"] == one_click

    def test_a_link_that_ends_mail_is_one_of_the_fields(self):
        with pytest.raises(ValueError, match="unsubscribe names no field"):
            people.install(unsubscribe="nowhere")

    def test_a_person_finds_what_was_sent_to_their_number(self, mother):
        sent = services.send(template="case-decided", to=MOTHER, facts=FACTS, by=CLERK, at=AT)
        assert [each.id for each in queries.inbox(mother)[0]] == [sent.id]
        assert services.mark_read(message=sent.id, by=mother, at=AT)
        assert queries.inbox(mother)[1] == 0
        assert not services.mark_read(message=sent.id, by=CLERK, at=AT)

    def test_the_same_key_is_one_message(self, mother):
        assert send(key="case/1").id == send(key="case/1").id != send(key="case/2").id

    def test_what_is_declined_is_not_sent_unless_it_must(self, mother):
        services.keep_contact(
            recipient=mother.name,
            mail="lin@example.com",
            phone="13800001234",
            declined=["sms"],
            by=mother,
            at=AT,
        )
        assert "sms" not in states(send())
        people.install(must=True)
        assert "sms" in states(send())

    @pytest.mark.parametrize(("to", "reached"), [("13800001234", {"sms"}), ("a@example.com", {"mail"})])
    def test_a_number_or_an_address_will_do(self, mother, to, reached):
        assert set(states(send(to=to))) == reached

    def test_refusals(self, mother):
        with pytest.raises(errors.NoSuchTemplate):
            services.send(template="none", to="account/mother", facts={}, by=CLERK, at=AT)
        with pytest.raises(errors.FactMissing):
            services.send(template="case-decided", to="account/mother", facts={"name": "x"}, by=CLERK, at=AT)
        with pytest.raises(Forbidden):
            services.send(template="case-decided", to="account/mother", facts=FACTS, by=mother, at=AT)
        people.install(channels=["mail"])
        with pytest.raises(errors.Unreachable):
            send(to="account/nobody")
        with pytest.raises(Forbidden):
            services.keep_contact(recipient="account/other", mail="x@example.com", by=mother, at=AT)
        with pytest.raises(errors.AddressWrong):
            services.keep_contact(recipient=mother.name, phone="12", by=mother, at=AT)

    def test_the_log_names_nobody(self, mother):
        send()
        told = json.dumps([each.facts for each in AuditEntry.objects.all()], ensure_ascii=False)
        for private in ("13800001234", "lin@example.com", "林一", MOTHER):
            assert private not in told

    def test_a_process_sends_once(self, mother):
        inputs = {"template": "case-decided", "to": "account/mother", "facts": FACTS}
        told = registry.ServiceCall(inputs, 9, MOTHER, "x", CLERK, AT)
        assert registry.call("messages.send", told) == registry.call("messages.send", told)


class TestNight:
    @given(
        st.datetimes(
            min_value=AT.replace(tzinfo=None), max_value=(AT + timedelta(days=400)).replace(tzinfo=None)
        )
    )
    def test_no_text_at_night_and_none_later_than_the_morning(self, moment):
        at = moment.replace(tzinfo=AT.tzinfo)
        goes = timing.earliest(Channel.SMS, at, urgent=False)
        assert timing.NIGHT_TO <= goes.astimezone(CHINA).time() < timing.NIGHT_FROM
        assert at <= goes <= at + timedelta(hours=9)
        assert (
            timing.earliest(Channel.SMS, at, urgent=True)
            == at
            == timing.earliest(Channel.MAIL, at, urgent=False)
        )

    def test_waits_for_the_morning(self, mother, channels, gateway):
        clock = Clock(AT.astimezone(CHINA).replace(hour=23))
        message = send(at=clock())
        dispatch(channels, clock)
        assert states(message)["sms"] == "accepted"
        clock.forward(hours=8, minutes=1)
        dispatch(channels, clock)
        assert states(message)["sms"] == "sent"


class TestFaults:
    def test_a_busy_server_is_tried_again_and_a_refused_address_is_not(self, mother, channels, mailbox):
        mailbox.answers = {
            "lin@example.com": "450 busy",
            "no@example.com": "550 no such lin@example.com 13800001234",
        }
        busy, refused = send(), send(to="no@example.com")
        clock = Clock()
        dispatch(channels, clock)
        assert (states(busy)["mail"], states(refused)) == ("failed", {"mail": "given_up"})
        [problem] = [each.problem for each in queries.message(refused.id).deliveries]
        assert "lin@" not in problem
        assert "13800001234" not in problem
        assert Event.objects.get(event="DeliveryGivenUp").payload["channel"] == "mail"
        mailbox.answers = {}
        clock.forward(seconds=3)
        dispatch(channels, clock)
        assert states(busy)["mail"] == "delivered"

    def test_gives_up_in_the_end(self, mother, channels, mailbox):
        mailbox.answers = {"lin@example.com": "450 busy"}
        message, clock = send(), Clock()
        for _ in range(timing.MOST_ATTEMPTS):
            dispatch(channels, clock)
            clock.forward(hours=2)
        assert states(message)["mail"] == "given_up"

    def test_a_gateway_that_breaks_and_numbers_that_are_none(self, mother, channels, gateway):
        broken, none = send(to="13800002222"), send(to="13800000000")
        clock = Clock()
        dispatch(channels, clock)
        assert states(broken) == {"sms": "failed"}
        clock.forward(seconds=5)
        dispatch(channels, clock)
        assert (states(broken), states(none)) == ({"sms": "sent"}, {"sms": "given_up"})

    def test_a_limit_is_kept_and_nothing_is_lost(self, mother, channels, gateway):
        gateway.a_second = 3
        sent = [send(to="13800001234") for _ in range(8)]
        clock = Clock()
        for _ in range(4):
            dispatch(channels, clock)
            clock.forward(seconds=1)
            gateway._last.clear()
        assert {states(each)["sms"] for each in sent} == {"sent"}
        assert len(gateway.taken) == 8
        assert 429 in gateway.refused

    def test_a_worker_killed_after_sending_sends_the_same_again(self, mother, channels, gateway):
        message = send(to="13800001234")
        dispatch(channels)
        models.Delivery.objects.filter(message_id=message.id).update(state=State.ACCEPTED)
        dispatch(channels)
        assert len(gateway.taken) == 1


class TestReceipts:
    def receipt(self, client, **told):
        from shuzhi.foundation.settings import settings
        from shuzhi.support.messages.channels.sms import secret_of

        body = json.dumps(told).encode()
        from shuzhi.foundation.clock import now

        headers = sign(secret_of(settings().home), body, now())
        return client.post(
            "/messages/receipts/sms", body, content_type="application/json",
            headers={STAMP: headers[STAMP], SIGNATURE: headers[SIGNATURE]},
        )  # fmt: skip

    def test_say_what_became_of_it_once(self, mother, channels, client):
        good, bad = send(to="13800001234"), send(to="13800001111")
        dispatch(channels)
        names = {each.message_id: each.reference for each in models.Delivery.objects.all()}
        assert self.receipt(client, id=names[good.id], state="delivered").json() == {"noted": True}
        assert self.receipt(client, id=names[good.id], state="delivered").json() == {"noted": False}
        self.receipt(client, id=names[bad.id], state="failed", problem="13800001111 not reached")
        assert (states(good), states(bad)) == ({"sms": "delivered"}, {"sms": "given_up"})
        assert "13800001111" not in models.Delivery.objects.get(message_id=bad.id).problem

    def test_unsigned_old_or_changed_ones_are_refused(self, db, client):
        assert client.post("/messages/receipts/sms", {}, content_type="application/json").status_code == 403
        signed = sign("secret", b"body", AT)
        fits = {"stamp": signed[STAMP], "signature": signed[SIGNATURE], "at": AT}
        assert is_signed("secret", b"body", **fits)
        for secret, body, changes in (
            ("other", b"body", {}), ("secret", b"bodx", {}), ("secret", b"body", {"at": AT + timedelta(minutes=6)}),
        ):  # fmt: skip
            assert not is_signed(secret, body, **(fits | changes))
        with pytest.raises(errors.ReceiptRefused):
            receipts.take(secret="x", body=b"", stamp="ä", signature="ü", told={}, at=AT)


class TestCallbacks:
    def test_are_signed_and_say_which_they_are(self, channels, receiver):
        secret = services.admit_hook(hook="school", url=f"{receiver.url}/in", by=ADMIN, at=AT)
        number = services.tell(hook="school", event="CaseDecided", facts={"case": 7}, by=CLERK, at=AT)
        dispatch(channels)
        [(_, headers, body)] = receiver.told
        stamp = int(headers[STAMP])
        from datetime import UTC, datetime

        assert is_signed(secret, body, headers[STAMP], headers[SIGNATURE], datetime.fromtimestamp(stamp, UTC))
        assert json.loads(body)["facts"] == {"case": 7}
        assert queries.message(number).deliveries[0].state is State.DELIVERED

    def test_a_dead_one_slows_no_other(self, mother, channels, receiver, mailbox):
        services.admit_hook(hook="dead", url=f"{receiver.url}/hang", by=ADMIN, at=AT)
        other = people.Receiver()
        services.admit_hook(hook="well", url=f"{other.url}/in", by=ADMIN, at=AT)
        try:
            for number in range(20):
                services.tell(hook="dead", event="x", facts={"n": number}, by=CLERK, at=AT)
                services.tell(hook="well", event="x", facts={"n": number}, by=CLERK, at=AT)
            message, started, arrived = send(), time.monotonic(), []
            import threading

            def watch():
                while len(other.told) < 20 or not mailbox.letters:
                    time.sleep(0.01)
                arrived.append(time.monotonic() - started)
                receiver.hang.set()

            threading.Thread(target=watch, daemon=True).start()
            dispatch(channels)
        finally:
            other.close()
        assert arrived[0] < 4  # the dead one is given five seconds
        assert states(message)["mail"] == "delivered"

    def test_a_destination_that_does_not_answer_rests(self, channels):
        services.admit_hook(hook="gone", url="http://127.0.0.1:9/", by=ADMIN, at=AT)
        for _ in range(10):
            services.tell(hook="gone", event="x", facts={}, by=CLERK, at=AT)
        clock = Clock()
        tries = []
        for _ in range(6):
            tries.append(dispatch(channels, clock))
            clock.forward(seconds=5)
        assert sum(tries) <= 6
        assert models.Lane.objects.get().not_before > clock() - timedelta(seconds=10)

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1/", "https://localhost/", "https://10.1.2.3/", "https://[::1]/", "ftp://x/"]
    )
    def test_none_goes_into_our_own_network(self, url):
        from shuzhi.foundation.settings import settings
        from shuzhi.support.messages.channels.hooks import HookDriver
        from shuzhi.support.messages.types import Parcel

        outcome = HookDriver(settings(), {})(Parcel(1, Channel.HOOK, url, "", "", 0, {}))
        assert (outcome.final, outcome.reference) == (True, "refused")


class TestPages:
    def test_the_inbox_and_how_to_reach_me(self, mother, client):
        from shuzhi.support.identity.models import Account

        assert client.get("/my/messages/").status_code == 302
        client.force_login(Account.objects.get(username="mother"))
        sent = send()
        assert "出生登记已办结" in client.get("/my/messages/").content.decode()
        assert client.post(f"/my/messages/{sent.id}/read/").status_code == 302
        assert "都看过了" in client.get("/my/messages/").content.decode()
        assert client.post("/my/messages/reach/", {"mail": "nothing"}).status_code == 422
        client.post("/my/messages/reach/", {"mail": "new@example.com", "wanted": ["mail"]})
        assert queries.contact(mother) == ("new@example.com", "", {"sms"})


@given(st.text(max_size=60))
def test_masks_never_fail_and_hide(text):
    assert not any(
        len(each) >= 6
        for each in "".join(c if c in "0123456789" else " " for c in plain_problem(text)).split()
    )
    assert masked("13800001234") == "138****1234"
    assert isinstance(masked(text), str)
