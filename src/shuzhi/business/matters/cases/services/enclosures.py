"""Files that came with a case from another node (收到的随件材料): put together, inspected, kept with the case, read by its office.

What that node says of a file is compared with what came: size and digest, a name that hides nothing, a content that is what
the name says and does nothing. One that is named as known must have come with this very case: a digest alone opens no file.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.errors import FileBroken, FileErased, NoSuchFile
from shuzhi.business.matters.cases.reading import file_of, number_of
from shuzhi.business.matters.cases.services.enclosing import MOST_BYTES, pieces_of, reference_of, require_fit
from shuzhi.business.matters.cases.services.moving import unlocked
from shuzhi.business.matters.cases.types import CameFile
from shuzhi.data.exchange.ports import Piece
from shuzhi.foundation.files import file_store
from shuzhi.foundation.files.keeping import remove_unneeded
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms.inspecting import ENDINGS, inspect_file, safe_name

KINDS = tuple(ENDINGS)


class Enclosure(BaseModel):
    """A file as the other node names it; one without pieces came with an earlier message of the case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int = Field(ge=1, le=10_000)
    field: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=100)
    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=1, le=MOST_BYTES)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    pieces: int = Field(ge=0)


@dataclass(frozen=True)
class Checked:
    """A file that was put together and inspected; it has no place where it came before."""

    said: Enclosure
    kind: str
    place: Path | None


@contextmanager
def put_together(files: Sequence[Enclosure], *, number: str, piece: Piece) -> Iterator[list[Checked]]:
    """The files of a message, in a place of their own until they are kept.

    Raises:
        FilesTooLarge, FileBroken, FileRefused, PieceMissing: they are not taken, and why.
    """
    require_fit([each.size for each in files])
    with tempfile.TemporaryDirectory(prefix="shuzhi-enclosures-") as folder:
        yield [_checked(each, Path(folder) / str(place), number, piece) for place, each in enumerate(files)]


def _checked(said: Enclosure, place: Path, number: str, piece: Piece) -> Checked:
    if safe_name(said.name) != said.name:
        raise FileBroken(name=safe_name(said.name), why="its name names a folder", why_zh="文件名中带有路径")
    if not said.pieces:
        return Checked(said, "", None)
    if said.pieces != pieces_of(said.size):
        raise _other_size(said)
    digest, size = hashlib.sha256(), 0
    with place.open("wb") as out:
        for number_of_piece in range(1, said.pieces + 1):
            content = piece(reference_of(number, said.id, number_of_piece))
            digest.update(content)
            size += len(content)
            if size > said.size:
                raise _other_size(said)
            out.write(content)
    if size != said.size:
        raise _other_size(said)
    if digest.hexdigest() != said.sha256:
        raise FileBroken(name=said.name, why="its digest is another", why_zh="摘要不一致")
    return Checked(said, inspect_file(place, said.name, KINDS), place)


def _other_size(said: Enclosure) -> FileBroken:
    return FileBroken(name=said.name, why="its size is another", why_zh="大小不一致")


def keep(files: Sequence[Checked], row: models.Case, *, node: str, by: Actor, at: datetime) -> None:
    """Keep the files with their case, each once.

    Raises:
        FileBroken: one is said to have come before, and did not come with this case.
    """
    for each in files:
        said = each.said
        kind = each.kind
        if each.place is None:
            earlier = models.CaseFile.objects.filter(case=row, sha256=said.sha256, erased_at=None).first()
            if earlier is None:
                raise FileBroken(
                    name=said.name, why="it has not come before", why_zh="称此前已送达，但没有收到"
                )
            kind = earlier.kind
        else:
            with each.place.open("rb") as stream:
                file_store().put(stream, said.name)
        _, made = models.CaseFile.objects.get_or_create(
            case=row, field=said.field, sha256=said.sha256,
            defaults={"name": said.name, "kind": kind, "size": said.size, "at": at},
        )  # fmt: skip
        if made:
            _note("matters.file_came", row, by=by, at=at, node=node, field=said.field, sha256=said.sha256, size=said.size)  # fmt: skip


@transaction.atomic
def open_file(
    *, case: str, field: str, sha256: str, by: Actor, at: datetime
) -> tuple[CameFile, BinaryIO]:  # fmt: skip
    """A file that came with a case, for the clerks of the office that handles it; that it was read is audited.

    Raises:
        NoSuchCase, NoSuchFile, FileErased: as they say.
        Forbidden: it is another office's.
    """
    row = unlocked(case)
    policy.require("matters.handle", by=by, office=row.office)
    found = models.CaseFile.objects.filter(case_id=row.id, field=field, sha256=sha256[:64]).first()
    if found is None:
        raise NoSuchFile(case=case[:40])
    if found.erased_at is not None:
        raise FileErased(case=case[:40], name=found.name)
    _note("matters.file_read", row, by=by, at=at, field=found.field, sha256=found.sha256)
    return file_of(found), file_store().open(found.sha256)


@transaction.atomic
def erase_files(*, case: str, by: Actor, at: datetime) -> int:
    """Erase what came with a case whose term is over; that there were files, and which, stays. Returns how many."""
    row = unlocked(case)
    over = list(models.CaseFile.objects.select_for_update().filter(case_id=row.id, erased_at=None))
    for each in over:
        each.erased_at = at
        each.save(update_fields=["erased_at"])
        _note("matters.file_erased", row, by=by, at=at, field=each.field, sha256=each.sha256)
    for sha256 in {each.sha256 for each in over}:
        transaction.on_commit(partial(_remove, sha256), robust=True)
    return len(over)


def _remove(sha256: str) -> None:
    remove_unneeded(file_store(), sha256)


def _note(action: str, row: models.Case, *, by: Actor, at: datetime, **facts: Any) -> None:
    about = [node_reference(row.scheme, row.holder)]
    audit.record(action, target=f"case/{number_of(row)}", by=by, at=at, subjects=about, **facts)
