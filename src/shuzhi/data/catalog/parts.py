from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from shuzhi.data.catalog import models, services
from shuzhi.data.catalog.harvesting import HarvestDeclaration
from shuzhi.data.catalog.rulechecks import lacking
from shuzhi.data.catalog.types import DIVISION_TREE, CheckKind, DataSetDeclaration, FieldType
from shuzhi.foundation import lake
from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy.declaring import consent_problems, unknown_names
from shuzhi.pillars.standards.validators.registry import VALIDATORS


def install_dataset(declaration: Declaration[DataSetDeclaration], installation: Installation) -> None:
    """Propose the data set's catalog entry; a person with the right publishes it."""
    services.propose_entry(
        declaration=declaration.value, by=installation.by, at=installation.at, pack=installation.pack
    )


def check_datasets(
    declarations: Sequence[Declaration[DataSetDeclaration]], known: Known
) -> Iterable[Finding]:
    """Rules and keys may only name fields that exist, owners that exist, and code lists that exist."""
    for declaration in declarations:
        yield from _check_fields(declaration)
        yield from _check_names(declaration, known)
        yield from _check_rules(declaration, known)
        yield from _check_shapes(declaration, known)
        yield from _check_standards(declaration, known)
        yield from _check_policy(declaration)
        if not known.has("offices", declaration.value.owner):
            yield _finding(
                declaration,
                ("owner",),
                "owner-unknown",
                f"没有部门 {declaration.value.owner}",
                f"no office {declaration.value.owner}",
            )


def _check_fields(declaration: Declaration[DataSetDeclaration]) -> Iterator[Finding]:
    dataset = declaration.value
    ids = [field.id for field in dataset.fields]
    for index, name in enumerate(ids):
        if name in ids[:index]:
            yield _finding(
                declaration,
                ("fields", index, "id"),
                "field-twice",
                f"字段 {name} 重复",
                f"field {name} stands twice",
            )
    for index, name in enumerate(dataset.key):
        if name not in ids:
            yield _finding(
                declaration, ("key", index), "key-unknown", f"主键 {name} 不是字段", f"key {name} is no field"
            )


def _check_names(declaration: Declaration[DataSetDeclaration], known: Known) -> Iterator[Finding]:
    """A column's heading leads to one field; the theme is one of the list of themes, where a pack has it."""
    dataset = declaration.value
    headings: dict[str, str] = {}
    for index, field in enumerate(dataset.fields):
        for heading in {field.name.zh, *field.aliases}:
            other = headings.setdefault(heading.strip().lower(), field.id)
            if other != field.id:
                zh, en = (
                    f"字段 {other} 和 {field.id} 都叫“{heading}”",
                    f"the fields {other} and {field.id} are both called “{heading}”",
                )
                yield _finding(declaration, ("fields", index, "name"), "heading-twice", zh, en)
    for index, name in enumerate(dataset.key):
        if name in dataset.key[:index]:
            zh, en = f"主键 {name} 写了两次", f"the key names {name} twice"
            yield _finding(declaration, ("key", index), "key-twice", zh, en)
    yield from _check_theme(declaration, dataset.theme, known)


def _check_theme(declaration: Declaration[Any], theme: str, known: Known) -> Iterator[Finding]:
    themes = known.value("codelists", "themes")
    codes = {code.code for version in themes.versions for code in version.codes} if themes else set()
    if codes and theme not in codes:
        zh, en = f"没有主题 {theme}", f"there is no theme {theme}"
        yield _finding(declaration, ("theme",), "theme-unknown", zh, en)


def _check_shapes(declaration: Declaration[DataSetDeclaration], known: Known) -> Iterator[Finding]:
    """Each rule has a name of its own and says all that its kind of check needs."""
    names = [rule.id for rule in declaration.value.rules]
    for index, rule in enumerate(declaration.value.rules):
        place = ("rules", index)
        if rule.id in names[:index]:
            zh, en = f"规则 {rule.id} 重复", f"the rule {rule.id} stands twice"
            yield _finding(declaration, (*place, "id"), "rule-twice", zh, en)
        for said in lacking(rule, declaration.value, known):
            zh, en = f"规则 {rule.id}：{said[0]}", f"rule {rule.id}: {said[1]}"
            yield _finding(declaration, place, "rule-incomplete", zh, en)


def _check_rules(declaration: Declaration[DataSetDeclaration], known: Known) -> Iterator[Finding]:
    ids = {field.id: field.type for field in declaration.value.fields}
    for index, rule in enumerate(declaration.value.rules):
        for name in rule.looks_at:
            if name not in ids:
                yield _finding(
                    declaration,
                    ("rules", index),
                    "rule-field-unknown",
                    f"规则 {rule.id} 的字段 {name} 不存在",
                    f"rule {rule.id} looks at {name}, which is no field",
                )
        if rule.as_of is not None and ids.get(rule.as_of) not in {FieldType.DATE, FieldType.DATETIME}:
            yield _finding(
                declaration,
                ("rules", index),
                "rule-day-unknown",
                f"规则 {rule.id} 的 as_of 应是日期字段，{rule.as_of} 不是",
                f"rule {rule.id}: as_of must name a field of dates, {rule.as_of} is none",
            )
        if rule.check is CheckKind.REFERENCE and not known.has("datasets", rule.dataset or ""):
            yield _finding(
                declaration,
                ("rules", index),
                "rule-dataset-unknown",
                f"规则 {rule.id} 引用的数据集 {rule.dataset} 不存在",
                f"rule {rule.id} refers to the data set {rule.dataset}, which no pack declares",
            )


def _check_standards(declaration: Declaration[DataSetDeclaration], known: Known) -> Iterator[Finding]:
    """A field's standard is a validator or a code list; a rule's code list exists."""
    for index, field in enumerate(declaration.value.fields):
        if field.standard and field.standard not in VALIDATORS and not known.has("codelists", field.standard):
            zh, en = f"没有标准 {field.standard}", f"no validator or code list {field.standard}"
            yield _finding(declaration, ("fields", index, "standard"), "standard-unknown", zh, en)
    standards = {field.id: field.standard for field in declaration.value.fields}
    for index, rule in enumerate(declaration.value.rules):
        if rule.check is not CheckKind.IN_CODELIST:
            continue
        named = rule.codelist or next((standards.get(name) for name in rule.looks_at), None) or ""
        if named != DIVISION_TREE and not known.has("codelists", named):
            zh, en = (
                f"规则 {rule.id} 的代码表 {named} 不存在",
                f"rule {rule.id} names no code list that exists: {named}",
            )
            yield _finding(declaration, ("rules", index), "rule-codelist-unknown", zh, en)


def _check_policy(declaration: Declaration[DataSetDeclaration]) -> Iterator[Finding]:
    """A policy may only name fields that exist; a mark has no place in keys and codes."""
    dataset = declaration.value
    ids = {field.id for field in dataset.fields}
    for name in unknown_names(dataset.policy, dataset.fields, ids):
        zh, en = f"策略里的字段 {name} 不存在", f"the policy names {name}, which is no field"
        yield _finding(declaration, ("policy",), "policy-field-unknown", zh, en)
    for problem in consent_problems(dataset.policy, dataset.fields):
        yield _finding(declaration, ("policy",), "policy-consent", problem.zh, problem.en)
    for index, field in enumerate(dataset.fields):
        if field.policy.mark and (field.standard or field.id in dataset.key):
            zh, en = (
                f"字段 {field.id} 是主键或代码，不能带水印",
                f"{field.id} is a key or code: it carries no mark",
            )
            yield _finding(declaration, ("fields", index), "mark-on-code", zh, en)


def _finding(
    declaration: Declaration[Any], path: tuple[str | int, ...], rule: str, zh: str, en: str
) -> Finding:
    return Finding(
        file=str(declaration.file), line=declaration.line(*path), rule=rule, message=Words(zh=zh, en=en)
    )


def dry_run_dataset(old: DataSetDeclaration | None, new: DataSetDeclaration | None) -> Iterator[Change]:
    """Columns may come and go; one that has rows can't change its type."""
    if old is None:
        return
    rows = sum(batch.rows for batch in lake.history(old.dataset))
    if new is None:
        said = Words(zh="目录撤下，已归集的行保留", en="its entry is withdrawn, the collected rows stay")
        yield Change("datasets", old.dataset, "removed", said, rows)
        return
    before, after = ({field.id: field for field in one.fields} for one in (old, new))
    for name in before.keys() & after.keys():
        if rows and before[name].type is not after[name].type:
            said = Words(
                zh=f"字段 {name} 由 {before[name].type} 改为 {after[name].type}，已有数据不能转换；请另设字段",
                en=f"{name} changes from {before[name].type} to {after[name].type}, which collected rows can't: declare another field",
            )
            yield Change("datasets", old.dataset, "changed", said, rows, refuses=True)
    yield from _columns(old.dataset, set(before), set(after), rows)
    if rows and old.key != new.key:
        said = Words(
            zh="主键改变，现行数据按新主键重新判断",
            en="the key changes: what holds now is told by the new one",
        )
        yield Change("datasets", old.dataset, "changed", said, rows)


def _columns(dataset: str, before: set[str], after: set[str], rows: int) -> Iterator[Change]:
    if new := sorted(after - before):
        names = "、".join(new), ", ".join(new)
        said = Words(
            zh=f"新增字段 {names[0]}，已有的行为空", en=f"new fields {names[1]}: empty in rows that are there"
        )
        yield Change("datasets", dataset, "changed", said, rows)
    if gone := sorted(before - after):
        names = "、".join(gone), ", ".join(gone)
        said = Words(
            zh=f"不再有字段 {names[0]}，已归集的值保留在历史中",
            en=f"fields {names[1]} go; collected values stay in history",
        )
        yield Change("datasets", dataset, "changed", said, rows)


def retire_dataset(old: DataSetDeclaration, installation: Installation) -> None:
    """Take its entry out of the catalog's public life."""
    services.withdraw_entry(
        dataset=old.dataset, by=installation.by, at=installation.at, reason=f"pack/{installation.pack}"
    )


DATASETS = Part(
    folder="datasets",
    schema=DataSetDeclaration,
    key="dataset",
    install=install_dataset,
    check=check_datasets,
    dry_run=dry_run_dataset,
    retire=retire_dataset,
)


def install_harvest(declaration: Declaration[HarvestDeclaration], installation: Installation) -> None:
    """Remember how another node's catalog is read."""
    value = declaration.value
    models.Harvest.objects.update_or_create(
        id=value.harvest,
        defaults={
            "node": value.node,
            "title_zh": value.title.zh,
            "title_en": value.title.en,
            "declared": value.model_dump(mode="json"),
            "pack": installation.pack,
        },
    )


def check_harvests(
    declarations: Sequence[Declaration[HarvestDeclaration]], known: Known
) -> Iterable[Finding]:
    """A harvest reads a data set that some pack declares."""
    for declaration in declarations:
        value = declaration.value
        if not known.has("datasets", value.dataset):
            zh, en = f"没有数据集 {value.dataset}", f"no data set {value.dataset}"
            yield _finding(declaration, ("dataset",), "harvest-dataset-unknown", zh, en)
        yield from _check_columns(declaration, known.value("datasets", value.dataset))
        for theme in dict.fromkeys((value.theme, *value.themes.values())):
            yield from _check_theme(declaration, theme, known)


def _check_columns(
    declaration: Declaration[HarvestDeclaration], dataset: DataSetDeclaration | None
) -> Iterator[Finding]:
    """The columns that say what an entry is are fields of the collected data set."""
    if dataset is None:
        return
    ids = {field.id for field in dataset.fields}
    for key, named in declaration.value.columns.model_dump().items():
        for name in named if isinstance(named, (list, tuple)) else [named]:
            if name is not None and name not in ids:
                zh, en = f"数据集 {dataset.dataset} 没有字段 {name}", f"{dataset.dataset} has no field {name}"
                yield _finding(declaration, ("columns", key), "harvest-field-unknown", zh, en)


HARVESTS = Part(
    folder="harvests", schema=HarvestDeclaration, key="harvest", install=install_harvest, check=check_harvests
)
