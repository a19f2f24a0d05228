from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from shuzhi.foundation.parts import Declaration, Finding, Installation, Known, Part
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


def check_laws(declarations: Sequence[Declaration[LawDeclaration]], known: Known) -> Iterator[Finding]:
    """A law ends after it begins, and stands once."""
    del known
    named: dict[str, Path] = {}
    for declaration in declarations:
        law = declaration.value
        if law.until is not None and law.until <= law.since:
            words = Words(
                zh=f"废止日 {law.until} 不晚于施行日 {law.since}",
                en=f"it ends on {law.until}, which is not after {law.since}",
            )
            yield Finding(str(declaration.file), declaration.line("until"), "law-ends-early", words)
        first = named.setdefault(law.title.zh, declaration.file)
        if first != declaration.file:
            words = Words(zh=f"同名法规已在 {first}", en=f"a law of this title is already in {first}")
            yield Finding(str(declaration.file), declaration.line("title"), "law-twice", words)


LAWS = Part(folder="laws", schema=LawDeclaration, key="law", install=install_law, check=check_laws)
