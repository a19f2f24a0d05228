from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.business.secops import models
from shuzhi.business.secops.types import AccessRule
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
