"""The parser's place in the tokens, and the names in scope there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from shuzhi.support.decisions.feel.errors import FeelSyntaxError
from shuzhi.support.decisions.feel.names import NAME_SIGNS, Names, Trie, is_plain, joined
from shuzhi.support.decisions.feel.nodes import Node, Span
from shuzhi.support.decisions.feel.tokens import END, NUMBER, SIGN, STRING, WORD, Text, Token, tokens_of


class Cursor:
    """Reads tokens one by one and knows which names are declared."""

    def __init__(self, source: Text, names: Names, depth: int) -> None:
        """Begin at the first token."""
        self.source = source
        self.names = names
        self.tokens = tokens_of(source)
        self.at = 0
        self.level = 0
        self.depth = depth
        # The keys of all contexts read so far: they may come after a dot.
        self.keys = Trie()
        self.scopes: list[Trie] = list(names.scopes())
        # Opening brackets that turned out to close a range: `]1..5[`. Kept, so that nothing is tried twice.
        self.closings: set[int] = set()

    @property
    def token(self) -> Token:
        """The token to read next."""
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        """A later token; past the end it is the end."""
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def sees(self, *texts: str) -> bool:
        """Whether the next token is one of these words or signs."""
        return self.token.text in texts and self.token.kind not in (STRING, END)

    def take(self, text: str) -> bool:
        """Go past the next token if it is this one."""
        if self.sees(text):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Go past the next token, which must be this one."""
        token = self.token
        if not self.take(text):
            raise self.fault(f"“{text}”", f"“{text}”")
        return token

    def fault(self, expected: str, expected_zh: str) -> FeelSyntaxError:
        """The error that something else was expected here."""
        return self.source.fault(self.token.start, expected, expected_zh, self.token.text[:40])

    def span_from(self, start: int) -> Span:
        """From a place in the text to the end of the token read last."""
        return self.source.span(start, self.tokens[self.at - 1].end if self.at else start)

    def end_of(self, node: Node) -> Span:
        """From a node's start to the end of the token read last."""
        return Span(node.span.start, self.tokens[self.at - 1].end, node.span.line, node.span.column)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level deeper; too many are refused."""
        self.level += 1
        if self.level > self.depth:
            raise self.fault(f"at most {self.depth} levels", f"嵌套不超过 {self.depth} 层")
        try:
            yield
        finally:
            self.level -= 1

    @contextmanager
    def declared(self, names: Iterable[str] | Trie) -> Iterator[Trie]:
        """Within this block these names are in scope too."""
        trie = names if isinstance(names, Trie) else Trie(names)
        self.scopes.append(trie)
        try:
            yield trie
        finally:
            self.scopes.pop()

    def longest_name(self) -> tuple[int, str] | None:
        """The longest declared name that begins here; among equals the innermost."""
        best: tuple[int, str] | None = None
        for trie in reversed(self.scopes):
            found = trie.longest(self.tokens, self.at)
            if found and (best is None or found[0] > best[0]):
                best = found
        return best

    def read_reference(self) -> tuple[str, bool]:
        """A name in an expression: its normal form, and whether it is declared.

        Two words side by side are never anything but one name, so a name goes on as far as words go.
        """
        found = self.longest_name()
        start = self.at
        self.at += found[0] if found else 1
        if not self._goes_on():
            return (found[1], True) if found else (self.tokens[start].text, False)
        while self._goes_on():
            self.at += 1
        return joined(self.tokens[start : self.at]), False

    def read_member(self) -> str:
        """The name after a dot: a known component, or words as far as they go."""
        if self.token.kind != WORD:
            raise self.fault("the name of a component", "组成部分的名称")
        known = [trie.longest(self.tokens, self.at) for trie in (self.names.members, self.keys)]
        found = max((each for each in known if each), default=None)
        start = self.at
        self.at += found[0] if found else 1
        while self._goes_on():
            self.at += 1
        return joined(self.tokens[start : self.at])

    def _goes_on(self) -> bool:
        token = self.token
        if token.kind == NUMBER:
            return not token.text.startswith(".")
        return token.kind == WORD and is_plain(token) and token.text != "?"

    def read_key(self, *ends: str, expected: str, expected_zh: str) -> str:
        """A name that is being declared: everything up to one of the ends, which stays unread."""
        start = self.at
        if self.token.kind != WORD or self.sees(*ends):
            raise self.fault(expected, expected_zh)
        while not self.sees(*ends):
            token = self.token
            if token.kind not in (WORD, NUMBER) and not (token.kind == SIGN and token.text in NAME_SIGNS):
                raise self.fault(
                    " or ".join(f"“{end}”" for end in ends), "或".join(f"“{end}”" for end in ends)
                )
            self.at += 1
        return joined(self.tokens[start : self.at])

    def key_ahead(self) -> bool:
        """Whether a name and a colon come next, as in `f(start position: 2)`."""
        at = self.at
        if self.tokens[at].kind != WORD:
            return False
        while self.tokens[at].kind in (WORD, NUMBER) or self.tokens[at].text in NAME_SIGNS:
            at += 1
        return self.tokens[at].kind == SIGN and self.tokens[at].text == ":"
