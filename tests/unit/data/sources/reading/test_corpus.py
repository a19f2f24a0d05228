"""Every file of the corpus: what the profile says, what the conversion writes, and that both say the same."""

from __future__ import annotations

import csv

import pytest
from tests.unit.data.sources.reading.corpus.case import UNSAID
from tests.unit.data.sources.reading.corpus.documents import DOCUMENTS
from tests.unit.data.sources.reading.corpus.texts import TEXTS
from tests.unit.data.sources.reading.corpus.workbooks import WORKBOOKS

from shuzhi.data.sources.reading import profile_file
from shuzhi.data.sources.reading.converting import convert_file, neutralised

CORPUS = [*TEXTS, *WORKBOOKS, *DOCUMENTS]


@pytest.mark.parametrize("case", CORPUS, ids=[case.name for case in CORPUS])
def test_the_file_is_told_as_it_is(case, tmp_path):
    path = case.write(tmp_path)

    found = profile_file(path)
    done = convert_file(path, tmp_path / "converted.csv")
    with done.out.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))

    said = {
        "columns": tuple(column.name for column in found.columns),
        "rows": found.rows,
        "types": tuple(column.type for column in found.columns),
        "means": tuple(column.semantic for column in found.columns),
        "codes": found.problem_counts,
        "notes": len(found.notes),
        "keys": tuple(key[0] for key in found.candidate_keys),
        "first": tuple(rows[0]) if rows else (),
        "last": tuple(rows[-1]) if rows else (),
    }
    wanted = {name: getattr(case, name) for name in said if getattr(case, name) is not None}
    facts = {
        "header": "header_row",
        "encoding": "encoding",
        "delimiter": "delimiter",
        "format": "format",
        "table": "table",
    }
    for name, fact in facts.items():
        if getattr(case, name) is not UNSAID:
            wanted[name], said[name] = getattr(case, name), getattr(found, fact)
    for edge in {"first", "last"} & wanted.keys():
        wanted[edge] = tuple(neutralised(cell) for cell in wanted[edge])
    assert {name: said[name] for name in wanted} == wanted
    assert (tuple(header), len(rows), done.broken) == (
        said["columns"],
        found.rows - found.broken_rows,
        case.broken,
    )
