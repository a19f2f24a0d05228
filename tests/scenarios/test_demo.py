"""`shuzhi demo` from outside: the figures it must reach, and that a second run repeats nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from tests.postgres import open_folder

FIGURES = {
    "sources", "findings", "catalog", "quality", "registers", "exchange", "opendata", "audit", "kpis", "seconds",
}  # fmt: skip


def run(home, *arguments, module="shuzhi"):
    environment = {**os.environ, "SHUZHI_HOME": str(home)}
    environment.pop("SHUZHI_DEMO", None)
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=580,
    )


def shuzhi(home, *arguments, module="shuzhi"):
    return run(home, *arguments, module=module).stdout


def demo(home, *arguments):
    done = run(home, "demo", "--no-serve", "--json", *arguments)
    assert "[error" not in done.stderr, done.stderr  # news that was not delivered at once, for one
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home():
    folder = open_folder("shuzhi-demo-")
    yield folder
    shuzhi(folder, "stop")


@pytest.fixture(scope="module")
def first(home):
    return demo(home)


@pytest.fixture(scope="module")
def second(home, first):
    return demo(home)


class TestShipped:
    def test_one_document_with_every_figure(self, first):
        assert set(first) >= FIGURES
        assert first["absent"] == []
        assert all(
            {"id", "file", "received", "accepted", "quarantined", "duplicates"} <= set(source)
            for source in first["sources"]
        )
        assert set(first["kpis"]) >= {"K12", "K13", "K14", "K15", "K16"}
        assert all({"numerator", "denominator", "value", "day"} <= set(kpi) for kpi in first["kpis"].values())
        assert first["audit"]["verified"] is True

    def test_every_receipt_balances(self, first):
        for source in first["sources"]:
            parts = source["accepted"] + source["quarantined"] + source["duplicates"]
            assert source["received"] == parts > 0, source["id"]

    def test_what_is_synthetic_is_named(self, first):
        assert "firms-registration" in first["synthetic"]
        assert "restaurant-inspections" not in first["synthetic"]

    def test_the_gateway_answered_and_refused(self, first):
        calls = first["exchange"]["calls"]
        assert (calls["answered"], calls["refused"]) == (4, 1)

    @pytest.mark.proof
    def test_a_second_run_changes_no_figure(self, first, second):
        assert second["sources"] == first["sources"]
        for name in ("findings", "catalog", "quality", "opendata", "synthetic"):
            assert second[name] == first[name], name
        for name in ("entities", "records", "matched", "conflicts", "underived", "ambiguous", "per_source"):
            assert second["registers"]["legal-entity"][name] == first["registers"]["legal-entity"][name]
        assert second["registers"]["legal-entity"]["created"] == 0
        assert second["packs"]["changed"] == []

    @pytest.mark.proof
    def test_firms_are_matched_as_the_truth_says(self, home, second):
        found = json.loads(shuzhi(home, module="tests.scenarios.matching"))

        assert found["records"] > 7000
        assert found["precision"] >= 0.999
        assert found["recall"] >= 0.99


def refused(home, *arguments):
    environment = {**os.environ, "SHUZHI_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "shuzhi", "demo", "--no-serve", "--json", *arguments],
        env=environment, capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (1, "", False), done.stderr
    return done.stderr


class TestSources:
    def test_a_folder_that_is_none_is_named_before_anything_starts(self, tmp_path):
        (tmp_path / "file").write_text("")
        (tmp_path / "loop").symlink_to("loop")
        for name in ("absent", "file", "loop"):
            assert str(tmp_path / name) in refused(tmp_path / "home", "--sources", str(tmp_path / name))
        assert not (tmp_path / "home").exists()

    def test_a_folder_without_any_of_the_files(self, home, first, tmp_path):
        assert str(tmp_path) in refused(home, "--sources", str(tmp_path))

    @pytest.mark.proof
    def test_files_that_are_absent_are_listed(self, home, first, shared_data, tmp_path):
        (tmp_path / "moe_universities").symlink_to(shared_data / "moe_universities")
        found = demo(home, "--sources", str(tmp_path))
        assert found["findings"]["universities"] == 2_631
        absent = {one["id"]: one["file"] for one in found["absent"]}
        assert absent["hangzhou-firms"].startswith("enterprises_hangzhou/")
        assert not any(file.startswith("moe_universities") for file in absent.values())


@pytest.mark.proof
def test_the_real_files(shared_data):
    home = open_folder("shuzhi-real-")
    try:
        found = demo(home, "--sources", str(shared_data))
    finally:
        shuzhi(home, "stop")
    sources = {source["id"]: source for source in found["sources"]}
    findings = found["findings"]

    assert sources["hangzhou-firms"]["received"] == 31_509
    assert sources["hangzhou-firms"]["duplicates"] == findings["exact_duplicates"] == 2
    assert (findings["uscc_valid"], findings["uscc_repaired"], findings["uscc_invalid"]) == (31_503, 6, 0)
    assert findings["addresses_placed"] + findings["addresses_unplaced"] == 31_507
    assert findings["addresses_unplaced"] == findings["addresses_listed"]
    assert findings["capital_unread"] == 0
    assert (findings["province_captions"], findings["captions_declared"]) == (31, 2_631)
    assert (findings["captions_mismatched"], findings["universities"]) == (0, 2_631)
