"""Common keys through the gateway: a real gateway process, a real worker, real files; and whoever means no good."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import secrets
import signal
import stat
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo
from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.world import AT, OWNER, PLATFORM
from typer.testing import CliRunner

from shuzhi.data.exchange import models, queries, services, signing
from shuzhi.data.exchange.client import ExchangeClient, GatewayUnreachable, StoredCredential
from shuzhi.data.exchange.intersection import ask_question
from shuzhi.data.exchange.intersection.errors import (
    AnswerNotReady,
    OnlySize,
    QuestionOfAnother,
    QuestionRefused,
    TooManyKeys,
)
from shuzhi.data.exchange.intersection.protocol import Answer, Reveal, from_bytes
from shuzhi.data.exchange.intersection.remote import Asking
from shuzhi.data.exchange.types import JobState
from shuzhi.data.exchange.work import places
from shuzhi.data.linkage.types import Normalise
from shuzhi.foundation.clock import now

COMMON = {
    "interface": "firms-common",
    "kind": "intersection",
    "by": ["uscc"],
    "fields": [],
    "provenance": False,
    "most_keys": 5_000,
}
MINE = ["91330100", "91330101", "99999999", "88888888"]  # the register holds the first two, and 91330102


@pytest.fixture
def key(world):
    worlds.install_interface(worlds.declare_interface(**COMMON))
    for number in range(3):
        worlds.add_firm(f"f-{number}", worlds.FIRM | {"uscc": f"9133010{number}"})
    return worlds.subscribe("firms-common")


@pytest.fixture
def files(monkeypatch):
    """Where gateway process and worker both look."""
    from shuzhi.data.exchange.work import files as making
    from shuzhi.data.exchange.work import intersecting
    from shuzhi.foundation.settings import settings

    shared = settings().home / "exchange" / "files"
    for module in (places, making, intersecting):
        monkeypatch.setattr(module, "folder", lambda: shared)
    yield shared
    for file in shared.glob("*.psi"):
        file.unlink()


@pytest.fixture
def send_all(key, counter):
    """Calls to a gateway inside the test, at once."""

    def sent(*calls, credential=None, errand="interfaces"):
        return counter.send(*(signed(credential or key, errand, one, counter.clock.at) for one in calls))

    return sent


@pytest.fixture
def send(send_all):
    """One call."""

    def sent(credential=None, *, errand="interfaces", **parameters):
        return send_all(parameters, credential=credential, errand=errand)[0]

    return sent


def signed(credential, errand, parameters, at, interface="firms-common"):
    body = json.dumps({name: str(value) for name, value in parameters.items()}).encode()
    path = f"/v1/{errand}/{interface}"
    headers = signing.signed_headers(
        key_id=credential.key_id, secret=credential.secret, method="POST", path=path, body=body, at=at
    )
    return "POST", path, dict(headers), body


def part(points):
    return base64.b64encode(points).decode()


def order_of(question, **changes):
    said = {
        "question": question.session.hex(),
        "keys": len(question.points) // 32,
        "compare": question.compare.value,
        "reveal": question.reveal.value,
        "sha256": hashlib.sha256(question.points).hexdigest(),
    }
    return said | changes


def ask(send, question, credential=None, **changes):
    """Send a question in one part, and order its answer."""
    points, number = changes.pop("points", question.points), question.session.hex()
    send(credential, errand="parts", question=number, part=1, points=part(points))
    return send(credential, **order_of(question, **changes))


def work(job, at=AT):
    return services.work_on(job=job, by=PLATFORM, at=at)


def question_of(keys, **more):
    return ask_question(keys, compare=Normalise.UPPER, **more)[0]


class TestBetweenTwoMachines:
    def test_the_asker_learns_what_both_hold_and_both_logs_say_so(self, key, start_gateway, files, tmp_path):
        mine = tmp_path / "mine.csv"
        mine.write_text("代码\n" + "\n".join(MINE) + "\n", "utf-8")
        stored(key, start_gateway().url).write(tmp_path / "key.json")
        out, begun = tmp_path / "both.csv", tmp_path / "both.begun.psi"

        waiting = remote(mine, out, tmp_path, "--wait", "0", code=1)
        assert "再次运行同一命令" in waiting.stderr
        assert not out.exists()
        assert stat.S_IMODE(begun.stat().st_mode) == 0o600
        (job,) = queries.questions()
        assert work(job.id, now()).state is JobState.READY
        done = remote(mine, out, tmp_path)

        assert "双方共有 2 个" in done.stdout
        assert "发送 / sending 1/1" in waiting.stderr
        with out.open(encoding="utf-8") as opened:
            assert list(csv.reader(opened)) == [["key"], ["91330100"], ["91330101"]]
        assert not begun.exists()
        assert models.QuestionPart.objects.count() == 0

        (answered,) = audit_rows("exchange.job_done")
        assert (answered["rows"], answered["held"], answered["reveal"]) == (4, 4, "members")
        (learned,) = audit_rows("exchange.intersection_learned")
        assert (learned["count"], learned["members"]) == (2, 2)
        asked = audit_rows("exchange.intersection_asked")
        assert {row["question"] for row in asked} == {answered["question"]} == {learned["question"]}
        logged = json.dumps([*asked, answered, learned, *audit_rows("exchange.called")])
        assert not any(key in logged for key in ("9133010", "99999999"))

    def test_the_other_side_lists_who_asked(self, key, send):
        job = ask(send, question_of(MINE)).content["job"]

        done = CliRunner().invoke(console(), ["intersect", "served"])

        (told,) = map(json.loads, done.stdout.splitlines())
        assert (told["job"], told["office"], told["keys"], told["state"]) == (job, "taxation", 4, "waiting")

    def test_a_size_names_no_key_even_in_the_file(self, key, start_gateway, files, tmp_path):
        worlds.install_interface(worlds.declare_interface(**COMMON | {"version": 2, "reveal": "size"}))
        sized = worlds.subscribe("firms-common")
        with client_of(sized, start_gateway().url) as client:
            asking = asking_of(client, sized, tmp_path)
            terms = asking.terms()
            with pytest.raises(OnlySize):
                asking.begin(MINE, terms, reveal=Reveal.MEMBERS)
            begun = asking.begin(MINE, terms, reveal=Reveal.SIZE)
            job = asking.order(begun, terms)
            work(job, now())
            result = asking.collect(begun, job, seconds=0)

        assert (result.count, result.members) == (2, [])

    def test_cut_off_in_the_middle_it_goes_on_where_it_was(self, key, start_gateway, files, tmp_path):
        keys = [f"{number:018d}" for number in range(4_900)]  # three parts
        gateway = start_gateway()
        with client_of(key, gateway.url) as client:
            asking = asking_of(client, key, tmp_path, sleep=lambda _: None)
            terms = asking.terms()
            begun = asking.begin(keys, terms, reveal=Reveal.MEMBERS)
            first, number = begun.question.points[: 2_048 * 32], begun.question.session.hex()
            client.call("firms-common", errand="parts", question=number, part="1", points=part(first))
            gateway.process.kill()
            with pytest.raises(GatewayUnreachable):
                asking.order(begun, terms)
        sent = []
        with client_of(key, start_gateway().url) as client:
            again = asking_of(client, key, tmp_path, tell=lambda *told: sent.append(told))
            with pytest.raises(QuestionOfAnother):
                again.begin(keys[1:], terms, reveal=Reveal.MEMBERS)
            begun = again.begin(keys, terms, reveal=Reveal.MEMBERS)
            job = again.order(begun, terms)
            assert job == again.order(begun, terms)
            with pytest.raises(AnswerNotReady):
                again.collect(begun, job, seconds=0)
            assert work(job, now()).state is JobState.READY
            assert again.collect(begun, job, seconds=0).count == 0

        assert begun.question.session.hex() == number
        assert len([row for row in audit_rows("exchange.called") if row.get("part")]) == 3

    def test_what_was_refused_for_good_is_not_asked_again(self, key, start_gateway, files, tmp_path):
        with client_of(key, start_gateway().url) as client:
            asking = asking_of(client, key, tmp_path)
            terms = asking.terms()
            with pytest.raises(TooManyKeys):
                asking.begin(map(str, range(5_001)), terms, reveal=Reveal.MEMBERS)
            assert not list(tmp_path.iterdir())
            begun = asking.begin(MINE, terms, reveal=Reveal.MEMBERS)
            job = asking.order(begun, terms)
            worlds.install_interface(worlds.declare_interface(**COMMON | {"daily_rows": 3}))
            work(job, now())
            with pytest.raises(QuestionRefused, match="3 keys a day"):
                asking.collect(begun, job, seconds=0)

        assert not list(tmp_path.iterdir())


class TestWhoMeansNoGood:
    def test_parts_that_are_none_are_refused(self, send_all):
        question, point = {"question": "ab" * 16}, part(b"x" * 32)
        replies = send_all(
            {"question": "x"},
            question | {"part": "1"},
            question | {"part": "0", "points": point},
            question | {"part": "4", "points": point},
            question | {"part": "1", "points": part(b"x" * 31)},
            question | {"part": "1", "points": ""},
            question | {"part": "1", "points": "?" * 44},
            question | {"part": "1", "points": part(b"x" * 32 * 2_049)},
            question | {"part": "1", "points": point, "keys": "1"},
            question | {"job": "1"},
            errand="parts",
        )

        assert {reply.rule for reply in replies} == {"parameters"}
        assert models.QuestionPart.objects.count() == 0

    def test_orders_that_are_none_are_refused(self, send_all):
        order = order_of(question_of(MINE))
        wrong = (
            {"keys": 0},
            {"keys": 5_001},
            {"compare": "none"},
            {"reveal": "all"},
            {"sha256": "x"},
            {"more": 1},
        )
        replies = send_all(*(order | one for one in wrong))

        assert {reply.rule for reply in replies} == {"parameters"}
        assert not queries.questions()

    def test_long_parameters_pass_at_their_place_only(self, send):
        long = {"question": "ab" * 16, "part": "1", "points": part(secrets.token_bytes(32 * 100))}

        assert [send(errand=place, **long).status for place in ("interfaces", "parts")] == [400, 202]
        assert send(errand="parts", **long | {"purpose": "x" * 300}).rule == "format"
        assert send(errand="parts", **long | {"points": "A" * 120_000}).status == 413

    def test_other_interfaces_take_no_parts(self, world, counter):
        (reply,) = counter.send(signed(world.record, "parts", {}, AT, "firm-by-uscc"))

        assert reply.rule == "subscription"

    def test_points_that_are_no_question_end_it(self, send):
        """From which a secret could be read, of a wrong count, repeated, or not what was ordered."""
        broken, cut, twice = "intersection.message_broken", "question_incomplete", "question_repeats"
        spoiled = [
            (broken, lambda points: points[:-32] + bytes(32)),
            (broken, lambda points: points[:-32] + b"\x01" + bytes(31)),
            (cut, lambda points: points[:-32]),
            (cut, lambda points: points + points[:32]),
            (twice, lambda points: points[:-32] + points[:32]),
            # The same point, written in another way.
            (twice, lambda points: points[:-32] + points[:31] + bytes([points[31] ^ 0x80])),
        ]
        for code, spoil in spoiled:
            question = question_of(MINE)
            points = spoil(question.points)
            job = ask(send, question, points=points, sha256=hashlib.sha256(points).hexdigest()).content["job"]
            assert work(job).state is JobState.FAILED
            assert send(job=job).content["problem"]["code"] == f"exchange.{code}"
        job = ask(send, question_of(MINE), points=question_of(MINE).points).content["job"]

        assert work(job).state is JobState.FAILED
        assert models.QuestionPart.objects.count() == 0

    def test_a_part_can_be_repeated_but_not_replaced(self, send):
        question = question_of(MINE)
        number = question.session.hex()
        said = {"question": number, "part": 1, "points": part(question.points)}

        assert [send(errand="parts", **said).status for _ in range(2)] == [202, 202]
        assert send(errand="parts", **said | {"points": part(bytes(range(32)))}).status == 409
        assert send(question=number).content["parts"] == [1]

    def test_a_question_is_answered_once_however_often_it_is_ordered(self, send):
        question = question_of(MINE)
        job = ask(send, question).content["job"]
        work(job)

        assert ask(send, question).content["job"] == job
        assert send(**order_of(question, keys=3)).status == 409
        assert len(audit_rows("exchange.job_done")) == 1

    def test_nobody_else_sees_question_or_answer(self, send):
        other = worlds.subscribe("firms-common")
        question = question_of(MINE)
        job = ask(send, question).content["job"]
        work(job)

        assert send(other, job=job).rule == "query"
        assert send(other, question=question.session.hex()).content["parts"] == []
        assert send(job=job).file is not None

    def test_places_for_parts_run_out_and_come_back(self, send, send_all):
        parts = [{"question": f"{n:032x}", "part": 1, "points": part(bytes(range(32)))} for n in range(9)]
        assert {reply.status for one in parts for reply in send_all(one, errand="parts")} == {
            202
        }  # three of three parts
        refused = send(errand="parts", question="ab" * 16, part=1, points=part(bytes(range(32))))
        assert (refused.status, refused.rule) == (429, "quota")

        services.remove_expired_results(by=PLATFORM, at=AT + timedelta(days=1, seconds=1))

        assert send(errand="parts", question="ab" * 16, part=1, points=part(bytes(range(32)))).status == 202


class TestWhatTheAnswerHolds:
    def test_only_rows_of_the_callers_own_and_no_key_in_clear(self, key, send):
        limited = worlds.subscribe("firms-common")
        services.limit_rows(subscription=limited.subscription, rows=worlds_limit("name"), by=OWNER, at=AT)
        worlds.add_firm("own", worlds.FIRM | {"uscc": "77777777", "name": "taxation"})

        job = ask(send, question_of(["77777777", "91330100"]), limited).content["job"]
        assert work(job).state is JobState.READY
        content = places.file_of(job, "psi").read_bytes()

        assert len(from_bytes(content, Answer).own) == 32
        assert b"77777777" not in content

    def test_a_field_above_the_clearance_is_not_compared(self, world):
        from shuzhi.data.exchange.errors import NotShareable

        with pytest.raises(NotShareable):
            worlds.install_interface(worlds.declare_interface(**COMMON | {"by": ["phone"]}))

    def test_nothing_after_the_right_has_ended(self, key, send):
        job = ask(send, question_of(MINE)).content["job"]
        services.revoke_subscription(subscription=key.subscription, by=OWNER, at=AT, reason="滥用")

        assert work(job).state is JobState.FAILED
        assert send(job=job).rule == "subscription"

    def test_an_answer_goes_when_its_time_is_over(self, key, send, counter):
        job = ask(send, question_of(MINE)).content["job"]
        work(job)
        file = send(job=job).file.path
        counter.clock.at = AT + timedelta(hours=24)

        assert send(job=job).status == 410
        services.remove_expired_results(by=PLATFORM, at=counter.clock.at)
        assert not file.exists()

    def test_the_gateways_role_removes_no_part(self, send):
        import psycopg
        from tests.unit.data.exchange.calling import gateway_url

        with psycopg.connect(gateway_url()) as wire, pytest.raises(psycopg.errors.InsufficientPrivilege):
            wire.execute("DELETE FROM exchange_questionpart")


WORKER = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.node.django"
import django; django.setup()
from datetime import datetime
from shuzhi.data.exchange import services
from shuzhi.data.exchange.intersection import curve
from shuzhi.pillars.security.types import system
slow = curve.moved
def moved(points, secret, *, processes=1):
    print("blinding", flush=True)
    return slow(points * 200, secret, processes=processes)[:len(points)]
curve.moved = moved
services.work_on(job=int(sys.argv[1]), by=system("exchange"), at=datetime.fromisoformat(sys.argv[2]))
"""


class TestKilledWorker:
    def test_leaves_nothing_and_the_question_is_answered_once(self, key, send, tmp_path):
        job = ask(send, question_of(MINE + [f"{n:018d}" for n in range(2_000)])).content["job"]
        worker = start_worker(job)
        assert worker.stdout.readline() == b"blinding\n"
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
        worker.stdout.close()
        assert send(job=job).content["state"] == "working"
        assert not audit_rows("exchange.job_done")

        done = wait_for(lambda: work(job))

        assert (done.state, done.attempts) == (JobState.READY, 2)
        assert len(audit_rows("exchange.job_done")) == 1


def wait_for(do):
    """The killed worker's connection may live for a moment."""
    until = time.monotonic() + 20
    while (found := do()) is None and time.monotonic() < until:
        time.sleep(0.1)
    return found


def start_worker(job):
    from shuzhi.foundation.settings import settings

    facts = connection.get_connection_params()
    url = make_conninfo(
        **{name: facts[name] for name in ("host", "port", "dbname", "user", "password") if name in facts}
    )
    environment = os.environ | {
        "SHUZHI_DATABASE_URL": url,
        "PYTHONPATH": str(worlds.REPOSITORY / "src"),
        "SHUZHI_HOME": str(settings().home),
    }
    command = [sys.executable, "-c", WORKER, str(job), AT.isoformat()]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


def worlds_limit(field):
    from shuzhi.data.exchange.types import RowLimit

    return RowLimit(office=field)


def stored(credential, url):
    return StoredCredential(credential.key_id, credential.secret, url)


def client_of(credential, url):
    return ExchangeClient(stored(credential, url))


def asking_of(client, credential, folder, **more):
    return Asking(
        client, interface="firms-common", key_id=credential.key_id, begun=folder / "own.begun.psi", **more
    )


def console():
    from shuzhi.terminals.console.exchange import app

    return app


def remote(mine, out, folder, *more, code=0):
    words = ["intersect", "remote", str(mine), "--column", "代码", "--interface", "firms-common"]
    words += ["--credential", str(folder / "key.json"), "--out", str(out), *more]
    done = CliRunner().invoke(console(), words)
    assert done.exit_code == code, done.output
    return done
