from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.business.secops import models
from shuzhi.business.secops.checks import CHECKS
from shuzhi.business.secops.types import AccessRule, ControlSetDeclaration
from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words


def install_rule(declaration: Declaration[AccessRule], installation: Installation) -> None:
    """Make the rule what the pack says; incidents that it has raised stay."""
    models.Rule.objects.update_or_create(
        id=declaration.value.rule,
        defaults={"declared": declaration.value.model_dump(mode="json"), "pack": installation.pack},
    )


def retire_rule(old: AccessRule, installation: Installation) -> None:
    """Watch by it no longer; incidents that it has raised stay."""
    del installation
    models.Rule.objects.filter(id=old.rule).delete()


def check_rules(declarations: Sequence[Declaration[AccessRule]], known: Known) -> Iterable[Finding]:
    """Whoever handles an incident, and whoever works round the clock, are offices."""
    for declaration in declarations:
        value = declaration.value
        for key, names in (("office", (value.office,)), ("round_the_clock", value.round_the_clock)):
            for name in names:
                if not known.has("offices", name):
                    yield Finding(
                        file=str(declaration.file),
                        line=declaration.line(key),
                        rule="access-office-unknown",
                        message=Words(zh=f"没有部门 {name}", en=f"no office {name}"),
                    )


ACCESS_RULES = Part(
    folder="access-rules",
    schema=AccessRule,
    key="rule",
    install=install_rule,
    check=check_rules,
    retire=retire_rule,
)


def install_controls(declaration: Declaration[ControlSetDeclaration], installation: Installation) -> None:
    """Assess by it from now on; earlier assessments and statements stay."""
    models.ControlSet.objects.update_or_create(
        id=declaration.value.assessment,
        defaults={"declared": declaration.value.model_dump(mode="json"), "pack": installation.pack},
    )


def retire_controls(old: ControlSetDeclaration, installation: Installation) -> None:
    """Assess by it no longer."""
    del installation
    models.ControlSet.objects.filter(id=old.assessment).delete()


def check_controls(
    declarations: Sequence[Declaration[ControlSetDeclaration]], known: Known
) -> Iterable[Finding]:
    """A check that a control names is one of the platform's, and no control comes twice."""
    del known
    for declaration in declarations:
        seen: set[str] = set()
        for control in declaration.value.controls:
            if control.check is not None and control.check not in CHECKS:
                zh = f"平台没有核查 {control.check}；有：{'、'.join(sorted(CHECKS))}"
                en = f"the platform has no check {control.check}; there are: {', '.join(sorted(CHECKS))}"
                yield _fault(declaration, "control-check-unknown", zh, en)
            if control.control in seen:
                zh, en = f"测评项 {control.control} 重复", f"control {control.control} comes twice"
                yield _fault(declaration, "control-twice", zh, en)
            seen.add(control.control)


def _fault(declaration: Declaration[ControlSetDeclaration], rule: str, zh: str, en: str) -> Finding:
    return Finding(
        file=str(declaration.file),
        line=declaration.line("controls"),
        rule=rule,
        message=Words(zh=zh, en=en),
    )


ASSESSMENTS = Part(
    folder="assessments",
    schema=ControlSetDeclaration,
    key="assessment",
    install=install_controls,
    check=check_controls,
    retire=retire_controls,
)
