"""`matters/*.yaml`: matters of a pack, checked whole; and `vocabularies/*.yaml`: the everyday words they are found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shuzhi.business.matters.library.services import (
    install_matter,
    install_vocabulary,
    retire_matter,
    retire_vocabulary,
)
from shuzhi.business.matters.library.situations import faults, part_faults
from shuzhi.business.matters.library.vocabulary import VocabularyDeclaration
from shuzhi.business.matters.types import SYSTEM, DecisionRef, MatterDeclaration
from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.support.decisions import queries as decisions

Place = tuple[str | int, ...]

_TITLES = {
    "offices": Words(zh="部门", en="office"),
    "loops": Words(zh="流程环", en="loop"),
    "processes": Words(zh="流程", en="process"),
    "forms": Words(zh="表单", en="form"),
    "rules": Words(zh="规则", en="rules"),
    "registers": Words(zh="基础库", en="register"),
    "credentials": Words(zh="证照种类", en="credential kind"),
    "matters": Words(zh="事项", en="matter"),
    "interfaces": Words(zh="接口", en="interface"),
    "archives": Words(zh="档案种类", en="archive"),
    "messages": Words(zh="消息模板", en="message template"),
}


def install(declaration: Declaration[MatterDeclaration], installation: Installation) -> None:
    """Make the matter what the pack says."""
    install_matter(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def retire(old: MatterDeclaration, installation: Installation) -> None:
    """Offer it no more."""
    retire_matter(matter=old.matter, by=installation.by, at=installation.at)


def check(declarations: Sequence[Declaration[MatterDeclaration]], known: Known) -> Iterable[Finding]:
    """Everything a matter names is there, and every expression is FEEL over its own situations."""
    for declaration in declarations:
        yield from _unknown(declaration, known)
        yield from _decisions(declaration, known)
        yield from _fields(declaration, known)
        for place, what in (*faults(declaration.value), *part_faults(declaration.value)):
            yield _finding(
                declaration,
                place,
                "matter-feel",
                f"不是本事项情形上的 FEEL：{what}",
                f"no FEEL over its situations: {what}",
            )


def _unknown(declaration: Declaration[MatterDeclaration], known: Known) -> Iterator[Finding]:
    for folder, name, place in _named(declaration.value):
        if name and not known.has(folder, name):
            title = _TITLES[folder]
            yield _finding(
                declaration, place, "matter-unknown-name", f"没有{title.zh} {name}", f"no {title.en} {name}"
            )


def _named(value: MatterDeclaration) -> Iterator[tuple[str, str, Place]]:
    yield "offices", value.office, ("office",)
    yield from (("offices", name, ("with_offices", at)) for at, name in enumerate(value.with_offices))
    yield "forms", value.form, ("form",)
    yield "loops", value.objection, ("objection",)
    yield "archives", value.archive, ("archive",)
    yield from (("messages", name, ("tells", tell.value)) for tell, name in value.tells.items())
    if value.handling is not None:
        yield "processes", value.handling.process, ("handling", "process")
        yield "loops", value.handling.loop, ("handling", "loop")
        if value.handling.node is not None:
            yield "interfaces", value.handling.node.interface, ("handling", "node", "interface")
    if value.result is not None:
        yield "credentials", value.result.credential, ("result", "credential")
    yield from (("matters", name, ("journey", at)) for at, name in enumerate(value.journey))
    for at, material in enumerate(value.materials):
        yield "registers", material.register_, ("materials", at, "field")
        yield "credentials", material.credential, ("materials", at, "credential")
    yield from (("rules", ref.rules, place) for ref, place in _asked(value))


def _asked(value: MatterDeclaration) -> Iterator[tuple[DecisionRef, Place]]:
    if value.decision is not None:
        yield value.decision, ("decision",)
    if value.fee.decision is not None:
        yield value.fee.decision, ("fee", "decision")
    if value.handling is not None and value.handling.instant is not None:
        yield value.handling.instant, ("handling", "instant")


def _decisions(declaration: Declaration[MatterDeclaration], known: Known) -> Iterator[Finding]:
    for ref, place in _asked(declaration.value):
        declared = known.value("rules", ref.rules)
        if declared is not None and ref.decision not in decisions.decisions_of(declared):
            zh, en = (
                f"规则 {ref.rules} 里没有决策 {ref.decision}",
                f"the rules {ref.rules} have no decision {ref.decision}",
            )
            yield _finding(declaration, place, "matter-decision-unknown", zh, en)


def _fields(declaration: Declaration[MatterDeclaration], known: Known) -> Iterator[Finding]:
    for at, material in enumerate(declaration.value.materials):
        register = known.value("registers", material.register_) if material.field else None
        if register is not None and material.register_field not in {each.id for each in register.fields}:
            zh = f"基础库 {material.register_} 没有字段 {material.register_field}"
            en = f"the register {material.register_} has no field {material.register_field}"
            yield _finding(declaration, ("materials", at, "field"), "matter-field-unknown", zh, en)
    for at, system in enumerate(declaration.value.systems):
        if not SYSTEM.fullmatch(system):
            yield _finding(
                declaration,
                ("systems", at),
                "matter-system",
                f"{system} 不是系统编号",
                f"{system} is no system's id",
            )


def _finding(
    declaration: Declaration[MatterDeclaration], place: Place, rule: str, zh: str, en: str
) -> Finding:
    return Finding(
        file=str(declaration.file),
        line=declaration.line(*place),
        rule=rule,
        message=Words(zh=zh, en=en),
        advice=ADVICE[rule],
    )


ADVICE = {
    "matter-unknown-name": Words(zh="写已声明的名称，并在 needs 中写出它的包", en="use a name that a pack declares, and name that pack under needs"),
    "matter-decision-unknown": Words(zh="写规则文件里已有的决策名", en="name a decision of the rule file"),
    "matter-field-unknown": Words(zh="写作 基础库.字段，字段须在该基础库中", en="write register.field, with a field of that register"),
    "matter-feel": Words(zh="只用本事项情形的 id 和它们的选项", en="use the ids of this matter's situations and their choices only"),
    "matter-system": Words(zh="写作 S051 这样的编号", en="write an id such as S051"),
}  # fmt: skip
MATTERS = Part(
    folder="matters",
    schema=MatterDeclaration,
    key="matter",
    install=install,
    check=check,
    retire=retire,
    advice=ADVICE,
)


def install_words(declaration: Declaration[VocabularyDeclaration], installation: Installation) -> None:
    """Find matters by these words."""
    install_vocabulary(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def retire_words(old: VocabularyDeclaration, installation: Installation) -> None:
    """Find them without."""
    retire_vocabulary(vocabulary=old.vocabulary, by=installation.by, at=installation.at)


VOCABULARIES = Part(
    folder="vocabularies",
    schema=VocabularyDeclaration,
    key="vocabulary",
    install=install_words,
    retire=retire_words,
)
