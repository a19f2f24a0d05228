"""What group captions between the rows (北京市（92所）) declare, kept with the receipt for the quality rule `matches_total`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shuzhi.data.sources.types import Notice
from shuzhi.foundation.words import Words

if TYPE_CHECKING:
    from shuzhi.data.sources.reading.types import Caption

CAPTIONS = "captions"


def about_captions(captions: Sequence[Caption]) -> tuple[Notice, ...]:
    """One notice with every caption that says how many rows follow it; none where no caption does."""
    declared = [caption for caption in captions if caption.declared is not None]
    if not declared:
        return ()
    groups, rows = len(declared), sum(caption.declared or 0 for caption in declared)
    message = Words(
        zh=f"文件按 {groups} 个标题分组，标题共声明 {rows} 行。",
        en=f"The file has {groups} group captions, which declare {rows} rows in all.",
    )
    return (Notice(CAPTIONS, message, {"captions": [caption.as_dict() for caption in declared]}),)
