from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from shuzhi.foundation.parts import Declaration, Finding, Installation, Part
from shuzhi.foundation.words import Words
from shuzhi.pillars.policy import models
from shuzhi.pillars.policy.types import Basis, LawDeclaration


def install_law(declaration: Declaration[LawDeclaration], installation: Installation) -> None:
    """Make the law what the pack says."""
    law = declaration.value
    models.Law.objects.update_or_create(
        id=law.law,
        defaults={
            "title_zh": law.title.zh,
            "since": law.since,
            "until": law.until,
            "declared": law.model_dump(mode="json"),
            "pack": installation.pack,
        },
    )


def check_basis(
    laws: Sequence[LawDeclaration], bases: Sequence[Basis], *, file: Path, line: int
) -> Iterator[Finding]:
    """Every basis must rest on a law that some pack declares, with the day since which that law holds."""
    for basis in bases:
        law = next((law for law in laws if law.is_named_by(basis)), None)
        if law is None:
            words = Words(
                zh=f"依据“{basis.title}”不在法规库（laws/）中",
                en=f"the basis “{basis.title}” names no law that a pack declares in laws/",
            )
            yield Finding(file=str(file), line=line, rule="basis-unknown", message=words)
        elif law.since != basis.since:
            words = Words(
                zh=f"“{law.title.zh}”自 {law.since} 起施行，不是 {basis.since}",
                en=f"“{law.title.en}” holds since {law.since}, not {basis.since}",
            )
            yield Finding(file=str(file), line=line, rule="basis-since", message=words)


LAWS = Part(folder="laws", schema=LawDeclaration, key="law", install=install_law)
