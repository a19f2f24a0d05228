"""Everyday words as packs declare them (`vocabularies/*.yaml`): what says nothing, and what means the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.matters.library.wording import folded
from shuzhi.foundation.words import Words

SLUG = r"^[a-z][a-z0-9-]*$"


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Meaning(_Declared):
    """Who says one of these words means those: 走了 means 去世. With `same`, each word means the others."""

    say: tuple[str, ...] = ()
    mean: tuple[str, ...] = ()
    same: tuple[str, ...] = ()


class VocabularyDeclaration(_Declared):
    """A list of everyday words: `vocabularies/<id>.yaml`. Fillers say nothing; faint words say who, not what (公司, 孩子)."""

    vocabulary: str = Field(pattern=SLUG, max_length=60)
    title: Words
    fillers: tuple[str, ...] = ()
    faint: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()


MEANT = 0.55


@dataclass(frozen=True)
class Vocabulary:
    """All lists together."""

    fillers: frozenset[str] = frozenset()
    faint: frozenset[str] = frozenset()
    means: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def meant(self, text: str) -> Iterator[tuple[str, float]]:
        """What the words of a text mean, each with its weight; the longest words first, none twice."""
        if not self.means:
            return
        for found in self._pattern().finditer(text):
            for meant in self.means[found.group()]:
                yield meant, MEANT

    def _pattern(self) -> re.Pattern[str]:
        kept: re.Pattern[str] | None = self.__dict__.get("_kept")
        if kept is None:
            said = sorted(self.means, key=lambda each: (-len(each), each))
            kept = re.compile(
                "|".join(rf"\b{re.escape(each)}\b" if each.isascii() else re.escape(each) for each in said)
            )
            self.__dict__["_kept"] = kept
        return kept


def together(declarations: Iterable[VocabularyDeclaration]) -> Vocabulary:
    """Several lists as one."""
    fillers: set[str] = set()
    faint: set[str] = set()
    means: dict[str, dict[str, None]] = {}
    for declaration in declarations:
        fillers |= set(declaration.fillers)
        faint |= set(declaration.faint)
        for meaning in declaration.meanings:
            for said, meant in _pairs(meaning):
                means.setdefault(folded(said), {})[folded(meant)] = None
    return Vocabulary(
        frozenset(fillers), frozenset(faint), {said: tuple(each) for said, each in means.items()}
    )


def _pairs(meaning: Meaning) -> Iterator[tuple[str, str]]:
    yield from ((said, meant) for said in meaning.say for meant in meaning.mean)
    yield from ((said, meant) for said in meaning.same for meant in meaning.same if said != meant)
