"""Files of a form: inspected before anything of them is kept."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import transaction

from shuzhi.foundation.files.store import Readable, copy
from shuzhi.pillars.security.erasing.copies import Opened
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import draft_files, models, queries
from shuzhi.support.forms.engine import CompiledForm
from shuzhi.support.forms.engine.fields import FILES
from shuzhi.support.forms.errors import FileRefused, NoSuchFileField
from shuzhi.support.forms.inspecting import inspect_file, safe_name
from shuzhi.support.forms.services.filling import draft, note
from shuzhi.support.forms.types import Files, HandedIn

CHUNK = 1 << 16


@transaction.atomic
def hand_in_file(
    *, number: str, field: str, name: str, stream: Readable, by: Actor, at: datetime
) -> HandedIn:
    """Take a file for a field, if its content is what it says and does nothing; the same file again is taken once.

    Raises:
        NoSuchFilling, AlreadySubmitted: see `save_draft`.
        NoSuchFileField: the form asks for no file there.
        FileRefused: kind, size, name or content will not do; the reason is for the person.
    """
    row = draft(number, by=by)
    terms = _terms(queries.compiled(row.definition_id), field)
    shown = safe_name(name)
    with tempfile.TemporaryDirectory(prefix="shuzhi-forms-") as folder:
        path = Path(folder) / "file"
        size = _received(stream, path, terms.megabytes * 1_000_000, shown)
        kind = inspect_file(path, shown, terms.accept)
        with path.open("rb") as content:
            sha256, _ = copy(content, None)
        there = models.HandedInFile.objects.filter(filling=row, field=field)
        if (same := there.filter(sha256=sha256).first()) is None:
            if there.count() >= terms.most:
                raise FileRefused(
                    name=shown, reason=f"at most {terms.most} files", reason_zh=f"最多交 {terms.most} 个文件"
                )
            draft_files.keep(row, sha256, path)
            same = models.HandedInFile.objects.create(
                filling=row, field=field, sha256=sha256, name=shown, kind=kind, size=size, at=at
            )
            note("forms.file_handed_in", row, by=by, at=at, field=field, sha256=sha256, size=size)
    return HandedIn(same.sha256, same.field, same.name, same.kind, same.size, same.at, same.earlier)


@transaction.atomic
def carry_files(*, number: str, submissions: Sequence[str], by: Actor, at: datetime) -> int:
    """Put into a draft what the same person handed in before for the same questions (沿用已交材料); returns how many.

    `submissions` are asked from the last to the first; of each question the first that has files for it is taken. What
    the form does not accept any more is left out. The earlier submission keeps its files, whatever becomes of these.

    Raises:
        NoSuchFilling, AlreadySubmitted: see `save_draft`.
    """
    row = draft(number, by=by)
    form = queries.compiled(row.definition_id)
    held = models.HandedInFile.objects.filter(
        filling__submission__number__in=list(submissions), filling__account=by.name
    )
    earlier = list(held.order_by("id").select_related("filling__submission"))
    count = 0
    for field in (name for name, asked in form.fields.items() if asked.kind == FILES):
        terms = _terms(form, field)
        for submission in reversed(submissions):
            fits = [one for one in earlier if _fits(one, submission, field, terms)][: terms.most]
            for one in fits:
                models.HandedInFile.objects.create(
                    filling=row, field=field, sha256=one.sha256, name=one.name, kind=one.kind, size=one.size,
                    at=at, earlier=submission,
                )  # fmt: skip
                note("forms.file_kept", row, by=by, at=at, field=field, sha256=one.sha256, earlier=submission)
            count += len(fits)
            if fits:
                break
    return count


def _fits(one: models.HandedInFile, submission: str, field: str, terms: Files) -> bool:
    return (
        one.filling.submission.number == submission
        and one.field == field
        and one.kind in terms.accept
        and one.size <= terms.megabytes * 1_000_000
    )


def _terms(form: CompiledForm, field: str) -> Files:
    asked = form.fields.get(field)
    if asked is None or asked.kind != FILES:
        raise NoSuchFileField(field=field[:100])
    return form.declaration.files.get(field, Files(most=min(asked.schema.get("maxItems", 3), 20)))


def _received(stream: Readable, path: Path, most: int, name: str) -> int:
    size = 0
    with path.open("wb") as out:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > most:
                megabytes = most // 1_000_000
                raise FileRefused(
                    name=name, reason=f"it has more than {megabytes} MB", reason_zh=f"超过 {megabytes} MB"
                )
            out.write(chunk)
    return size


@transaction.atomic
def take_back_file(*, number: str, field: str, sha256: str, by: Actor, at: datetime) -> None:
    """Take a file out of a draft again.

    Raises:
        NoSuchFilling, AlreadySubmitted: see `save_draft`.
    """
    row = draft(number, by=by)
    gone, _ = models.HandedInFile.objects.filter(filling=row, field=field, sha256=sha256[:64]).delete()
    if gone:
        draft_files.forget(row, [sha256])
        note("forms.file_taken_back", row, by=by, at=at, field=field, sha256=sha256[:64])


@transaction.atomic
def open_file(
    *, number: str, field: str, sha256: str, by: Actor, at: datetime
) -> tuple[HandedIn, BinaryIO | Opened]:
    """A handed-in file for whoever has a right to it; that it was read is audited.

    Raises:
        NoSuchFilling, Forbidden: see `queries.file_to_read`.
    """
    found = queries.file_to_read(number, field, sha256, by=by)
    row = models.Filling.objects.get(number=number)
    note("forms.file_read", row, by=by, at=at, field=field, sha256=found.sha256)
    return found, draft_files.read(row, found.sha256)
