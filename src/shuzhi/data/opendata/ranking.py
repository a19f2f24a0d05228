"""How much a row has to do with the words it was found by (相关度), as columns beside its own.

PostgreSQL's own rank counts lexemes, and Chinese text has none: here it is how often the words stand in the row, so
that one word found once gives 0.1 and the value nears 1 as it is found oftener.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg import sql

from shuzhi.data.catalog.types import FieldType
from shuzhi.data.opendata.conditions import Test, known
from shuzhi.data.opendata.types import Column, Release, RowQuestion
from shuzhi.foundation.text import storable
from shuzhi.foundation.words import Words

MOST_RANKED = 20_000
"""Of more rows the page would wait until each was weighed: then they come as they stand."""
HALF = 9.0
WHOLE = "rank"


def columns(release: Release, question: RowQuestion) -> dict[str, Column]:
    """The ranks that a question can show and sort by: of the whole row, and of each field that was searched."""
    if not question.ranked:
        return {}
    names = [WHOLE] if question.q or question.either else []
    named = [f"{WHOLE} {name}" for name in question.words if known(release, name)]
    taken = {column.id for column in release.columns}  # a column of that name keeps it
    return {
        name: Column(name, Words(zh="相关度", en="Rank"), FieldType.DECIMAL)
        for name in (*names, *named)
        if name not in taken
    }


def source(release: Release, question: RowQuestion, table: sql.Composable, where: Test) -> Test:
    """What the rows are read from: the table, or its matching rows with their ranks."""
    ranks = list(_ranks(release, question))
    if not ranks:
        return sql.SQL("{}{}").format(table, where[0]), where[1]
    named = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(expression, sql.Identifier(name)) for name, expression, _ in ranks
    )
    inner = sql.SQL("(SELECT *, {} FROM {}{}) AS ranked").format(named, table, where[0])
    return inner, [*(value for _, _, values in ranks for value in values), *where[1]]


def _ranks(release: Release, question: RowQuestion) -> Iterator[tuple[str, sql.Composable, list[Any]]]:
    for name in columns(release, question):
        if name == WHOLE:
            said, column = [question.q, *question.either], sql.SQL("{}").format(sql.Identifier("_text"))
        else:
            of = name.removeprefix(f"{WHOLE} ")
            said, column = [question.words[of]], sql.SQL("coalesce({}::text, '')").format(sql.Identifier(of))
        words = [word.upper() for line in said for word in storable(line).split()]
        yield name, *_rank(column, words)


def _rank(column: sql.Composable, words: list[str]) -> Test:
    """N / (n + 9), n being how often the words stand in the text."""
    if not words:
        return sql.SQL("0::float8"), []
    # By how much a text is shorter without the word says how often it stands there.
    once = sql.SQL("(length(upper({0})) - length(replace(upper({0}), %s, '')))::float8 / %s").format(column)
    times = sql.SQL(" + ").join([once] * len(words))
    values: list[Any] = [value for word in words for value in (word, len(word))]
    rank = sql.SQL("(SELECT n / (n + {half}) FROM (SELECT {times} AS n) AS counted)")
    return rank.format(half=sql.Literal(HALF), times=times), values
