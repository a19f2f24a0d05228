from __future__ import annotations

from shuzhi.data.exports import models
from shuzhi.data.exports.types import Export

MOST = 200


def exports(*, dataset: str | None = None, most: int = MOST) -> list[Export]:
    """Exports, the newest first."""
    rows = models.Export.objects.order_by("-at", "id")
    if dataset is not None:
        rows = rows.filter(dataset=dataset)
    return [value_of(row) for row in rows[:most]]


def value_of(row: models.Export) -> Export:
    """A table row as the value that other rooms see."""
    return Export(
        id=str(row.id),
        dataset=row.dataset,
        channel=row.channel,
        receiver=row.receiver,
        receiver_title=row.receiver_title,
        office=row.office,
        purpose=row.purpose,
        basis=row.basis,
        form=row.form,
        clear=tuple(row.fields["clear"]),
        masked=tuple(row.fields["masked"]),
        withheld=tuple(row.fields["withheld"]),
        marked=tuple(row.marked),
        rows=row.rows,
        carriers=row.carriers,
        sha256=row.sha256,
        at=row.at,
    )
