"""Everyday words as packs declare them (`vocabularies/*.yaml`): what says nothing, and what means the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.matters.library.ages import OLDEST, ages
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


class Age(_Declared):
    """Who says an age from here to there means these words: eighty means 高龄津贴."""

    since: int = Field(ge=0, le=OLDEST)
    until: int = Field(ge=0, le=OLDEST)
    mean: tuple[str, ...]


class VocabularyDeclaration(_Declared):
    """A list of everyday words: `vocabularies/<id>.yaml`. Fillers say nothing; faint words say who, not what (公司, 孩子)."""

    vocabulary: str = Field(pattern=SLUG, max_length=60)
    title: Words
    fillers: tuple[str, ...] = ()
    faint: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    ages: tuple[Age, ...] = ()


MEANT = 0.55


@dataclass(frozen=True)
class Vocabulary:
    """All lists together."""

    fillers: frozenset[str] = frozenset()
    faint: frozenset[str] = frozenset()
    means: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ages: tuple[Age, ...] = ()

    def meant(self, text: str) -> Iterator[tuple[str, float]]:
        """What the words of a text mean, each with its weight; the longest words first, none twice."""
        for found in self._pattern().finditer(text) if self.means else ():
            yield from ((meant, MEANT) for meant in self.means[found.group()])
        for age in ages(text) if self.ages else ():
            yield from ((meant, MEANT) for meant in self._of_age(age))

    def _of_age(self, age: int) -> Iterator[str]:
        return (meant for each in self.ages if each.since <= age <= each.until for meant in each.mean)

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
    lived: list[Age] = []
    for declaration in declarations:
        fillers |= set(declaration.fillers)
        faint |= set(declaration.faint)
        lived += declaration.ages
        for meaning in declaration.meanings:
            for said, meant in _pairs(meaning):
                means.setdefault(folded(said), {})[folded(meant)] = None
    words = {said: tuple(each) for said, each in means.items()}
    return Vocabulary(frozenset(fillers), frozenset(faint), words, tuple(lived))


def _pairs(meaning: Meaning) -> Iterator[tuple[str, str]]:
    yield from ((said, meant) for said in meaning.say for meant in meaning.mean)
    yield from ((said, meant) for said in meaning.same for meant in meaning.same if said != meant)
