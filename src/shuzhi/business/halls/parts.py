from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.business.halls.services.installing import install_hall, retire_hall
from shuzhi.business.halls.types import HallDeclaration
from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words

ADVICE = {
    "hall-unknown-office": Words(
        zh="写已声明的部门，并在 needs 中写出它的包", en="use an office that a pack declares, and name that pack under needs"
    ),
}  # fmt: skip


def install(declaration: Declaration[HallDeclaration], installation: Installation) -> None:
    """Make the hall what the pack says."""
    install_hall(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def retire(old: HallDeclaration, installation: Installation) -> None:
    """Give out no more numbers."""
    retire_hall(hall=old.hall, by=installation.by, at=installation.at)


def check(declarations: Sequence[Declaration[HallDeclaration]], known: Known) -> Iterable[Finding]:
    """The offices exist."""
    for declaration in declarations:
        value = declaration.value
        asked = [
            (value.office, ("office",)),
            *((name, ("offices", at)) for at, name in enumerate(value.offices)),
        ]
        for name, place in asked:
            if not known.has("offices", name):
                yield Finding(
                    file=str(declaration.file),
                    line=declaration.line(*place),
                    rule="hall-unknown-office",
                    message=Words(zh=f"offices 里没有 {name}", en=f"no {name} among offices"),
                )


HALLS = Part(
    folder="halls",
    schema=HallDeclaration,
    key="hall",
    install=install,
    check=check,
    retire=retire,
    advice=ADVICE,
)
