"""Finding matters by everyday words (事项查找): the index is made once for what is installed, and asked in memory."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import QuerySet
from django.db.models.functions import MD5

from shuzhi.business.matters import models
from shuzhi.business.matters.library.indexing import Index
from shuzhi.business.matters.library.vocabulary import VocabularyDeclaration, together
from shuzhi.business.matters.types import MatterDeclaration, Subject
from shuzhi.business.matters.zones import Zone

MOST = 20


@dataclass(frozen=True)
class Found:
    """A matter that fits a question, how well, and the phrase by which it was found."""

    matter: MatterDeclaration
    score: float
    phrase: str


_kept: list[tuple[str, Index]] = []  # the newest alone
_making = Lock()


def find_matters(
    question: str, *, zone: Zone | None = None, subject: Subject | None = None, most: int = MOST
) -> list[Found]:
    """The matters that fit what somebody says, the best first; nothing for an empty question."""
    if not question.strip():
        return []
    index = current_index()
    hits = index.find(question, most=most, zone=zone, subject=subject.value if subject else "")
    return [Found(index.matter(hit.matter), round(hit.score, 2), hit.phrase) for hit in hits]


def current_index() -> Index:
    """The index of what is installed now; made anew where something was installed or retired since.

    Who asks while somebody else is making the new one is answered from the one before.
    """
    stamp = f"{_digest(models.Matter.objects.all())}:{_digest(models.Vocabulary.objects.all())}"
    kept = _kept[:]
    if kept and kept[0][0] == stamp:
        return kept[0][1]
    if not _making.acquire(blocking=not kept):
        return kept[0][1]
    try:
        if not _kept or _kept[0][0] != stamp:
            _kept[:] = [(stamp, _made())]
        return _kept[0][1]
    finally:
        _making.release()


def _digest(rows: QuerySet[models.Matter] | QuerySet[models.Vocabulary]) -> str:
    told = rows.filter(is_active=True).aggregate(
        told=MD5(StringAgg("digest", delimiter=",", order_by="id", default=""))
    )
    return str(told["told"])


def _made() -> Index:
    matters = models.Matter.objects.filter(is_active=True).order_by("id").values_list("declared", flat=True)
    words = models.Vocabulary.objects.filter(is_active=True).order_by("id").values_list("declared", flat=True)
    vocabulary = together(VocabularyDeclaration.model_validate(each) for each in words)
    return Index((MatterDeclaration.model_validate(each) for each in matters), vocabulary)
