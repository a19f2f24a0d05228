"""Quarantine (隔离区): rows that break the contract, kept with their reason and a masked value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from shuzhi.data.catalog.types import FieldDeclaration
from shuzhi.data.sources import models
from shuzhi.data.sources.reasons import reason_words
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy import Channel, at_rest, compile_policy
from shuzhi.pillars.security.data_policy.declaring import NO_POLICY
from shuzhi.pillars.security.masking import masking_key, partial
from shuzhi.pillars.security.types import Grade
from shuzhi.pillars.standards.validators import VALIDATORS, is_resident_id

LONGEST_VALUE = 200
MOST_AT_ONCE = 2_000

_MOBILE = re.compile(r"1[3-9]\d{9}")


class Quarantine:
    """The quarantine of one batch, filled while its file is read. Starting again starts it empty."""

    def __init__(self, batch: str) -> None:
        self._batch = batch
        self._waiting: list[models.QuarantinedCell] = []
        models.QuarantinedCell.objects.filter(batch_id=batch).delete()

    def add_cell(
        self, *, row: int, column: str | None, field: FieldDeclaration, value: str | None, reason: str
    ) -> None:
        """Note one unfit cell."""
        validator = VALIDATORS.get(field.standard or "")
        words = reason_words(reason, standard=validator.standard if validator else field.standard)
        self._add(
            row=row, column=column, field=field.id, value=masked(value, field), reason=reason, words=words
        )

    def add_row(
        self, *, row: int, reason: str, words: Words, column: str | None = None, value: str | None = None
    ) -> None:
        """Note a row that is unfit as a whole; `value` must be masked already."""
        self._add(row=row, column=column, field=None, value=value, reason=reason, words=words)

    def flush(self) -> None:
        """Write what waits."""
        models.QuarantinedCell.objects.bulk_create(self._waiting, batch_size=MOST_AT_ONCE)
        self._waiting = []

    def _add(
        self, *, row: int, column: str | None, field: str | None, value: str | None, reason: str, words: Words
    ) -> None:
        self._waiting.append(
            models.QuarantinedCell(
                batch_id=self._batch,
                row=row,
                column=_storable(column),
                field=field,
                value=_storable(value),
                reason=reason,
                zh=words.zh,
                en=words.en,
            )
        )
        if len(self._waiting) >= MOST_AT_ONCE:
            self.flush()


def masked(value: str | None, field: FieldDeclaration) -> str | None:
    """A value as the quarantine shows it: by the field's mask above L1, and never a person's number in clear.

    A number of a person may stand in any column when columns have shifted.
    """
    if value is None:
        return None
    if field.grade is not Grade.L1 or Channel.QUARANTINE in field.policy.refuse:
        alone = compile_policy(thing="", owner="", fields=[field], uses=NO_POLICY)
        seen = at_rest(alone, Channel.QUARANTINE).value(field.id, value, key=masking_key())
        return None if seen is None else str(seen)
    return partial(value) if is_resident_id(value) or _MOBILE.fullmatch(value) else value


def masked_key(values: Iterable[str | None], fields: Sequence[FieldDeclaration]) -> str:
    """The values of a key, each masked by its own field."""
    shown = [masked(value, field) for value, field in zip(values, fields, strict=True)]
    return "、".join(value or "" for value in shown)


def _storable(text: str | None) -> str | None:
    # PostgreSQL has no NUL in text; a picture of one says what was there.
    return text.replace("\0", "␀")[:LONGEST_VALUE] if text is not None else None
