from __future__ import annotations

from shuzhi.business.classification import models
from shuzhi.business.classification.errors import NoSuchReview
from shuzhi.business.classification.types import Kind, Review
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Grade, Mask

PAGE = 50


def reviews(*, dataset: str | None = None, page: int = 1) -> list[Review]:
    """Reviews, the open ones first, then the newest; one page of them."""
    rows = models.Review.objects.order_by("-is_open", "-id")
    if dataset:
        rows = rows.filter(dataset=dataset)
    return [_value(row) for row in rows[(page - 1) * PAGE : page * PAGE]]


def count_reviews() -> int:
    """How many reviews there are."""
    return models.Review.objects.count()


def review(dossier: int) -> Review:
    """The review that a dossier is about.

    Raises:
        NoSuchReview: it is about something else.
    """
    row = models.Review.objects.filter(dossier=dossier).first()
    if row is None:
        raise NoSuchReview(review=dossier)
    return _value(row)


def _value(row: models.Review) -> Review:
    return Review(
        id=row.id,
        dataset=row.dataset,
        field=row.field,
        kinds=tuple(map(Kind, row.kinds)),
        said=Words(zh=row.said_zh, en=row.said_en),
        rows=row.rows,
        grade=Grade(row.grade),
        mask=Mask(row.mask),
        asked_grade=Grade(row.asked_grade),
        asked_mask=Mask(row.asked_mask),
        dossier=row.dossier,
        is_open=row.is_open,
        outcome=row.outcome,
        found_at=row.found_at,
    )
