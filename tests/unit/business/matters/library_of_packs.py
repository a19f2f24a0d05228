"""The matters, everyday words and questions that the packs and the tests hold."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shuzhi.business.matters.library.indexing import Index
from shuzhi.business.matters.library.vocabulary import VocabularyDeclaration, together
from shuzhi.business.matters.types import MatterDeclaration

ROOT = Path(__file__).resolve().parents[4]


def read(file: Path) -> Any:
    """A file of a pack; scalars stay text, as the loader has them."""
    return yaml.load(file.read_text("utf-8"), yaml.BaseLoader)


@cache
def matters() -> tuple[MatterDeclaration, ...]:
    """Every matter of every pack."""
    files = sorted((ROOT / "packs").glob("*/*/matters/*.yaml"))
    return tuple(MatterDeclaration.model_validate(read(file)) for file in files)


def words() -> list[VocabularyDeclaration]:
    """Every list of everyday words."""
    files = sorted((ROOT / "packs").glob("*/*/vocabularies/*.yaml"))
    return [VocabularyDeclaration.model_validate(read(file)) for file in files]


@cache
def index() -> Index:
    """The index of all that."""
    return Index(matters(), together(words()))


def questions(name: str = "questions.yaml") -> list[tuple[str, frozenset[str]]]:
    """The questions of a list, each with the matters that answer it."""
    told = read(Path(__file__).with_name(name))
    topics = told.get("topics", {})
    return [
        (
            question,
            frozenset(
                one for each in answers for one in (topics[each[1:]] if each.startswith("@") else [each])
            ),
        )
        for question, *answers in told["questions"]
    ]


def unknown_answers() -> set[str]:
    """Answers in any list that no pack declares: a question that can't be answered counts against the search."""
    lists = sorted(each.name for each in Path(__file__).parent.glob("questions*.yaml"))
    wanted = {one for name in lists for _, answers in questions(name) for one in answers}
    return wanted - {each.matter for each in matters()}


def is_held_out(question: str) -> bool:
    """Whether a question is of the half for whose sake nothing was changed."""
    return hashlib.sha256(question.encode()).digest()[0] % 2 == 1


def rate(asked: list[tuple[str, frozenset[str]]], *, most: int = 3) -> tuple[float, list[str]]:
    """The share of questions whose answer is among the first, and those whose is not."""
    missed = [
        question
        for question, wanted in asked
        if not any(hit.matter in wanted for hit in index().find(question, most=most))
    ]
    return 1 - len(missed) / len(asked), missed
