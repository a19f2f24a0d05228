"""Names in scope: a name is a sequence of tokens, and the longest one that is declared wins (10.3.1.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.tokens import NUMBER, SIGN, STRING, WORD, Text, Token, tokens_of

RESERVED = frozenset(
    [
        "and",
        "or",
        "in",
        "between",
        "then",
        "else",
        "return",
        "satisfies",
        "instance",
        "if",
        "for",
        "some",
        "every",
        "function",
        "true",
        "false",
        "null",
        "not",
    ]
)
NAME_SIGNS = frozenset("./-+*'\u2019") | {"**"}
# What a path may ask of a date, a time, a duration or a range (table 65).
PROPERTIES = ("time offset", "start included", "end included")


def joined(tokens: Iterable[Token]) -> str:
    """The normal form: one space between words that were apart, none around signs."""
    parts: list[str] = []
    last: Token | None = None
    for token in tokens:
        if last is not None and token.spaced and SIGN not in (last.kind, token.kind):
            parts.append(" ")
        parts.append(token.text)
        last = token
    return "".join(parts)


def normal_name(text: str) -> str:
    """The one form of a name, however it was spaced: "Phone   Number" is "Phone Number", "a - b" is "a-b"."""
    try:
        return joined(tokens_of(Text(text))[:-1])
    except FeelSyntaxError:
        return " ".join(text.split())


class Trie:
    """Names by their tokens; a node maps the next token to a node, and "" to the name that ends here."""

    __slots__ = ("root",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Take these names in."""
        self.root: dict[str, Any] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Take one name in; a text that is no name at all is left out."""
        try:
            tokens = tokens_of(Text(name))[:-1]
        except FeelSyntaxError:
            return
        if not tokens or any(token.kind == STRING for token in tokens):
            return
        node = self.root
        for token in tokens:
            node = node.setdefault(token.text, {})
        node[""] = joined(tokens)

    def longest(self, tokens: list[Token], at: int) -> tuple[int, str] | None:
        """The longest name that begins at a token: how many tokens, and its normal form."""
        node, found = self.root, None
        for length in range(1, len(tokens) - at + 1):
            token = tokens[at + length - 1]
            if token.kind == STRING or token.text not in node or not token.text:
                return found
            node = node[token.text]
            if "" in node:
                found = (length, node[""])
        return found


@dataclass(frozen=True, slots=True)
class Names:
    """What a text may speak of: variables, names of types, and the names of components after a dot."""

    variables: Trie
    members: Trie
    types: Trie
    more: tuple[Trie, ...] = field(default=())

    @classmethod
    def of(
        cls,
        variables: Iterable[str] | Mapping[str, Any] = (),
        *,
        types: Mapping[str, Any] | Iterable[str] = (),
    ) -> Names:
        """From the variables' names, with their types where they are known, and the named types."""
        known = [*_values(variables), *_values(types)]
        members = [name for each in known for name in _components(each)]
        return cls(Trie(variables), Trie([*members, *PROPERTIES]), Trie(types))

    def declaring(self, names: Iterable[str]) -> Names:
        """The same and these names too."""
        return Names(self.variables, self.members, self.types, (*self.more, Trie(names)))

    def scopes(self) -> tuple[Trie, ...]:
        """All tries of variables, the outermost first."""
        return (self.variables, *self.more)


def _values(names: Iterable[str] | Mapping[str, Any]) -> list[Any]:
    return list(names.values()) if isinstance(names, Mapping) else []


def _components(type_: Any) -> Iterator[str]:
    """The names of all components of a type, however deep; types are asked only for `components()`."""
    waiting, seen = [type_], set()
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen or not hasattr(each, "components"):
            continue
        seen.add(id(each))
        for name, below in each.components():
            if name:
                yield name
            waiting.append(below)


def is_plain(token: Token) -> bool:
    """Whether a token may go on a name that nobody declared."""
    return token.kind in (WORD, NUMBER) and token.text not in RESERVED
