"""Whether a quality rule says what its kind of check needs: half a rule would pass whatever the rows are."""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.data.catalog.types import CheckKind, DataSetDeclaration, FieldType, RuleDeclaration
from shuzhi.foundation.parts import Known

Said = tuple[str, str]
"""What is wrong, in both languages."""

_COUNTS = {  # how many fields a check looks at: at least, at most
    CheckKind.NOT_NULL: (1, 99),
    CheckKind.UNIQUE: (1, 99),
    CheckKind.VALID: (1, 1),
    CheckKind.IN_CODELIST: (1, 1),
    CheckKind.RANGE: (1, 1),
    CheckKind.LENGTH: (1, 1),
    CheckKind.NOT_FUTURE: (1, 1),
    CheckKind.REFERENCE: (1, 1),
    CheckKind.COMPARE: (2, 2),
    CheckKind.FRESH: (0, 1),
}
_DAYS = frozenset({FieldType.DATE, FieldType.DATETIME})
_NUMBERS = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.AMOUNT})


def lacking(rule: RuleDeclaration, dataset: DataSetDeclaration, known: Known) -> Iterator[Said]:
    """What a rule leaves out, or says of fields that can't be judged so."""
    least, most = _COUNTS.get(rule.check, (0, 99))
    if not least <= len(rule.looks_at) <= most:
        yield (
            f"{rule.check} 应看 {_count(least, most)} 个字段，写了 {len(rule.looks_at)} 个",
            f"{rule.check} looks at {_count(least, most)} fields, not at {len(rule.looks_at)}",
        )
        return
    yield from _bounds(rule)
    yield from _kinds(rule, dataset)
    yield from _target(rule, known)


def _count(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}–{most}" if most < 99 else f"≥{least}"  # noqa: PLR2004 - no bound


def _bounds(rule: RuleDeclaration) -> Iterator[Said]:
    if rule.check in (CheckKind.RANGE, CheckKind.LENGTH):
        if rule.min is None and rule.max is None:
            yield f"{rule.check} 应写明 min 或 max", f"{rule.check} needs a min or a max"
        elif rule.min is not None and rule.max is not None and rule.min > rule.max:
            yield f"min {rule.min} 大于 max {rule.max}", f"min {rule.min} is greater than max {rule.max}"
    if rule.check is CheckKind.COMPARE and rule.op is None:
        yield "compare 应写明 op", "compare needs an op"
    if rule.check is CheckKind.FRESH and (rule.days is None or rule.days < 0):
        yield "fresh 应写明 days（天数）", "fresh needs its days"


def _kinds(rule: RuleDeclaration, dataset: DataSetDeclaration) -> Iterator[Said]:
    kinds = {each.id: each for each in dataset.fields}
    looked_at = [kinds[name] for name in rule.looks_at if name in kinds]
    for field in looked_at:
        if rule.check in (CheckKind.FRESH, CheckKind.NOT_FUTURE) and field.type not in _DAYS:
            yield f"字段 {field.id} 不是日期", f"the field {field.id} holds no dates"
        if rule.check is CheckKind.RANGE and field.type not in _NUMBERS:
            yield f"字段 {field.id} 不是数字", f"the field {field.id} holds no numbers"
        if rule.check is CheckKind.LENGTH and field.type is not FieldType.TEXT:
            yield f"字段 {field.id} 不是文字", f"the field {field.id} holds no text"
        if rule.check is CheckKind.VALID and field.type is FieldType.TEXT and not field.standard:
            yield f"字段 {field.id} 没有 standard，无从校验", f"the field {field.id} has no standard to keep"


def _target(rule: RuleDeclaration, known: Known) -> Iterator[Said]:
    other = known.value("datasets", rule.dataset or "") if rule.check is CheckKind.REFERENCE else None
    target = rule.to or next(iter(rule.looks_at), "")
    if isinstance(other, DataSetDeclaration) and target not in {each.id for each in other.fields}:
        yield (
            f"数据集 {other.dataset} 没有字段 {target}",
            f"the data set {other.dataset} has no field {target}",
        )
