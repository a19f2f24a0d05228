"""Each expression agrees with the validator of its name, on good codes and on every kind of broken one."""

from __future__ import annotations

import random
from datetime import date, timedelta

import ibis
import pyarrow as pa
import pytest

from shuzhi.data.quality.compiling.standards import EXPRESSIONS, expression_for
from shuzhi.pillars.standards.validators import VALIDATORS
from shuzhi.pillars.standards.validators.organisation_code import organisation_check_character
from shuzhi.pillars.standards.validators.resident_id import resident_id_check_character
from shuzhi.pillars.standards.validators.uscc import ALPHABET, uscc_check_character

CHANCE = random.Random(36344)


def _uscc() -> str:
    body = "91" + "".join(CHANCE.choices("0123456789", k=6)) + "".join(CHANCE.choices(ALPHABET, k=9))
    return body + uscc_check_character(body)


def _resident_id() -> str:
    born = date(1799, 1, 1) + timedelta(days=CHANCE.randrange(90_000))
    day = CHANCE.choice(
        [born.strftime("%Y%m%d").zfill(8), f"{born.year}0229", f"{born.year}0431", f"{born.year}1301"]
    )
    body = "330106" + day + f"{CHANCE.randrange(1000):03}"
    return body + resident_id_check_character(body)


def _organisation_code() -> str:
    body = "".join(CHANCE.choices("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=8))
    return body + CHANCE.choice(["", "-"]) + organisation_check_character(body)


MAKERS = {
    "uscc": _uscc,
    "resident_id": _resident_id,
    "organisation_code": _organisation_code,
    "division_code": lambda: "".join(CHANCE.choices("0123456789", k=CHANCE.choice([6, 9, 12]))),
    "postal_code": lambda: "".join(CHANCE.choices("0123456789", k=6)),
}


def _broken(text: str) -> str:
    place = CHANCE.randrange(len(text))
    changed = CHANCE.choice(["0", "7", "X", "x", "I", "A", "杭", " ", "\n", "", "３", "-", "Ⅷ", "٣"])
    return text[:place] + changed + text[place + CHANCE.choice([0, 1]) :]


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_agrees_with_the_validator(name):
    good = [MAKERS[name]() for _ in range(2000)]
    texts = [*good, *map(_broken, good), *(text.lower() for text in good), "", " ", "0" * 18, "1" * 9, "\n"]
    table = ibis.memtable(pa.table({"text": texts}))

    found = table.select("text", valid=EXPRESSIONS[name](table.text)).to_pyarrow().to_pylist()

    assert {row["text"]: row["valid"] for row in found} == {text: VALIDATORS[name](text) for text in texts}
    assert sum(row["valid"] for row in found) > 100


@pytest.mark.parametrize("name", sorted(VALIDATORS))
def test_every_standard_can_be_scanned(name):
    texts = [VALIDATORS[name].example, VALIDATORS[name].example, "no such thing", None]
    table = ibis.memtable(pa.table({"text": pa.array(texts, pa.string())}))

    found = table.select(valid=expression_for(name)(table.text)).to_pyarrow()["valid"].to_pylist()

    assert found == [True, True, False, None]


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_is_plain_sql_on_other_engines(name):
    table = ibis.table({"text": "string"}, name="t")

    for dialect in ("pyspark", "postgres"):
        sql = str(ibis.to_sql(EXPRESSIONS[name](table.text).name("valid"), dialect=dialect)).upper()
        assert "CAST" not in sql, sql
