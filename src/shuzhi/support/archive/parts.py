from __future__ import annotations

from collections.abc import Iterable, Sequence

from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
from shuzhi.foundation.words import Words
from shuzhi.support.archive.types import ArchiveDeclaration


def install(declaration: Declaration[ArchiveDeclaration], installation: Installation) -> None:
    """Archive cases of this kind from now on."""
    from shuzhi.support.archive.services import install_kind

    install_kind(
        declaration=declaration.value, pack=installation.pack, by=installation.by, at=installation.at
    )


def retire(old: ArchiveDeclaration, installation: Installation) -> None:
    """Archive no more of this kind."""
    from shuzhi.support.archive.services import install_kind

    install_kind(
        declaration=old, pack=installation.pack, active=False, by=installation.by, at=installation.at
    )


def check(declarations: Sequence[Declaration[ArchiveDeclaration]], known: Known) -> Iterable[Finding]:
    """The loop or process is declared."""
    for each in declarations:
        for folder, key, name in (
            ("loops", "loop", each.value.loop),
            ("processes", "process", each.value.process),
        ):
            if name and not known.has(folder, name):
                yield Finding(
                    file=str(each.file), line=each.line(key), rule=f"archive-{key}-unknown",
                    message=Words(zh=f"没有 {name}", en=f"there is no {key} {name}"),
                    advice=ADVICE[f"archive-{key}-unknown"],
                )  # fmt: skip


ADVICE = {
    "archive-loop-unknown": Words(zh="写 loops 下已声明的闭环，并在 needs 中写出它的包", en="name a loop that a pack declares, and its pack under needs"),
    "archive-process-unknown": Words(zh="写 processes 下已声明的流程，并在 needs 中写出它的包", en="name a process that a pack declares, and its pack under needs"),
}  # fmt: skip
ARCHIVES = Part(
    folder="archives",
    schema=ArchiveDeclaration,
    key="archive",
    install=install,
    check=check,
    retire=retire,
    advice=ADVICE,
)
