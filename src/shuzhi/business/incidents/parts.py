from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.business.incidents.services.installing import install_desk, retire_desk
from shuzhi.business.incidents.types import DeskDeclaration
from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words

ADVICE = {
    "desk-unknown-name": Words(
        zh="写已声明的名称，并在 needs 中写出它的包", en="use a name that a pack declares, and name that pack under needs"
    ),
}  # fmt: skip


def install(declaration: Declaration[DeskDeclaration], installation: Installation) -> None:
    """Make the desk what the pack says."""
    install_desk(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def retire(old: DeskDeclaration, installation: Installation) -> None:
    """Take nothing more in."""
    retire_desk(desk=old.desk, by=installation.by, at=installation.at)


def check(declarations: Sequence[Declaration[DeskDeclaration]], known: Known) -> Iterable[Finding]:
    """Office, loop, rules and data sets exist."""
    for declaration in declarations:
        value = declaration.value
        asked = [
            ("offices", value.office, ("office",)),
            ("loops", value.loop, ("loop",)),
            ("rules", value.rules, ("rules",)),
            *(("datasets", one.dataset, ("imports", at, "dataset")) for at, one in enumerate(value.imports)),
        ]
        for folder, name, place in asked:
            if not known.has(folder, name):
                yield Finding(
                    file=str(declaration.file),
                    line=declaration.line(*place),
                    rule="desk-unknown-name",
                    message=Words(zh=f"{folder} 里没有 {name}", en=f"no {name} among {folder}"),
                )


DESKS = Part(
    folder="incidents",
    schema=DeskDeclaration,
    key="desk",
    install=install,
    check=check,
    retire=retire,
    advice=ADVICE,
)
