"""What columns of collected rows hold (内容识别): the survey of files, put to values that are in the lake."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shuzhi.data.sources.reading.column_survey import ColumnSurvey
from shuzhi.data.sources.reading.distinct import Budget

HASHES, WITNESSES = 0, 0  # neither distinct values nor examples are kept


@dataclass(frozen=True)
class Content:
    """A column's meaning, with the share of its filled values that fit, and the kinds of personal data found in it."""

    column: str
    semantic: str | None
    share: float
    personal: tuple[str, ...]
    filled: int
    counts: Mapping[str, int]
    """How many values could be, or hold, each kind of thing: `resident_id`, `holds_phone` …"""


def survey_columns(
    columns: Sequence[str], batches: Iterable[Sequence[Sequence[str | None]]]
) -> list[Content]:
    """Survey columns, each batch given column by column.

    Args:
        columns: what the columns are called; a name hints at a meaning.
        batches: for each batch the values of every column, all of one length.
    """
    budgets = Budget(HASHES), Budget(WITNESSES)
    surveys = [ColumnSurvey(name, *budgets) for name in columns]
    for batch in batches:
        numbers = range(len(batch[0]) if batch else 0)
        for survey, values in zip(surveys, batch, strict=True):
            survey.take(values, numbers, set())
    named = any(survey.meaning[0] in {"person_name", "resident_id"} for survey in surveys)
    return [
        Content(
            column=survey.name,
            semantic=survey.meaning[0],
            share=survey.meaning[1],
            personal=survey.personal(person_table=named),
            filled=survey.filled,
            counts=dict(survey.kinds),
        )
        for survey in surveys
    ]
