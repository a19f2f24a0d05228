"""What an operator sees of the web process."""

from __future__ import annotations

import http.server
import json
import logging
import subprocess
import sys
import threading

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.settings import load_settings
from shuzhi.foundation.telemetry import logs
from shuzhi.foundation.telemetry.requests import WELL_FORMED, request_id


class TestRequestId:
    def test_a_well_formed_one_is_kept_and_returned(self, client):
        answer = client.get("/healthz", headers={"X-Request-ID": "caller-12345678"})
        assert answer.headers["X-Request-ID"] == "caller-12345678"

    @given(st.one_of(st.none(), st.text()))
    def test_whatever_is_offered_what_is_used_is_well_formed(self, offered):
        assert WELL_FORMED.fullmatch(request_id(offered))

    @pytest.mark.parametrize("bad", ["short", "x" * 65, "two words 12", 'a"12345678', "12345678\n"])
    def test_a_malformed_one_is_replaced(self, bad):
        assert request_id(bad) != bad


class TestHealth:
    def test_alive_without_a_database(self, client):
        assert client.get("/healthz").status_code == 200

    @pytest.mark.django_db
    def test_ready_names_each_check(self, client):
        answer = client.get("/readyz")
        assert answer.status_code == 200
        assert answer.json() == {
            "ready": True,
            "checks": {"database": "ok", "migrations": "ok", "lake": "ok"},
        }

    @pytest.mark.django_db
    def test_not_ready_when_the_lake_cannot_be_written(self, client, settings_home):
        lake = settings_home / "lake"
        aside = lake.rename(settings_home / "lake-aside")
        lake.write_text("in the way")
        answer = client.get("/readyz")
        lake.unlink()
        aside.rename(lake)
        assert answer.status_code == 503
        assert answer.json()["checks"]["lake"] == "FileExistsError"


@pytest.fixture
def settings_home(postgres_home):
    (postgres_home / "lake").mkdir(exist_ok=True)
    return postgres_home


@pytest.mark.django_db
class TestMetrics:
    def test_counts_by_route_and_never_by_path(self, client):
        client.get("/no-such-page/330106199001011234")
        client.get("/healthz")
        text = client.get("/metrics").content.decode()
        assert 'route="unrouted",status="404"' in text
        assert 'route="healthz",status="200"' in text
        assert "shuzhi_http_request_seconds_bucket" in text
        assert "330106199001011234" not in text

    def test_an_invented_method_makes_no_series_of_its_own(self, client):
        client.generic("EVIL", "/healthz")
        text = client.get("/metrics").content.decode()
        assert "EVIL" not in text
        assert 'method="OTHER"' in text


class TestLogs:
    def test_json_lines_carry_the_request_and_the_process(self, capsys):
        root = logging.getLogger()
        before = (root.handlers[:], root.level)
        try:
            logs.configure_logs(load_settings({"SHUZHI_LOG_FORMAT": "json", "SHUZHI_PROCESS": "web"}))
            Client().get("/no-such-page", headers={"X-Request-ID": "abcdefgh1"})
        finally:
            root.handlers[:], root.level = before
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
        line = next(line for line in lines if line["event"] == "request")
        assert line["request_id"] == "abcdefgh1"
        assert (line["process"], line["status"], line["route"]) == ("web", 404, "unrouted")
        assert "no-such-page" not in str(lines)


TRACED = """
from shuzhi.foundation.settings import settings
from shuzhi.foundation.telemetry import traces
traces.configure_traces(settings())
with traces.span("collect", batch="B1") as span:
    span.note("rows", 7)
"""


class TestTraces:
    def test_spans_reach_a_collector(self, tmp_path, monkeypatch):
        received: list[tuple[str, bytes]] = []

        class Collector(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Collector) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            monkeypatch.setenv("SHUZHI_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
            done = subprocess.run([sys.executable, "-c", TRACED], check=False, timeout=60)
            server.shutdown()
            thread.join()
        assert done.returncode == 0
        assert [path for path, _body in received] == ["/v1/traces"]
        assert b"collect" in received[0][1]
        assert b"shuzhi-console" in received[0][1]

    def test_missing_packages_are_said(self, monkeypatch):
        monkeypatch.setenv("SHUZHI_OTLP_ENDPOINT", "http://127.0.0.1:9")
        hide = "import sys; sys.modules['opentelemetry'] = None\n"
        done = subprocess.run(
            [sys.executable, "-c", hide + TRACED], check=False, capture_output=True, text=True
        )
        assert "shuzhi[otel]" in done.stderr
