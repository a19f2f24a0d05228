"""The check before opening (开放前核查): what a release would give away of persons, by declaration or by meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.types import DataSetDeclaration, FieldDeclaration, FieldType
from shuzhi.data.opendata import preparing
from shuzhi.data.opendata.errors import GivesPersonsAway, NotOpenable
from shuzhi.data.opendata.types import Column
from shuzhi.foundation import lake
from shuzhi.pillars.security.anonymity import Finding, Mended, Roles, mend_rows
from shuzhi.pillars.security.data_policy.declaring import AnonymityDeclaration, Disclosure
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Mask
from shuzhi.pillars.standards.validators import VALIDATORS

USUAL = AnonymityDeclaration()
_LEAVES_SOMETHING = frozenset({Mask.PARTIAL, Mask.GENERALISE})
# What leads to a person together with others, by what fields are usually called.
_QUASI = re.compile(
    r"(^|_)(sex|gender|born|birth|birthday|age|address|district|town|village|zip|nationality|ethnicity|marital|occupation|education|postcode|race|street|community|employer|workplace)(_|$)"
)
# The same as a Chinese catalog calls it, whatever the field's id is.
_QUASI_ZH = re.compile(
    "性别|出生|年龄|生日|民族|婚姻|文化程度|学历|职业|工作单位|住址|居住|籍贯|户籍|邮编|邮政编码|行政区划|街道|社区"
)


def rules_of(schema: DataSetDeclaration) -> AnonymityDeclaration:
    """What a release of the data set must keep."""
    return schema.policy.anonymity or USUAL


def roles_of(schema: DataSetDeclaration, columns: Sequence[Column]) -> Roles:
    """What each column of a release gives away: as declared; else, where the data set is about persons, by meaning.

    A data set is about persons when some field, open or not, is a person's number by its standard, or when it
    declares what its fields give away.
    """
    released = {column.id for column in columns}
    fields = [field for field in schema.fields if field.id in released]
    declared = any(field.policy.disclosure for field in schema.fields) or schema.policy.anonymity is not None
    if not (declared or any(_names_a_person(field) for field in schema.fields)):
        return Roles()
    found = {field.id: field.policy.disclosure or _by_meaning(field) for field in fields}

    def those(kind: Disclosure) -> tuple[str, ...]:
        return tuple(name for name, each in found.items() if each is kind)

    masked = {field.id: field.mask for field in fields if preparing.needs_mask(field)}
    named = tuple(name for name in those(Disclosure.IDENTIFIER) if name not in masked)
    # What a mask leaves of an identifier (a surname, a place and the last digits) leads to a person like any other trait.
    partly = tuple(name for name in those(Disclosure.IDENTIFIER) if masked.get(name) in _LEAVES_SOMETHING)
    counts = tuple(name for name in rules_of(schema).counts if name in released)
    return Roles(named, (*those(Disclosure.QUASI), *partly), those(Disclosure.SENSITIVE), counts)


def check(dataset: str, *, at: datetime) -> Finding:
    """What releasing the data set's current rows would give away, after what may be mended is mended.

    Raises:
        NotCatalogued, NotOpenable: it could not be opened in any case.
    """
    schema = catalog.published_entry(dataset).schema_
    fields = preparing.openable_fields(schema, at=at)
    if not lake.has_table(dataset):
        raise NotOpenable(
            dataset=dataset, reason="nothing has been collected yet", reason_zh="尚未归集任何数据"
        )
    decision, table, key = preparing.public_decision(schema, at=at), lake.current(dataset), masking_key()

    def rows() -> Iterable[list[Any]]:
        return preparing.open_rows(table, fields, decision, key=key)

    return controlled(schema, preparing.open_columns(fields), rows).finding


def controlled(schema: DataSetDeclaration, columns: Sequence[Column], rows: Any) -> Mended:
    """The check of rows that are about to be released."""
    names = [column.id for column in columns]
    roles = roles_of(schema, columns)
    if not roles.about_persons:
        rules = rules_of(schema)
        return Mended(names, Finding(roles, rules.k, rules.l, 0, 0, None, None, 0, 0, ()))
    return mend_rows(rows, names, roles, rules_of(schema))


def require(schema: DataSetDeclaration, columns: Sequence[Column], rows: Any) -> Mended:
    """The rows as they may go out.

    Raises:
        GivesPersonsAway: they would still give single persons away.
    """
    mended = controlled(schema, columns, rows)
    finding = mended.finding
    if not finding.passes:
        raise GivesPersonsAway(
            dataset=schema.dataset,
            k=finding.k,
            l=finding.l,
            cells=max(finding.faulty_cells, len(finding.cells)),
            rows=finding.faulty_rows,
            named="；".join(cell.named for cell in finding.cells[:5]),
        )
    return mended


def _names_a_person(field: FieldDeclaration) -> bool:
    validator = VALIDATORS.get(field.standard or "")
    return field.policy.disclosure is Disclosure.IDENTIFIER or (
        validator is not None and validator.name == "resident_id"
    )


def _by_meaning(field: FieldDeclaration) -> Disclosure:
    validator = VALIDATORS.get(field.standard or "")
    if validator is not None and validator.personal:
        return Disclosure.IDENTIFIER
    named = _QUASI.search(field.id) or _QUASI_ZH.search(field.name.zh)
    quasi = named and field.type is not FieldType.GEOMETRY
    return Disclosure.QUASI if quasi else Disclosure.NONE
