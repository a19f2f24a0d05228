from __future__ import annotations

from shuzhi.business.secops import models
from shuzhi.business.secops.types import AccessRule
from shuzhi.foundation.parts import Declaration, Installation, Part


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


ACCESS_RULES = Part(
    folder="access-rules", schema=AccessRule, key="rule", install=install_rule, retire=retire_rule
)
