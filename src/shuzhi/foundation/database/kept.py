"""Values made of rows (留存的值), each made once for a version of its row.

To make a value of a row, with a declaration in it, takes many times as long as to read the row. The server names each
version of a row (`xmin`, `ctid`), so whoever asks again is given the value that was made before, for as long as the
row is the same; its version is read each time, and a change is seen by the next reader. For values that nobody can
change and that are made of their row alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db import models

from shuzhi.foundation.database import composing, prepared
from shuzhi.foundation.recent import Recent

Row = TypeVar("Row", bound=models.Model)
Value = TypeVar("Value")

MOST = 1_000


class Kept(Generic[Row, Value]):
    """Values of one model's rows; `make` makes one, `most` are kept, those that were asked for last."""

    def __init__(self, model: type[Row], make: Callable[[Row], Value], *, most: int = MOST) -> None:
        """Nothing is kept yet."""
        self._model, self._make = model, make
        self._values: Recent[tuple[Any, str], Value] = Recent(most)

    def found(self, key: object) -> Value | None:
        """The value of the row of a key, or None where there is none."""
        key_of = composing.key_of(self._model).as_string()
        return next(iter(self.some(f"WHERE {key_of} = %s", [key])), None)

    def some(self, rest: str, values: Sequence[Any]) -> list[Value]:
        """The values of rows by what stands after the table's name: constant text, as for `prepared.some`."""
        versions = [
            (key, said) for key, said in prepared.run(f"{composing.versions(self._model)} {rest}", values)
        ]
        kept = {version: self._values.get(version) for version in versions}
        missing = [key for (key, _), value in kept.items() if value is None]
        made = self._made(missing) if missing else {}
        found = (made.get(version[0]) if value is None else value for version, value in kept.items())
        return [value for value in found if value is not None]

    def _made(self, keys: list[Any]) -> dict[Any, Value]:
        """Values of rows that are read whole, by their keys; of none that has gone meanwhile."""
        key_of = composing.key_of(self._model).as_string()
        whole = f"{composing.selecting_versions(self._model)} WHERE {key_of} = ANY(%s)"
        return {
            key: self._values.keep((key, version), self._make(prepared.made(self._model, row)))
            for key, version, *row in prepared.run(whole, [keys])
        }
