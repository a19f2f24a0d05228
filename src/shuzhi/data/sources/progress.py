"""How far a running batch is (归集进度): figures for people who wait. The truth is the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now

from shuzhi.data.sources import models
from shuzhi.data.sources.types import Step

Row = TypeVar("Row")

SECONDS_APART = 0.5
ROWS_APART = 1_000


class Meter:
    """Writes a batch's figures at most twice a second, each by itself, so that readers see them at once.

    A figure that cannot be written never stops the work it counts.
    """

    def __init__(self, batch: str, *, expected: int | None = None) -> None:
        self._batch = batch
        self._figures: dict[str, Any] = {"step": Step.READING.value, "expected": expected}
        self._written_at = float("-inf")
        self._begin()

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows; how many went by is noted."""
        for number, row in enumerate(rows, start=1):
            if number % ROWS_APART == 0:
                self.note(read=number)
            yield row

    def note(self, **figures: Any) -> None:
        """Some figures have changed; they are written when half a second has passed since the last ones."""
        self._figures |= figures
        if perf_counter() - self._written_at >= SECONDS_APART:
            self._write()

    def enter(self, step: Step, **figures: Any) -> None:
        """Another step begins: written at once."""
        self._figures |= {"step": step.value, **figures}
        self._write()

    def appended(self, batches: Iterable[Any]) -> Iterator[Any]:
        """The same record batches; how many of their rows went to the lake is noted."""
        written = 0
        for batch in batches:
            yield batch
            written += batch.num_rows
            self.note(written=written)

    def _begin(self) -> None:
        cleared = dict.fromkeys(("read", "accepted", "quarantined", "duplicates", "written"), 0)
        with _in_passing():
            models.Progress.objects.update_or_create(
                batch_id=self._batch, defaults={**self._figures, **cleared, "at": Now()}
            )
        self._written_at = perf_counter()

    def _write(self) -> None:
        with _in_passing():
            models.Progress.objects.filter(batch_id=self._batch).update(**self._figures, at=Now())
        self._written_at = perf_counter()


def forget(batch: str) -> None:
    """The receipt, or the reason why there is none, says it all."""
    models.Progress.objects.filter(batch_id=batch).delete()


@contextmanager
def _in_passing() -> Iterator[None]:
    """A figure that could not be written is left out, except in a transaction, which the failure has spoilt."""
    try:
        yield
    except (DatabaseError, InterfaceError):
        if connection.in_atomic_block:
            raise
