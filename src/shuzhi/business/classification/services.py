from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction

from shuzhi.business.classification import models
from shuzhi.business.classification.errors import NothingCollected
from shuzhi.business.classification.looking import look_into
from shuzhi.business.classification.types import PROTECTIONS, Found
from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog import services as entries
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.foundation.errors import PlatformError
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import audit, policy
from shuzhi.pillars.security.types import Actor, Grade, Mask
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow import queries as dossiers
from shuzhi.support.workflow import services as workflow

LOOP = "classification-review"
log = structlog.get_logger()


def classify(*, dataset: str, by: Actor, at: datetime) -> int:
    """Look into a data set and open a review for every field that lacks protection; how many were opened.

    A field whose review is open, or was closed with the same kinds of data kept as they are, is not raised again.

    Raises:
        NoSuchDataSet: it is not in the catalog.
        NothingCollected: it has no rows.
        Forbidden: only bureau and administrators look into data sets.
    """
    policy.require("classification.scan", by=by)
    declaration = catalog.entry(dataset).schema_
    found = look_into(declaration)
    if found is None:
        raise NothingCollected(dataset=dataset)
    with transaction.atomic():
        opened = sum(_open(declaration, each, by=by, at=at) for each in found)
        audit.record(
            "classification.looked",
            target=f"dataset/{dataset}",
            by=by,
            at=at,
            found=len(found),
            opened=opened,
        )
    return opened


def follow_dossier(payload: dict[str, Any], at: datetime) -> None:
    """A step in somebody's inbox: raised grades are declared, in the name of whoever took the step."""
    if payload["loop"] != LOOP:
        return
    with transaction.atomic():
        row = (
            models.Review.objects.select_for_update().filter(dossier=payload["dossier"], is_open=True).first()
        )
        if row is None or payload["action"] not in {"raise", "keep"}:
            return
        if payload["action"] == "raise" and not _raise_grade(row, at=at):
            return
        row.is_open, row.outcome = False, "raised" if payload["action"] == "raise" else "kept"
        row.save(update_fields=["is_open", "outcome"])


def _open(declaration: DataSetDeclaration, found: Found, *, by: Actor, at: datetime) -> bool:
    earlier = (
        models.Review.objects.filter(dataset=declaration.dataset, field=found.field).order_by("-id").first()
    )
    kinds = [kind.value for kind in found.kinds]
    if earlier is not None and (
        earlier.is_open or (earlier.outcome == "kept" and set(kinds) <= set(earlier.kinds))
    ):
        return False
    said = _words(declaration, found)
    dossier = workflow.open_dossier(
        loop=LOOP,
        subject=f"dataset/{declaration.dataset}",
        title=Words(
            zh=f"分级复核：{declaration.title.zh}·{_name(declaration, found.field).zh}",
            en=f"Grading of {declaration.title.en}: {_name(declaration, found.field).en}",
        ),
        office=declaration.owner,
        requester=None,
        by=by,
        at=at,
        facts={
            "field": found.field,
            "kinds": kinds,
            "said": said.model_dump(),
            "asked": found.asked_grade.value,
        },
    )
    models.Review.objects.create(
        dataset=declaration.dataset, field=found.field, kinds=kinds, counts=found.counts, rows=found.rows,
        said_zh=said.zh, said_en=said.en, grade=found.grade.value, mask=found.mask.value,
        asked_grade=found.asked_grade.value, asked_mask=found.asked_mask.value, dossier=dossier.id, found_at=at,
    )  # fmt: skip
    return True


def _words(declaration: DataSetDeclaration, found: Found) -> Words:
    """What was found, in words; counts only, never a value."""
    zh = "、".join(f"{PROTECTIONS[kind].title.zh} {found.counts[kind]:,} 处" for kind in found.kinds)
    en = ", ".join(f"{found.counts[kind]:,} {PROTECTIONS[kind].title.en}" for kind in found.kinds)
    name = _name(declaration, found.field)
    opened = ("，且列入开放" if found.is_open else "", ", and it is open" if found.is_open else "")
    return Words(
        zh=f"{found.rows:,} 行中，“{name.zh}”含{zh}；现定 {found.grade}、脱敏 {found.mask}{opened[0]}，建议 {found.asked_grade}、脱敏 {found.asked_mask}、不开放。",
        en=f"In {found.rows:,} rows “{name.en}” holds {en}. It is graded {found.grade}, mask {found.mask}{opened[1]}; suggested: {found.asked_grade}, mask {found.asked_mask}, not open.",
    )


def _name(declaration: DataSetDeclaration, field: str) -> Words:
    return next(each.name for each in declaration.fields if each.id == field)


def _raise_grade(row: models.Review, *, at: datetime) -> bool:
    """Declare the field with what was suggested; whether whoever took the step may."""
    last = dossiers.history(row.dossier)[-1]
    actor = identity.actor(last.by.removeprefix("account/"))
    if actor is None:
        return False
    try:
        with transaction.atomic():
            entries.protect_field(
                dataset=row.dataset, field=row.field, grade=Grade(row.asked_grade), mask=Mask(row.asked_mask),
                by=actor, at=at,
            )  # fmt: skip
    except PlatformError as refusal:  # the review stays open, and its page says so
        log.warning("classification.not_raised", review=row.id, reason=refusal.code)
        return False
    audit.record(
        "classification.raised", target=f"dataset/{row.dataset}", by=actor, at=at, field=row.field,
        grade=row.asked_grade, mask=row.asked_mask,
    )  # fmt: skip
    return True
