"""What a batch may be, as forms ask for it."""

from __future__ import annotations

from shuzhi.data.sources.types import Mode
from shuzhi.terminals.design.types import Choice, Said

MODE_CHOICES = (
    Choice(Mode.FULL.value, Said("全量：以本批为准", "Full: what is not in it is gone")),
    Choice(Mode.INCREMENTAL.value, Said("增量：只改本批有的", "Incremental: only what is in it changes")),
    Choice(Mode.DELETE.value, Said("删除：本批有的要删去", "Deletion: what is in it goes")),
)
