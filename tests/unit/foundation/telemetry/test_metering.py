"""What several processes counted, told by one of them."""

from __future__ import annotations

import subprocess
import sys

from prometheus_client import REGISTRY, Counter, Gauge
from prometheus_client.parser import text_string_to_metric_families as read

from shuzhi.foundation.telemetry.metering import Meter, clear

OTHER = """
import os, sys
from pathlib import Path
from prometheus_client import Counter, Gauge
from shuzhi.foundation.telemetry.metering import Meter
Counter("shuzhi_metered_total", "x", ["rule"]).labels("quota").inc(5)
Gauge("shuzhi_metered_now", "x").set(3)
Meter(Path(sys.argv[1])).leave()
print("left", flush=True)
sys.stdin.read()
"""


def numbers(meter):
    text = meter.exposition().decode()
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in read(text)
        for sample in family.samples
    }


def test_counters_and_gauges_of_all_processes_are_added_and_counts_outlive_them(tmp_path):
    counter, gauge = Counter("shuzhi_metered_total", "x", ["rule"]), Gauge("shuzhi_metered_now", "x")
    try:
        counter.labels("quota").inc(2)
        gauge.set(1)
        meter = Meter(tmp_path)
        meter.leave()
        other = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert other.stdout.readline() == b"left\n"

        told = numbers(meter)
        assert (told["shuzhi_metered_total", "quota"], told[("shuzhi_metered_now",)]) == (7, 4)

        other.communicate()
        told = numbers(meter)
        assert (told["shuzhi_metered_total", "quota"], told[("shuzhi_metered_now",)]) == (7, 1)

        clear(tmp_path)
        assert numbers(meter)["shuzhi_metered_total", "quota"] == 2
    finally:
        REGISTRY.unregister(counter)
        REGISTRY.unregister(gauge)


def test_what_cannot_be_read_is_passed_over(tmp_path):
    meter = Meter(tmp_path)
    meter.leave()
    (tmp_path / "77.json").write_text("[[")
    assert meter.exposition()
