"""What a pack may declare as a source, and what the checker says about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from shuzhi.foundation.parts import Declaration, Known

KNOWN = Known(ids={"datasets": frozenset({"firms"}), "offices": frozenset({"bureau"})})


def rules(**said):
    from shuzhi.data.sources.parts import check_sources
    from shuzhi.data.sources.types import SourceDeclaration

    value = SourceDeclaration.model_validate({"source": "s", "dataset": "firms", "office": "bureau", **said})
    declaration = Declaration(
        pack="a/b", file=Path("nowhere/sources/s.yaml"), value=value, lines={("path",): 4}
    )
    return [finding.rule for finding in check_sources([declaration], KNOWN)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, []),
        ({"root": "samples", "path": "a/b.csv"}, ["sample-missing"]),
        ({"dataset": "people"}, ["dataset-unknown"]),
        ({"office": "nobody"}, ["office-unknown"]),
        ({"path": "../secrets"}, ["path-outside"]),
        ({"path": "/etc/passwd"}, ["path-outside"]),
        ({"path": "C:/windows"}, ["path-outside"]),
        ({"path": "a\\b"}, ["path-outside"]),
        ({"root": "samples"}, ["path-missing"]),
        ({"kind": "sql"}, ["sql-incomplete"]),
        ({"kind": "sql", "table": "t", "connection": "db"}, []),
        ({"kind": "sql", "table": "t", "path": "a.sqlite", "mode": "incremental"}, ["watermark-missing"]),
    ],
)
def test_says_what_is_wrong(said, expected):
    assert rules(**said) == expected


def test_has_no_place_for_an_address_with_a_password():
    with pytest.raises(ValidationError):
        rules(kind="sql", table="t", connection="postgresql://u:p@host/db")
