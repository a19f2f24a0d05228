"""The index of matters: made once for what is installed, asked in memory (BM25 over weighted fields)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from operator import itemgetter

from shuzhi.business.matters.library.vocabulary import Vocabulary
from shuzhi.business.matters.library.wording import Plain, folded, initials, tokens
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.business.matters.zones import TITLES, Zone

TITLE, ALIAS, SUMMARY, SITUATION, ZONE = 3.0, 2.0, 1.0, 0.4, 0.5
SATURATION = 1.6
LENGTH = 0.55
COVERAGE = 14.0
FAINT = 0.5
INITIALS = 30.0
RERANKED = 30
LONGEST = 250  # of a token, so many matters that it says most of are kept
LEAST_INITIALS = 2
COMMON = 0.3  # single characters in more matters than this share say nothing
Tokens = dict[str, float]
WHOLE = ""  # no token is empty
JOURNEY = 1.03  # of two that fit alike, the one thing (一件事) comes first


@dataclass(frozen=True)
class Hit:
    """A matter that was found, how well it fits, and by which of its phrases."""

    matter: str
    score: float
    phrase: str


@dataclass(frozen=True)
class _Phrase:
    text: str
    tokens: Mapping[str, float]
    worth: float = 0.0


class Index:
    """Matters by what they are found by."""

    def __init__(self, matters: Iterable[MatterDeclaration], vocabulary: Vocabulary) -> None:
        """Read every matter once."""
        self._vocabulary, self._plain = vocabulary, Plain(vocabulary.fillers)
        self._faint = frozenset(token for word in vocabulary.faint for token in tokens(folded(word)))
        self._matters: list[MatterDeclaration] = []
        self._phrases: list[tuple[_Phrase, ...]] = []
        self._initials: dict[str, list[int]] = defaultdict(list)
        counted: list[Tokens] = []
        for number, matter in enumerate(matters):
            self._matters.append(matter)
            self._phrases.append(tuple(self._phrase(each) for each in dict.fromkeys(_names(matter))))
            counted.append(self._counted(matter, self._phrases[number]))
            for start in {initials(each.text)[:8] for each in self._phrases[number]}:
                self._initials[start].append(number)
        self._named = {each.matter: each for each in self._matters}
        self.idf = _idf(counted)
        self._postings = _postings(counted, self.idf)
        self._phrases = [tuple(self._weighed(each) for each in named) for named in self._phrases]

    def __len__(self) -> int:
        return len(self._matters)

    def matter(self, name: str) -> MatterDeclaration:
        """A matter that was found."""
        return self._named[name]

    def find(self, question: str, *, most: int, zone: Zone | None = None, subject: str = "") -> list[Hit]:
        """The matters that fit a question best."""
        said = self._plain(question)
        scores = self._scored(self._asked(question, said))
        own = self._worths(said)
        fitting: Iterable[int] = scores
        if zone is not None or subject:
            fitting = [each for each in scores if self._fits(self._matters[each], zone, subject)]
        best = _first(scores, fitting)
        hits = [self._hit(number, scores[number], own) for number in best]
        hits += (
            each for each in self._by_initials(said) if self._fits(self._named[each.matter], zone, subject)
        )
        return _best(hits, most)

    @staticmethod
    def _fits(matter: MatterDeclaration, zone: Zone | None, subject: str) -> bool:
        return (zone is None or zone in matter.zones) and (not subject or subject in matter.subjects)

    def _asked(self, question: str, said: str) -> Tokens:
        """The question's own words, and what they mean in everyday speech."""
        asked = self._told(said)
        for meant, weight in self._vocabulary.meant(folded(question)):
            for token, own in self._told(self._plain(meant)).items():
                asked[token] = max(asked.get(token, 0.0), own * weight)
        return asked

    def _told(self, text: str) -> Tokens:
        """What a question says, faintly where it only says who."""
        return {
            token: weight * (FAINT if token in self._faint else 1.0) for token, weight in tokens(text).items()
        }

    def _scored(self, asked: Mapping[str, float]) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        for token, weight in asked.items():
            for number, worth in self._postings.get(token, ()):
                scores[number] += weight * worth
        return scores

    def _hit(self, number: int, score: float, own: Tokens) -> Hit:
        covered, phrase = max(
            ((_overlap(own, each), each.text) for each in self._phrases[number]),
            key=lambda each: each[0],
        )
        matter = self._matters[number]
        bonus = JOURNEY if matter.is_journey else 1.0
        return Hit(matter.matter, (score + COVERAGE * covered) * bonus, phrase)

    def _worths(self, said: str) -> Tokens:
        """What the question's own words are worth, and all of them together; words in no matter count too."""
        worths = {token: weight * self.idf.get(token, 1.0) for token, weight in self._told(said).items()}
        return {**worths, WHOLE: sum(worths.values())}

    def _by_initials(self, said: str) -> Iterator[Hit]:
        """Matters whose names begin with these first letters: sfz is 身份证."""
        bare = said.replace(" ", "")
        if bare.isascii() and bare.isalpha() and LEAST_INITIALS <= len(bare) <= 8:  # noqa: PLR2004
            for start, numbers in self._initials.items():
                if start.startswith(bare):
                    worth = INITIALS * len(bare) / max(len(start), 1)
                    for number in numbers:
                        yield Hit(self._matters[number].matter, worth, "")

    def _phrase(self, text: str) -> _Phrase:
        return _Phrase(text, tokens(self._plain(text)))

    def _weighed(self, phrase: _Phrase) -> _Phrase:
        worths = {token: weight * self.idf.get(token, 0.0) for token, weight in phrase.tokens.items()}
        return _Phrase(phrase.text, worths, sum(worths.values()) or 1.0)

    def _counted(self, matter: MatterDeclaration, named: Iterable[_Phrase]) -> Tokens:
        counted: Tokens = defaultdict(float)
        titles = {matter.title.zh, folded(matter.title.en)}
        read = [(each.tokens, TITLE if each.text in titles else ALIAS) for each in named]
        read += [(tokens(self._plain(text)), weight) for text, weight in _texts(matter)]
        for found, weight in read:
            for token, own in found.items():
                counted[token] += own * weight
        return counted


def _names(matter: MatterDeclaration) -> Iterator[str]:
    yield matter.title.zh
    yield folded(matter.title.en)
    yield from matter.aliases


def _texts(matter: MatterDeclaration) -> Iterator[tuple[str, float]]:
    # Sentences are read piece by piece: a text is cut at a length that no sentence reaches.
    for text in (matter.summary.zh, matter.summary.en):
        yield from ((text[at : at + 150], SUMMARY) for at in range(0, len(text), 150))
    for situation in matter.situations:
        yield from ((each.title.zh, SITUATION) for each in situation.choices)
        yield from ((each.title.en, SITUATION) for each in situation.choices)
    yield from ((TITLES[each].zh, ZONE) for each in matter.zones)


def _idf(counted: Sequence[Tokens]) -> dict[str, float]:
    total = len(counted) or 1
    seen = Counter(token for each in counted for token in each)
    return {
        token: math.log(1 + (total - count + 0.5) / (count + 0.5))
        for token, count in seen.items()
        if len(token) > 1 or count <= COMMON * total
    }


def _postings(counted: Sequence[Tokens], idf: Mapping[str, float]) -> dict[str, list[tuple[int, float]]]:
    lengths = [sum(each.values()) for each in counted]
    average = (sum(lengths) / len(lengths) if lengths else 1.0) or 1.0
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, each in enumerate(counted):
        long = SATURATION * (1 - LENGTH + LENGTH * lengths[number] / average)
        for token, count in each.items():
            if token in idf:
                postings[token].append((number, idf[token] * count * (SATURATION + 1) / (count + long)))
    return {token: nlargest(LONGEST, each, key=itemgetter(1)) for token, each in postings.items()}


def _first(scores: Mapping[int, float], fitting: Iterable[int]) -> list[int]:
    """The best that are to be looked at again; by the lowest score that is enough, which is sooner than by sorting all."""
    numbers = list(fitting)
    enough = min(nlargest(RERANKED, map(scores.__getitem__, numbers)), default=0.0)
    return sorted(
        (each for each in numbers if scores[each] >= enough), key=lambda each: (-scores[each], each)
    )[:RERANKED]


def _overlap(own: Tokens, phrase: _Phrase) -> float:
    """How much of a phrase and of a question are the same, from 0 to 1, rare parts counting more."""
    worths = phrase.tokens
    shared = math.fsum(min(own[token], worths[token]) for token in own.keys() & worths.keys())
    return 2 * shared / (own[WHOLE] + phrase.worth) if shared else 0.0


def _best(hits: Iterable[Hit], most: int) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.matter not in best or best[hit.matter].score < hit.score:
            best[hit.matter] = hit
    return sorted(best.values(), key=lambda each: (-each.score, each.matter))[:most]
