"""Looking into a data set's rows: a sample for what columns mean, every row for numbers hidden in text.

Identity and telephone numbers are searched in all rows, for one among a million remarks is one person's; what the
pattern finds counts only if its check digit, or its number range, is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from shuzhi.business.classification.types import PROTECTIONS, Found, Kind
from shuzhi.data.catalog.types import DataSetDeclaration, FieldDeclaration, FieldType
from shuzhi.data.sources.contents import Content, survey_columns
from shuzhi.foundation import lake
from shuzhi.pillars.security.types import Grade, Mask
from shuzhi.pillars.standards.validators import check_phone, check_resident_id

SAMPLE, BATCH = 20_000, 2_000
SEED = 20
LEAST_SHARE = 0.02  # of a sample's values, for what a pattern alone can't prove
HITS = 2_000  # texts with a hit that are looked at one by one
IDENTITY = r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{3}[0-9Xx]"
MOBILE = r"1[3-9][0-9]{9}"
PATTERNS = {Kind.RESIDENT_ID: IDENTITY, Kind.PHONE: MOBILE}
HEALTH_NAMES = re.compile(
    r"病史|病种|病名|疾病|诊断|症状|过敏|血型|残疾|孕|用药|药物|检验结果|体检|精神|传染|diagnos|disease|allerg|disabilit|blood.?type",
    re.IGNORECASE,
)
PLACE_NAMES = re.compile(r"经度|纬度|坐标|轨迹|定位|longitude|latitude|^lng$|^lat$", re.IGNORECASE)
TEXTS = {FieldType.TEXT, FieldType.INTEGER}


def look_into(declaration: DataSetDeclaration) -> list[Found] | None:
    """The fields whose values ask for more than they are declared with; None where nothing is collected."""
    fields = [field for field in declaration.fields if field.type is not FieldType.AMOUNT]
    with lake.open_duckdb() as connection:
        rows = lake.current_rows(connection, declaration.dataset)
        known = set(rows.columns)
        fields = [field for field in fields if field.id in known]
        total = int(rows.aggregate("count(*)").fetchone()[0])
        if not total or not fields:
            return None
        contents = survey_columns(
            [field.name.zh for field in fields], _sample(connection, rows, fields, total)
        )
        hidden = {field.id: _hidden(rows, field.id) for field in fields if field.type in TEXTS}
    about_persons = _is_about_persons(contents)
    found = []
    for field, content in zip(fields, contents, strict=True):
        counts = _kinds(field, content, hidden.get(field.id, {}), about_persons=about_persons)
        if counts and (one := _short_of(field, counts, total)):
            found.append(one)
    return found


def _is_about_persons(contents: Sequence[Content]) -> bool:
    """A table with persons' names or numbers; one of firms names their representatives and is about firms still."""
    meanings = {content.semantic for content in contents}
    return bool(meanings & {"resident_id", "person_name"}) and not meanings & {"uscc", "organization_name"}


def _kinds(
    field: FieldDeclaration, content: Content, hidden: dict[Kind, int], *, about_persons: bool
) -> dict[Kind, int]:
    """Kinds of data in a field, with how many values show each."""
    counts = dict(hidden)
    least = content.filled * LEAST_SHARE
    names = f"{field.id} {field.name.zh} {field.name.en}"
    for kind in (Kind.EMAIL, Kind.PERSON_NAME, Kind.ADDRESS):
        seen = content.counts.get(kind.value, 0)
        is_meant = kind.value in content.personal and (about_persons or kind is not Kind.ADDRESS)
        if is_meant and seen >= max(1, least):
            counts.setdefault(kind, seen)
    if content.semantic == "uscc":  # a code of a sole trader holds an identity number's digits
        counts.pop(Kind.RESIDENT_ID, None)
    if about_persons and content.filled:
        if HEALTH_NAMES.search(names):
            counts[Kind.HEALTH] = content.filled
        if PLACE_NAMES.search(names) and field.type in {FieldType.DECIMAL, FieldType.TEXT}:
            counts[Kind.PLACE] = content.filled
    return counts


def _short_of(field: FieldDeclaration, counts: dict[Kind, int], rows: int) -> Found | None:
    """The finding, unless the declaration protects all that was found."""
    asked = [PROTECTIONS[kind] for kind in counts]
    grade = max(each.grade for each in asked)
    strictest = next(each for each in asked if each.grade is grade)
    is_enough = field.grade >= grade and field.mask is not Mask.NONE and not field.open
    if is_enough:
        return None
    return Found(
        field=field.id,
        kinds=tuple(sorted(counts)),
        counts={kind.value: count for kind, count in counts.items()},
        rows=rows,
        grade=field.grade,
        mask=field.mask,
        is_open=field.open,
        asked_grade=Grade(max(field.grade, grade)),
        asked_mask=field.mask if field.mask is not Mask.NONE else strictest.mask,
    )


def _sample(
    connection: Any, rows: Any, fields: Sequence[FieldDeclaration], total: int
) -> Iterator[list[list[str | None]]]:
    """A sample of the rows as texts, in batches, column by column; the same rows whenever asked again."""
    columns = ", ".join(
        f"CAST({_quoted(field.id)} AS VARCHAR) AS c{number}" for number, field in enumerate(fields)
    )
    texts = rows.project(columns)
    if total > SAMPLE:
        texts = connection.sql(f"FROM texts USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE ({SEED})")
    reader = (
        texts.to_arrow_reader(BATCH) if hasattr(texts, "to_arrow_reader") else texts.fetch_record_batch(BATCH)
    )
    for batch in reader:
        yield [column.to_pylist() for column in batch.columns]


def _hidden(rows: Any, column: str) -> dict[Kind, int]:
    """How many texts hold a real identity or telephone number."""
    found = {}
    for kind, pattern in PATTERNS.items():
        text = f"CAST({_quoted(column)} AS VARCHAR)"
        hits = rows.filter(f"regexp_matches({text}, '{pattern}')")
        count = int(hits.aggregate("count(*)").fetchone()[0])
        if not count:
            continue
        texts = [row[0] for row in hits.project(text).limit(HITS).fetchall()]
        real = sum(_holds(kind, each) for each in texts)
        if real:
            found[kind] = round(count * real / len(texts))
    return found


def _holds(kind: Kind, text: str) -> bool:
    """Whether one of the numbers in a text is one; digits before or behind make it another number."""
    bounded = re.finditer(rf"(?<![0-9A-Za-z]){PATTERNS[kind]}(?![0-9A-Za-z])", text)
    check = check_resident_id if kind is Kind.RESIDENT_ID else check_phone
    return any(check(hit.group()).valid for hit in bounded)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
