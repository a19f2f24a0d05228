"""Grades (等级): a pack claims one, and answers for every rule of it with a scenario or a reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shuzhi.foundation.parts import Finding
from shuzhi.packs.faults import finding
from shuzhi.packs.reading import Read
from shuzhi.packs.scenarios.types import ScenarioDeclaration
from shuzhi.packs.types import GradeAnswer, GradeRule, PackGrade, rules_of

# Shown by the scenario itself, not by a claim about it.
SHOWN_BY = {GradeRule.REFUSALS: "refused", GradeRule.DEADLINES: "wait"}
# Access and cockpit a scenario can show; how a pack bears load no verification measures. A grade that nobody
# has checked is not given on somebody's word.
NO_GOLD = (
    "gold 暂不授予：access、cockpit 可由场景演示，load 还没有验收手段；请写 silver",
    "gold is not given yet: a scenario can show access and cockpit, but nothing measures load; claim silver",
)
ALWAYS = frozenset({GradeRule.INSTALLS})  # every verification installs the pack


def check_grades(read: Sequence[Read]) -> Iterator[Finding]:
    """What a pack claims is answered, rule by rule, by scenarios that are there."""
    for each in read:
        if each.manifest is not None:
            yield from _check(each)


def _check(read: Read) -> Iterator[Finding]:
    assert read.manifest is not None
    claimed = read.manifest.grade
    manifest, line = read.folder / "pack.yaml", read.manifest_lines.get(("grade",), 1)
    if claimed is PackGrade.GOLD:
        zh, en = NO_GOLD
        yield finding(manifest, line, "grade-gold", zh, en)
    if claimed is PackGrade.DRAFT and read.grading is None:
        return
    if read.grading is None:
        if not (read.folder / "grade.yaml").exists():
            zh, en = (
                f"等级写了 {claimed}，却没有 grade.yaml",
                f"the grade is {claimed}, but there is no grade.yaml",
            )
            yield finding(manifest, line, "grade-missing", zh, en)
        return
    if read.grading.grade is not claimed:
        zh = f"grade.yaml 写的是 {read.grading.grade}，pack.yaml 写的是 {claimed}"
        en = f"grade.yaml says {read.grading.grade}, pack.yaml says {claimed}"
        yield finding(
            read.folder / "grade.yaml", read.grading_lines.get(("grade",), 1), "grade-differs", zh, en
        )
    yield from _check_answers(read)


def _check_answers(read: Read) -> Iterator[Finding]:
    assert read.grading is not None
    file, lines = read.folder / "grade.yaml", read.grading_lines
    answered: set[GradeRule] = set()
    for index, answer in enumerate(read.grading.answers):
        place = lines.get(("answers", index), 1)
        if answer.rule in answered:
            yield finding(
                file, place, "grade-twice", f"{answer.rule} 答了两次", f"{answer.rule} is answered twice"
            )
        answered.add(answer.rule)
        for zh, en in _unproven(read, answer):
            yield finding(file, lines.get(("answers", index, "proof"), place), "grade-proof", zh, en)
    for rule in rules_of(read.grading.grade):
        if rule not in answered | ALWAYS:
            zh, en = f"没有回答 {rule}", f"nothing is said about {rule}"
            yield finding(file, lines.get(("answers",), 1), "grade-unanswered", zh, en)


def _unproven(read: Read, answer: GradeAnswer) -> Iterator[tuple[str, str]]:
    if answer.proof is None:
        if answer.rule is GradeRule.SCENARIOS:
            yield "scenarios 不能免除", "no pack is exempt from scenarios"
        return
    if answer.proof in read.broken.get("scenarios", ()):
        return
    found = [item.value for item in read.declarations["scenarios"]]
    proof = next((one for one in found if getattr(one, "scenario", None) == answer.proof), None)
    if not isinstance(proof, ScenarioDeclaration):
        yield f"没有场景 {answer.proof}", f"there is no scenario {answer.proof}"
        return
    word = SHOWN_BY.get(answer.rule)
    if word and not any(word in step.written for step in proof.steps):
        yield f"场景 {answer.proof} 里没有 {word}", f"the scenario {answer.proof} shows no {word}"
