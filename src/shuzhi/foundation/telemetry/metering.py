"""What all processes of the web, or of the gateway, counted (合计指标), answered by any one of them.

Each process leaves what it counted in a file of the node's home, once a second; whoever is asked adds the files of the
others to its own numbers. Nothing is added to the cost of a call. What a process counted stays when it has ended: a
counter that went down would read as a restart of them all.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
from prometheus_client import REGISTRY, Metric, generate_latest
from prometheus_client.registry import CollectorRegistry

WEB, GATEWAY = "web-metrics", "gateway-metrics"  # folders of a home
OURS = "shuzhi_"
ADDED = OURS, "process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds"


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One number."""

    name: str
    labels: dict[str, str]
    value: float


class Family(msgspec.Struct, frozen=True, array_like=True):
    """The numbers of one metric."""

    name: str
    title: str
    kind: str
    samples: list[Sample]


class Meter:
    """The numbers of this process, and the others' beside them."""

    def __init__(self, folder: Path) -> None:
        """Leave them in this folder, where the others' are."""
        self._folder, self._file = folder, folder / f"{os.getpid()}.json"

    def leave(self) -> None:
        """Leave what was counted so far, for the others."""
        half = self._file.with_suffix(".part")
        with contextlib.suppress(OSError):  # a full disk must not end the gateway
            self._folder.mkdir(parents=True, exist_ok=True)
            half.write_bytes(msgspec.json.encode(_own()))
            half.replace(self._file)

    def exposition(self) -> bytes:
        """All processes' numbers together, as text."""
        registry = CollectorRegistry()
        registry.register(_Together([_own(), *self._others()]))
        return generate_latest(registry)

    def _others(self) -> Iterable[list[Family]]:
        for file in sorted(self._folder.glob("*.json")):
            if file == self._file:
                continue
            with contextlib.suppress(OSError, msgspec.DecodeError):
                left = msgspec.json.decode(file.read_bytes(), type=list[Family])
                yield left if _is_alive(file) else _counted(left)


class _Together:
    """Families of several processes, added up."""

    def __init__(self, processes: Iterable[list[Family]]) -> None:
        self._processes = list(processes)

    def collect(self) -> Iterable[Metric]:
        """For the registry."""
        found: dict[str, Metric] = {}
        sums: dict[tuple[str, str, tuple[tuple[str, str], ...]], float] = {}
        for family in (each for process in self._processes for each in process):
            found.setdefault(family.name, Metric(family.name, family.title, family.kind))
            for sample in family.samples:
                key = (family.name, sample.name, tuple(sample.labels.items()))
                began = sample.name.endswith("_created")
                known = sums.get(key)
                value = sample.value if known is None else known + sample.value
                sums[key] = min(known or sample.value, sample.value) if began else value
        for (family_name, name, labels), value in sums.items():
            found[family_name].add_sample(name, dict(labels), value)
        return found.values()


def clear(folder: Path) -> None:
    """Forget what processes of an earlier run counted."""
    for file in folder.glob("*"):
        file.unlink(missing_ok=True)


def _own() -> list[Family]:
    return [
        Family(
            metric.name,
            metric.documentation,
            metric.type,
            [Sample(each.name, each.labels, each.value) for each in metric.samples],
        )
        for metric in REGISTRY.collect()
        if metric.name.startswith(ADDED)
    ]


def _counted(families: list[Family]) -> list[Family]:
    """Of a process that has ended: what it counted, not what it held."""
    return [family for family in families if family.kind != "gauge"]


def _is_alive(file: Path) -> bool:
    try:
        os.kill(int(file.stem), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True
