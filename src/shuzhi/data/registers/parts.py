from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shuzhi.data.registers import models
from shuzhi.data.registers.types import RegisterDeclaration, RegisterDeclared
from shuzhi.foundation.outbox import services as outbox
from shuzhi.foundation.parts import Change, Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.data_policy.declaring import consent_problems, unknown_names
from shuzhi.pillars.standards.validators import VALIDATORS


def install_register(declaration: Declaration[RegisterDeclaration], installation: Installation) -> None:
    """Make the declaration what the pack says; the next build follows it, its policy holds at once."""
    declared = declaration.value.model_dump(mode="json", by_alias=True)
    before = (
        models.Register.objects.filter(id=declaration.value.id).values_list("declared", flat=True).first()
    )
    models.Register.objects.update_or_create(
        id=declaration.value.id, defaults={"declared": declared, "pack": installation.pack}
    )
    if before is not None and before != declared:
        outbox.publish(RegisterDeclared(declaration.value.id), at=installation.at)


def check_registers(
    declarations: Sequence[Declaration[RegisterDeclaration]], known: Known
) -> Iterable[Finding]:
    """Sources are data sets that exist; rules, precedence and derivations name fields that exist."""
    for declaration in declarations:
        yield from _check_sources(declaration, known)
        yield from _check_fields(declaration)
        yield from _check_whole(declaration, known)


def _check_sources(declaration: Declaration[RegisterDeclaration], known: Known) -> Iterator[Finding]:
    ids = {field.id for field in declaration.value.fields}
    for index, source in enumerate(declaration.value.sources):
        if not known.has("datasets", source.dataset):
            yield _finding(
                declaration,
                ("sources", index),
                f"没有数据集 {source.dataset}",
                f"no data set {source.dataset}",
            )
        for name in source.says:
            if name not in ids:
                yield _finding(declaration, ("sources", index), f"没有字段 {name}", f"no field {name}")
        yield from _check_mapped(declaration, index, known)


def _check_mapped(
    declaration: Declaration[RegisterDeclaration], index: int, known: Known
) -> Iterator[Finding]:
    """What a register takes from a data set is a field there."""
    source = declaration.value.sources[index]
    dataset = known.value("datasets", source.dataset)
    if dataset is None:
        return
    there = {field.id for field in dataset.fields}
    derived = {target: rule.of for target, rule in source.derive.items()}
    for key, mapped in (("fields", source.fields), ("derive", derived)):
        for target, name in mapped.items():
            if name not in there:
                path = ("sources", index, key, target)
                zh, en = f"数据集 {source.dataset} 没有字段 {name}", f"{source.dataset} has no field {name}"
                yield _finding(declaration, path, zh, en)


def _check_whole(declaration: Declaration[RegisterDeclaration], known: Known) -> Iterator[Finding]:
    """It has an owner, an identifier, a source for every field, and says everything once."""
    register = declaration.value
    if not known.has("offices", register.owner):
        yield _finding(declaration, ("owner",), f"没有部门 {register.owner}", f"no office {register.owner}")
    if not register.sources:
        yield _finding(declaration, ("sources",), "没有任何来源", "nothing feeds this register")
    if not any(field.identifier for field in register.fields):
        zh, en = (
            "没有标识字段（identifier: true），查不到人",
            "no field identifies: nothing could be found in it",
        )
        yield _finding(declaration, ("fields",), zh, en)
    names = [field.id for field in register.fields]
    said = {name for source in register.sources for name in source.says}
    for index, field in enumerate(register.fields):
        if field.id in names[:index]:
            zh, en = f"字段 {field.id} 重复", f"the field {field.id} stands twice"
            yield _finding(declaration, ("fields", index, "id"), zh, en)
        elif register.sources and field.id not in said:
            zh, en = f"字段 {field.id} 没有来源", f"no source says the field {field.id}"
            yield _finding(declaration, ("fields", index), zh, en)
        if len(set(field.sources)) < len(field.sources):
            zh, en = f"字段 {field.id} 的来源写了两次", f"the field {field.id} names a source twice"
            yield _finding(declaration, ("fields", index, "sources"), zh, en)
    for index, rule in enumerate(register.match):
        if not rule.by:
            yield _finding(declaration, ("match", index), "没有写按哪些字段", "it says not by which fields")


def _check_fields(declaration: Declaration[RegisterDeclaration]) -> Iterator[Finding]:
    register = declaration.value
    ids = {field.id for field in register.fields}
    fed = {source.dataset for source in register.sources}
    for index, rule in enumerate(register.match):
        for name in (*rule.fields, *rule.normalise, *rule.openings):
            if name not in ids:
                yield _finding(declaration, ("match", index), f"没有字段 {name}", f"no field {name}")
    for index, field in enumerate(register.fields):
        if field.standard is not None and field.standard not in VALIDATORS:
            yield _finding(
                declaration,
                ("fields", index),
                f"没有标准 {field.standard}",
                f"no standard {field.standard}",
            )
        for dataset in field.sources:
            if dataset not in fed:
                yield _finding(
                    declaration,
                    ("fields", index),
                    f"{dataset} 不是本库的来源",
                    f"{dataset} does not feed this register",
                )
    yield from _check_policy(declaration, ids)
    if register.label not in ids:
        yield _finding(declaration, ("label",), f"没有字段 {register.label}", f"no field {register.label}")


def _check_policy(declaration: Declaration[RegisterDeclaration], ids: set[str]) -> Iterator[Finding]:
    register = declaration.value
    for name in unknown_names(register.policy, register.fields, ids):
        zh, en = f"策略里的字段 {name} 不存在", f"the policy names {name}, which is no field"
        yield _finding(declaration, ("policy",), zh, en)
    for problem in consent_problems(register.policy, register.fields):
        yield _finding(declaration, ("policy",), problem.zh, problem.en)


def _finding(
    declaration: Declaration[RegisterDeclaration], path: tuple[str | int, ...], zh: str, en: str
) -> Finding:
    return Finding(
        file=str(declaration.file),
        line=declaration.line(*path),
        rule="register-names",
        message=Words(zh=zh, en=en),
    )


def dry_run_register(old: RegisterDeclaration | None, new: RegisterDeclaration | None) -> Iterator[Change]:
    """Records stay; the next build follows the new declaration."""
    if old is None or old == new:
        return
    count = models.Entity.objects.filter(register=old.id, retired_at=None).count()
    said = (
        Words(zh="下次生成时按新声明归并", en="the next build follows the new declaration")
        if new
        else Words(
            zh="基础库保留，可查，不再属于任何应用包",
            en="its records stay and can be read; no pack declares it",
        )
    )
    yield Change("registers", old.id, "changed" if new else "removed", said, count)


REGISTERS = Part(
    folder="registers",
    schema=RegisterDeclaration,
    key="id",
    install=install_register,
    check=check_registers,
    dry_run=dry_run_register,
)
