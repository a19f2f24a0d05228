"""The part of Solr's query syntax that CKAN's clients and harvesters send, as a condition on the catalog.

Words, "phrases", `field:value`, `field:(a OR b)`, `field:[from TO until]`, `+`, `-`, `AND`, `OR`, `NOT`, brackets. What
it does not know is refused, never ignored: a filter that is silently dropped gives more than was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Q

from shuzhi.data.opendata.ckan.errors import BadSearch
from shuzhi.data.opendata.ckan.moments import moment
from shuzhi.data.opendata.licences import LICENCES
from shuzhi.foundation.text import storable

MOST_TOKENS = 400
DEEPEST = 20
_TOKEN = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"(?:[~^][\d.]*)*|[\[{][^\]}]*[\]}]|[()]|[+-](?=\S)|(?:\\.|[^\s()"\[\]{}])+)'
)
_FIELD = re.compile(r"^(\*|[A-Za-z_][A-Za-z0-9_.]*):(.*)$", re.DOTALL)
_RANGE = re.compile(r"^([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])$")
_WEIGHT = re.compile(r"(?<=[^\\])([~^][\d.]*)+$")  # how much a word counts, or how loosely it is meant
# Never an empty Q: Django leaves that out of whatever it is joined with.
EVERYTHING, NOTHING = Q(pk__isnull=False), Q(pk__in=())
WORDS = frozenset({"text", "notes", "name_ngram", "title_ngram"})
# Fields that CKAN's index can have and that no data set here has.
NEVER = ("extras_", "vocab_", "res_extras_", "author_", "maintainer", "harvest_source_")


def condition(text: str, *, at: datetime) -> Q:
    """What a `q` or `fq` asks of an entry.

    Raises:
        BadSearch: it is not understood.
    """
    return _Reader(_tokens(storable(text).strip()), at).whole()


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None or len(found) == MOST_TOKENS:
            raise BadSearch(reason=text[:80], reason_zh=text[:80])
        found.append(token[1])
        place = token.end()
    return found


class _Reader:
    """Reads tokens from the front: clauses joined by OR, each a row of parts that must all hold."""

    def __init__(self, tokens: list[str], at: datetime) -> None:
        self.tokens, self.at, self.place, self.depth = tokens, at, 0, 0

    def whole(self) -> Q:
        found = self._either("")
        if self.place < len(self.tokens):
            self._refuse()
        return found

    def _either(self, field: str) -> Q:
        found = self._all(field)
        while self._take("OR", "||"):
            found |= self._all(field)
        return found

    def _all(self, field: str) -> Q:
        found = self._part(field)
        while self.place < len(self.tokens) and self._next() not in {"OR", "||", ")"}:
            self._take("AND", "&&")
            found &= self._part(field)
        return found

    def _part(self, field: str) -> Q:
        if self._take("-", "NOT", "!"):
            return ~self._part(field)
        if self._take("+"):
            return self._part(field)
        if self._take("("):
            return self._bracket(field)
        return self._term(field) if self.place < len(self.tokens) else EVERYTHING

    def _term(self, field: str) -> Q:
        token = self._next()
        self.place += 1
        if token in {")", "AND", "OR", "&&", "||"}:
            self._refuse()
        name, value = named.groups() if (named := _FIELD.match(token)) else (field, token)
        if value:
            return _means(name, value, self.at)
        if self.place == len(self.tokens):  # a field and nothing after it
            self._refuse()
        return self._bracket(name) if self._take("(") else self._part(name)

    def _bracket(self, field: str) -> Q:
        self.depth += 1
        if self.depth > DEEPEST:
            self._refuse()
        found = self._either(field)
        if not self._take(")"):
            self._refuse()
        self.depth -= 1
        return found

    def _next(self) -> str:
        return self.tokens[self.place]

    def _take(self, *wanted: str) -> bool:
        if self.place < len(self.tokens) and self.tokens[self.place] in wanted:
            self.place += 1
            return True
        return False

    def _refuse(self) -> None:
        said = " ".join(self.tokens)[:80]
        raise BadSearch(reason=said, reason_zh=said)


def _means(field: str, value: str, at: datetime) -> Q:
    plain = re.sub(r"\\(.)", r"\1", _WEIGHT.sub("", value).removeprefix('"').removesuffix('"'))
    if field in {"", "*"} or field in WORDS:
        word = plain.replace("*", "").upper()
        return Q(search_text__contains=word) if word and plain != "*:*" else EVERYTHING
    if field in MOMENTS:
        return EVERYTHING if plain == "*" else _within(MOMENTS[field], plain, at)
    if field not in FIELDS and field.startswith(NEVER):
        return NOTHING
    if field not in FIELDS:
        raise BadSearch(reason=f"unknown field {field[:40]}", reason_zh=f"没有检索字段 {field[:40]}")
    return EVERYTHING if plain in {"*", "[* TO *]"} else FIELDS[field](plain)


def _column(name: str) -> Callable[[str], Q]:
    def test(value: str) -> Q:
        if value.endswith("*"):
            return Q(**{f"{name}__startswith": value.rstrip("*")})
        return Q(**{name: value})

    return test


def _member(name: str, *, lower: bool = False) -> Callable[[str], Q]:
    return lambda value: Q(**{f"{name}__contains": [value.lower() if lower else value]})


def _constant(*right: str) -> Callable[[str], Q]:
    return lambda value: EVERYTHING if value.lower() in right else NOTHING


def _licence(value: str) -> Q:
    ids = [licence for licence in LICENCES if licence == value]
    return Q(declared__licence__in=ids) if ids else NOTHING


def _title(value: str) -> Q:
    """Words of the title; the words' index finds the few that are then read."""
    word = value.replace("*", "")
    if not word:
        return EVERYTHING
    titles = Q(title_zh__icontains=word) | Q(title_en__icontains=word)
    return Q(search_text__contains=word.upper()) & titles


def _within(column: str, value: str, at: datetime) -> Q:
    """A time, or a span of times: `[` and `]` count their bounds in, `{` and `}` leave them out."""
    bounds = _RANGE.match(value)
    if bounds is None:
        return Q(**{column: moment(value, now=at)})
    opens, since, until, closes = bounds.groups()
    found = EVERYTHING
    if since != "*":
        found &= Q(**{f"{column}__{'gte' if opens == '[' else 'gt'}": moment(since, now=at)})
    if until != "*":
        found &= Q(**{f"{column}__{'lte' if closes == ']' else 'lt'}": moment(until, now=at)})
    return found


MOMENTS = {"metadata_modified": "modified_at", "metadata_created": "proposed_at"}
FIELDS: Mapping[str, Callable[[str], Q]] = {
    "id": _column("id"),
    "name": _column("id"),
    "organization": _column("owner"),
    "owner_org": _column("owner"),
    "groups": _column("theme"),
    "opening": _column("opening"),
    "tags": _member("tags"),
    "res_format": _member("formats", lower=True),
    "license_id": _licence,
    "title": _title,
    "title_string": _column("title_zh"),
    "author": _column("publisher"),
    "extras_opening": _column("opening"),
    "extras_update": _column("update"),
    "extras_tier": _column("tier"),
    "extras_node": _column("node"),
    "state": _constant("active"),
    "capacity": _constant("public"),
    "private": _constant("false"),
    "type": _constant("dataset"),
    "dataset_type": _constant("dataset"),
    "entity_type": _constant("package"),
}
