"""Events: what changed in a register reaches its subscribers, in order, once by its number, whatever happens on the way."""

from __future__ import annotations

import ipaddress
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.faults.conftest import eventually, nobody_else_works
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.following import FOLLOW, Receiver, deliver, firm, note
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.world import AT, OFFICER, OWNER, PLATFORM

from shuzhi.data.exchange import queries, services, streams
from shuzhi.data.exchange.errors import EndpointRefused, NoSuchEvent, RequestInvalid
from shuzhi.data.exchange.pushing import endpoints, taking
from shuzhi.data.exchange.pushing.endpoints import Rules
from shuzhi.data.exchange.receiving import (
    EventsMissing,
    Inlet,
    PushedEvent,
    PushedEvents,
    PushRefused,
    read_push,
)
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.errors import Forbidden

RULES = Rules(networks=(ipaddress.ip_network("127.0.0.0/8"),))


@pytest.fixture(autouse=True)
def loopback(monkeypatch):
    """The operator of the tests allows this machine."""
    monkeypatch.setattr(endpoints, "rules_of", lambda _: RULES)


@pytest.fixture
def followed(world):
    worlds.install_interface(worlds.declare_interface(**FOLLOW))
    return world


@pytest.fixture
def receive():
    made = []

    def start(*given, **named):
        made.append(Receiver(*given, **named))
        return made[-1]

    yield start
    for one in made:
        one.close()


def follow(url="", **changes):
    return worlds.subscribe("firm-changes", endpoint=url, **changes)


def pull(counter, key, **parameters):
    asked = {name: str(value) for name, value in parameters.items()}
    return counter.send(Asked(key, asked, interface="firm-changes", at=counter.clock.at))[0]


class TestPush:
    def test_arrives_signed_and_masked_with_numbers_from_one(self, followed, receive):
        hook = receive()
        key = follow(hook.url)
        note("created", firm(1), firm(2))
        note("changed", firm(1, address="新地址"), before=firm(1))
        note("deleted", firm(2))

        assert deliver() == 1

        (push,) = hook.pushes(key.secret)
        assert [(one.seq, one.kind, one.entity) for one in push.events] == [
            (1, "created", "f-code-1"),
            (2, "created", "f-code-2"),
            (3, "changed", "f-code-1"),
            (4, "deleted", "f-code-2"),
        ]
        assert push.events[0].data["legal_representative"] == "张**"
        assert push.events[0].data["phone"] != worlds.FIRM["phone"]
        assert (push.events[2].changed, push.events[2].data["address"]) == (("address",), "新地址")
        assert push.events[3].data is None
        assert worlds.FIRM["phone"] not in hook.requests[0][1].decode()

    def test_tells_of_no_change_in_a_field_that_was_not_granted(self, followed, receive):
        hook = receive()
        key = follow(hook.url, fields=["uscc", "name"])
        note("changed", firm(1, address="别处"), before=firm(1))
        note("changed", firm(1, name="改名公司", address="别处"), before=firm(1))

        deliver()

        (event,) = hook.pushes(key.secret)[0].events
        assert (event.seq, event.changed, set(event.data)) == (1, ("name",), {"uscc", "name"})

    def test_is_in_the_log_before_it_leaves_and_after_it_arrived(self, followed, receive):
        hook = receive()
        key = follow(hook.url)
        note("created", firm(1))
        deliver()

        (sent,), (taken,) = audit_rows("exchange.pushed"), audit_rows("exchange.push_taken")
        assert (sent["entities"], sent["first"], sent["last"]) == (["f-code-1"], 1, 1)
        assert (sent["subscription"], taken["last"]) == (key.subscription, 1)
        assert sent["masked"] == ["legal_representative", "phone"]

    def test_a_forged_or_late_or_altered_push_is_refused_by_the_receiver(self, followed, receive):
        hook = receive()
        key = follow(hook.url)
        note("created", firm(1))
        deliver()
        headers, body = hook.requests[0]

        assert read_push(headers, body, path="/hook", secret=key.secret, at=AT)
        for change in (
            {"secret": "other"},
            {"path": "/other"},
            {"at": AT + timedelta(minutes=6)},
            {"body": body.replace(b"created", b"deleted")},
            {"headers": {}},
        ):
            given = {"headers": headers, "body": body, "path": "/hook", "secret": key.secret, "at": AT}
            with pytest.raises(PushRefused):
                read_push(**given | change)

    def test_a_push_can_not_be_sent_back_as_a_call(self, followed, receive, counter):
        hook = receive()
        follow(hook.url.replace("/hook", "/v1/interfaces/firm-changes"))
        note("created", firm(1))
        deliver()
        headers, body = hook.requests[0]
        headers = {name.lower(): value for name, value in headers.items()}

        (reply,) = counter.send(("POST", "/v1/interfaces/firm-changes", headers, b"{}"))
        assert reply.rule == "signature"
        (reply,) = counter.send(("POST", "/v1/interfaces/firm-changes", headers, body))
        assert reply.rule in {"signature", "format"}


class TestTrouble:
    def test_a_dead_and_a_slow_receiver_do_not_slow_a_healthy_one(self, followed, receive):
        """The dead one costs a timeout each time, the slow one answers late: the healthy one is done long before."""
        healthy, slow = receive(), receive(seconds=0.8)
        dead = follow("http://127.0.0.1:9/hook")  # nobody listens
        hung = receive(seconds=30)  # takes the connection and never answers
        stuck = [follow(hung.url) for _ in range(5)]
        keys = {"slow": follow(slow.url), "healthy": follow(healthy.url)}
        note("created", *(firm(number) for number in range(500)))
        seen = {}

        def watch():
            until = time.monotonic() + 30
            while len(healthy.requests) < 10 and time.monotonic() < until:
                time.sleep(0.01)
            seen.update(slow=len(slow.requests), hung=len(hung.requests))

        watcher = threading.Thread(target=watch)
        watcher.start()
        deliver(seconds=4.0)
        watcher.join()

        assert healthy.numbers(keys["healthy"].secret) == list(range(1, 501))
        assert slow.numbers(keys["slow"].secret) == list(range(1, 501))
        # When the healthy one had everything, the slow one was still at it, and the others had not even timed out once.
        assert seen["slow"] < 10
        assert seen["hung"] <= len(stuck)
        for one in (dead, *stuck):
            state = queries.stream(one.subscription)
            assert (state.delivered, state.waiting, state.failures) == (0, 500, 1)

    def test_is_repeated_later_and_later_and_then_given_up_with_a_notice(self, followed, receive):
        install_notices()
        hook = receive(500)
        key = follow(hook.url)
        note("created", firm(1), firm(2))
        at, waits = AT, []
        while (state := queries.stream(key.subscription)).stopped_at is None:
            deliver(at)
            state = queries.stream(key.subscription)
            if state.not_before and state.not_before > at:
                waits.append((state.not_before - at).total_seconds())
                at = state.not_before
            assert len(waits) < 40

        assert waits == [min(3600, 5 * 2**n) for n in range(12)]
        assert len(hook.requests) == taking.MOST_ATTEMPTS
        assert (state.dead, state.waiting, state.problem) == (1, 1, "answered 500")
        assert len(audit_rows("exchange.push_stopped")) == 1
        assert deliver(at + timedelta(days=1)) == 0

        from shuzhi.support.workflow import queries as workflow

        (notice,) = workflow.dossiers(loop="interface-notice", open_only=True)
        assert notice.office == "taxation"
        hook.status = 204
        with pytest.raises(Forbidden):
            services.redeliver_events(subscription=key.subscription, by=replace(OFFICER, office="x"), at=at)
        assert services.redeliver_events(subscription=key.subscription, by=OFFICER, at=at) == 1
        deliver(at)
        assert queries.stream(key.subscription).delivered == 2
        assert not workflow.dossiers(loop="interface-notice", open_only=True)

    def test_an_event_that_is_refused_holds_up_its_own_entity_only(self, followed, receive, monkeypatch):
        hook = receive(422)
        key = follow(hook.url)
        note("created", firm(1))
        at = AT
        for _ in range(taking.MOST_ATTEMPTS):
            deliver(at)
            at += timedelta(hours=2)
        hook.status = 204
        note("changed", firm(1, address="二"), before=firm(1))
        note("created", firm(2))
        (dead,) = queries.dead_events(key.subscription)
        assert (dead.seq, dead.entity, dead.attempts) == (1, "f-code-1", 12)

        deliver(at)

        pushed = json.loads(hook.requests[-1][1])["events"]
        assert [(one["seq"], one["entity"]) for one in pushed] == [(3, "f-code-2")]
        assert queries.dead_events(key.subscription)[0].held == 1
        with pytest.raises(NoSuchEvent):
            services.redeliver_events(subscription=key.subscription, seq=3, by=OFFICER, at=at)
        services.set_event_aside(subscription=key.subscription, seq=1, by=OFFICER, at=at, reason="已核对")
        deliver(at)
        assert [one["seq"] for one in json.loads(hook.requests[-1][1])["events"]] == [2]

    def test_revoking_ends_it_at_once(self, followed, receive):
        hook = receive()
        key = follow(hook.url)
        note("created", firm(1))
        streams.feed_streams(at=AT)
        services.revoke_subscription(subscription=key.subscription, by=OWNER, at=AT, reason="滥用")

        assert deliver() == 0
        assert not hook.requests

    def test_what_was_taken_up_before_a_revocation_does_not_leave_after_it(
        self, followed, receive, monkeypatch
    ):
        """The right is asked for once more when the connection stands."""
        hook = receive()
        key = follow(hook.url)
        note("created", firm(1))
        take = taking.take_push

        def take_and_lose(subscription, *, at):
            push = take(subscription, at=at)
            if push is not None:
                services.revoke_subscription(subscription=key.subscription, by=OWNER, at=AT, reason="滥用")
            return push

        monkeypatch.setattr(taking, "take_push", take_and_lose)

        assert deliver() == 0
        assert all(not body for _, body in hook.requests)

    def test_quota_is_kept_and_the_rest_comes_the_next_day(self, followed, receive):
        hook = receive()
        key = follow(hook.url, daily_quota=60)
        note("created", *(firm(number) for number in range(100)))
        deliver()
        assert len(hook.numbers(key.secret)) == 60

        state = queries.stream(key.subscription)
        deliver(state.not_before)
        assert len(hook.requests) == 3
        assert queries.stream(key.subscription).waiting == 0

    @pytest.mark.proof
    def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing_unseen(
        self, followed, receive, tmp_path
    ):
        hook = receive(seconds=0.1)
        key = follow(hook.url)
        note("created", *(firm(number) for number in range(1000)))
        for _ in range(3):
            before = len(hook.requests)
            worker = start_worker()
            is_under_way = eventually(lambda least=before + 3: len(hook.requests) >= least, 60)
            worker.kill()
            assert worker.wait() == -signal.SIGKILL
            assert is_under_way
            assert eventually(nobody_else_works)  # the database has seen that it is gone
        hook.seconds = 0
        deliver()

        inlet, kept = Inlet(), []
        for push in hook.pushes(key.secret):
            kept += inlet.take(push)
        assert [event.seq for event in kept] == list(range(1, 1001))
        assert {event.entity for event in kept} == {f"f-code-{number}" for number in range(1000)}
        named = [seq for row in audit_rows("exchange.pushed") for seq in range(row["first"], row["last"] + 1)]
        assert set(hook.numbers(key.secret)) <= set(named)


class TestPull:
    def test_gives_the_same_events_page_by_page(self, followed, counter):
        key = follow()
        note("created", *(firm(number) for number in range(7)))
        assert deliver() == 0  # nobody to push to; they are numbered all the same

        first = pull(counter, key, limit=5).content
        rest = pull(counter, key, after=first["next"], limit=5).content

        assert [one["seq"] for one in (*first["events"], *rest["events"])] == list(range(1, 8))
        assert (first["more"], rest["more"], rest["next"]) == (True, False, 7)
        assert first["events"][0]["data"]["legal_representative"] == "张**"
        assert pull(counter, key, after=7).content["events"] == []
        assert audit_rows("exchange.called")[0]["entities"][0] == "f-code-0"

    def test_has_an_address_of_its_own_where_no_other_kind_answers(self, followed, counter):
        from shuzhi.data.exchange import signing

        key = follow()

        def at_events(credential, interface):
            path = f"/v1/interfaces/{interface}/events"
            headers = signing.signed_headers(
                key_id=credential.key_id, secret=credential.secret, method="GET", path=path,
                query="after=0", at=AT,
            )  # fmt: skip
            return counter.send(("GET", f"{path}?after=0", dict(headers), b""))[0]

        assert at_events(key, "firm-changes").status == 200
        assert at_events(followed.record, "firm-by-uscc").rule == "subscription"

    @pytest.mark.parametrize("parameters", [{"after": "x"}, {"after": "-1"}, {"limit": "51"}, {"uscc": "1"}])
    def test_refuses_what_is_no_place(self, followed, counter, parameters):
        assert pull(counter, follow(), **parameters).rule == "parameters"

    def test_of_another_subscription_is_not_told(self, followed, counter):
        note("created", firm(1))
        key = follow()
        streams.feed_streams(at=AT)
        assert pull(counter, key).content["events"] == []  # granted after the change

    def test_grades_of_today_mask_events_of_yesterday(self, followed, counter):
        key = follow()
        note("created", firm(1))
        streams.feed_streams(at=AT)
        fields = [f | {"grade": "L4"} if f["id"] == "name" else f for f in worlds.REGISTER["fields"]]
        worlds.install_register(fields=fields)
        services.refresh_interfaces(register="legal-entity", by=PLATFORM, at=AT)

        assert pull(counter, key).content["events"][0]["data"]["name"] is None

    def test_events_go_after_their_time(self, followed, counter):
        key = follow()
        note("created", firm(1))
        streams.feed_streams(at=AT)
        assert services.forget_events(at=AT + timedelta(hours=169)) == 1
        assert pull(counter, key).content["events"] == []


class TestScope:
    def test_rows_that_leave_the_readers_scope_are_deleted_for_them(self):
        from shuzhi.data.registers.types import Change, ChangeKind

        def kind(before, now, kind=ChangeKind.CHANGED):
            values, old = {"here": now}, {"here": before}
            change = Change(1, "x", "e", kind, values, old, AT)
            return streams.told_kind(change, lambda row: row["here"])

        assert kind(True, True) is ChangeKind.CHANGED
        assert kind(True, False) is ChangeKind.DELETED
        assert kind(False, True) is ChangeKind.CREATED
        assert kind(False, False) is None


class TestEndpoints:
    @pytest.mark.parametrize(
        "url",
        [
            "http://example.org/hook", "https://127.0.0.1/hook", "https://10.1.2.3/", "https://[::1]/", "ftp://example.org/",
            "https://169.254.169.254/latest", "https://user:pw@example.org/", "https://example.org/#x", "https://0x7f000001/",
            "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://2130706433/", "https://exa mple.org/",
            "https://127.1/", "https://0/", "https://ex\u0430mple.org/", "https://example.org:99999/", "", "https://",
            "https://[2002:7f00:1::]/", "https://192.168.0.1\\@example.org/", "https://100.64.0.1/", "https://192.0.0.8/", "https://224.0.0.1/",
        ],
    )  # fmt: skip
    def test_refuses(self, url):
        with pytest.raises(EndpointRefused):
            endpoints.read_endpoint(url, Rules())

    def test_takes_https_of_the_internet_and_what_the_operator_lists(self):
        assert endpoints.read_endpoint("https://hooks.example.org/a?b=c", Rules()).target == "/a?b=c"
        listed = Rules(networks=(ipaddress.ip_network("10.8.0.0/16"),))
        assert endpoints.read_endpoint("https://10.8.1.1:8443/x", listed).authority == "10.8.1.1:8443"
        with pytest.raises(EndpointRefused):
            endpoints.read_endpoint("http://10.8.1.1/x", listed)
        assert endpoints.read_endpoint("http://10.8.1.1/x", replace(listed, plain_http=True))
        own = replace(RULES, own=frozenset({8000}))
        with pytest.raises(EndpointRefused):
            endpoints.read_endpoint("http://127.0.0.1:8000/x", own)

    @pytest.mark.parametrize("found", [[], ["10.0.0.1"], ["93.184.216.34", "127.0.0.1"], ["fe80::1%eth0"]])
    def test_a_name_that_stands_for_something_inside_is_refused_when_it_is_used(self, found):
        endpoint = endpoints.read_endpoint("https://hooks.example.org/", Rules())
        with pytest.raises(EndpointRefused):
            endpoints.allowed_addresses(endpoint, found, Rules())

    def test_nothing_is_sent_to_a_name_that_has_moved_inside(self, followed, receive):
        hook = receive()
        port = hook.server.server_address[1]
        follow(f"https://hooks.example.org:{port}/hook")
        note("created", firm(1))

        deliver(rules=Rules(), resolve=lambda host, port: ["127.0.0.1"])

        assert not hook.requests
        assert "network" in audit_rows("exchange.push_failed")[0]["reason"]

    def test_redirects_are_not_followed(self, followed, receive):
        hook = receive(302)
        key = follow(hook.url)
        note("created", firm(1))
        deliver()
        assert queries.stream(key.subscription).problem == "answered 302"

    def test_is_asked_for_and_approved_with_the_subscription(self, followed):
        from shuzhi.support.workflow import queries as workflow

        with pytest.raises(EndpointRefused):
            worlds.ask("firm-changes", endpoint="http://10.0.0.1/")
        with pytest.raises(RequestInvalid):
            worlds.ask("firm-by-uscc", endpoint="https://example.org/")
        number = worlds.ask("firm-changes", endpoint="https://example.org/hook")
        facts = workflow.dossier(worlds.dossier_of(number)).facts
        assert facts["endpoint"] == "https://example.org/hook"

    @given(st.ip_addresses())
    def test_every_address_inside_is_refused(self, address):
        endpoint = endpoints.read_endpoint("https://hooks.example.org/", Rules())
        plain = (address.ipv4_mapped or address) if address.version == 6 else address
        is_outside = plain.is_global and not plain.is_multicast and not plain.is_reserved
        try:
            endpoints.allowed_addresses(endpoint, [str(address)], Rules())
        except EndpointRefused:
            return
        assert is_outside


class TestInlet:
    @given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 5)), max_size=40))
    def test_keeps_each_number_once_and_names_what_is_missing(self, spans):
        inlet, kept = Inlet(), []
        for first, count in spans:
            events = tuple(
                PushedEvent(seq, "created", "e", AT, (), None) for seq in range(first, first + count)
            )
            push = PushedEvents("x", 1, 1, events)
            if first > inlet.last + 1:
                with pytest.raises(EventsMissing, match=f"after={inlet.last};|after={inlet.last}\\."):
                    inlet.take(push)
            else:
                kept += [event.seq for event in inlet.take(push)]
        assert kept == list(range(1, len(kept) + 1))


def install_notices():
    from shuzhi.packs import yaml
    from shuzhi.support.workflow import services as workflow
    from shuzhi.support.workflow.types import LoopDeclaration

    file = worlds.REPOSITORY / "packs" / "platform" / "governance" / "loops" / "interface-notice.yaml"
    declaration = LoopDeclaration.model_validate(yaml.read(file).value)
    workflow.install_loop(declaration=declaration, pack="platform/governance", by=PLATFORM, at=AT)


WORKER = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.node.django"
import django; django.setup()
from tests.unit.data.exchange.following import deliver
deliver()
"""


def start_worker():
    from django.db import connection
    from psycopg.conninfo import make_conninfo

    facts = connection.get_connection_params()
    url = make_conninfo(
        **{name: facts[name] for name in ("host", "port", "dbname", "user", "password") if name in facts}
    )
    environment = os.environ | {
        "SHUZHI_DATABASE_URL": url,
        "SHUZHI_HOME": str(settings().home),
        "PYTHONPATH": f"{worlds.REPOSITORY / 'src'}{os.pathsep}{worlds.REPOSITORY}",
    }
    return subprocess.Popen([sys.executable, "-c", WORKER], env=environment)
