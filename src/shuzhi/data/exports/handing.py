"""Files that other rooms make of their own rows (交付登记): the receiver's mark, and the entry that makes it traceable."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shuzhi.data.exports import models, queries
from shuzhi.data.exports.types import DataExported, Export
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.secrets import secret
from shuzhi.foundation.settings import settings
from shuzhi.pillars.security.types import Actor
from shuzhi.pillars.security.watermarks import Marker, mark_key


@dataclass(frozen=True)
class HandedFile:
    """A file as it was made: of which thing (`register/x`), which fields were given how, and what it weighs."""

    thing: str
    channel: str
    form: str
    fields: Mapping[str, Sequence[str]]
    marked: Sequence[str]
    rows: int
    carriers: int
    sha256: str


def new_number() -> str:
    """The number of a file that is about to be made; its mark follows from it."""
    return str(uuid.uuid4())


def marker_of(number: str) -> Marker:
    """The mark of the file of this number."""
    return Marker(mark_key(secret(settings().home, "watermark").encode(), number))


def register_file(*, number: str, file: HandedFile, receiver: Actor, at: datetime) -> Export:
    """Enter a file in the register of exports, in the running transaction; its room writes the audit entry."""
    row = models.Export.objects.create(
        id=number,
        dataset=file.thing,
        channel=file.channel,
        receiver=receiver.name,
        receiver_title=receiver.title,
        office=receiver.office,
        purpose=receiver.purpose or "",
        basis=receiver.basis or "",
        form=file.form,
        fields={name: list(fields) for name, fields in file.fields.items()},
        marked=list(file.marked),
        rows=file.rows,
        carriers=file.carriers,
        sha256=file.sha256,
        at=at,
    )
    outbox.publish(DataExported(dataset=file.thing, export=number), at=at)
    return queries.value_of(row)
