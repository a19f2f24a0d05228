"""Grouping records into entities by declared rules, and giving each group an id that survives rebuilds.

The first rule is the strong one (an identifier such as the USCC). A weaker rule (name and district) may add
records to an entity but never joins two entities whose strong identifiers differ: two firms may share a name.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shuzhi.data.linkage.types import Ambiguity, MatchRule, Normalise, Record, Resolution
from shuzhi.pillars.standards.validators import full_to_half, normalise_firm_name

NAMESPACE = uuid.UUID("7d1f3c1e-6d0b-5a0e-9a63-3f1f0b3c5c11")


def resolve(
    *,
    register: str,
    records: Sequence[Record],
    rules: Sequence[MatchRule],
    known: Mapping[str, str],
) -> Resolution:
    """Group `records` by `rules`, and name the groups.

    `known` maps record ids to the entity ids of the last build: a group keeps the id that most of its
    records had. A new group's id follows from its first record, so that two nodes that see the same
    records give the same id.
    """
    groups = _Groups(records, rules[0])
    ambiguities = [ambiguity for rule in rules for ambiguity in groups.join(rule)]
    named = _name_groups(register, groups.members(), known)
    return Resolution(entities=named, ambiguities=tuple(ambiguities))


def comparable(value: str | None, how: Normalise) -> str | None:
    """A value as it is compared; None when there is nothing to compare."""
    if value is None or not value.strip():
        return None
    text = full_to_half(value).strip()
    if how is Normalise.UPPER:
        return text.upper()
    if how is Normalise.FIRM_NAME:
        return normalise_firm_name(value)
    if how is Normalise.DIGITS:
        return "".join(character for character in text if character.isdigit()) or None
    return text


class _Groups:
    """Union-find over records, where each group remembers its strong identifiers."""

    def __init__(self, records: Sequence[Record], strong: MatchRule) -> None:
        self.records = records
        self.parent = list(range(len(records)))
        self.strong = strong
        self.identity = [_key(record, strong) for record in records]

    def find(self, index: int) -> int:
        while self.parent[index] != index:
            self.parent[index] = self.parent[self.parent[index]]
            index = self.parent[index]
        return index

    def union(self, one: int, other: int) -> None:
        root, child = sorted((self.find(one), self.find(other)))
        self.parent[child] = root
        self.identity[root] = self.identity[root] or self.identity[child]

    def join(self, rule: MatchRule) -> Iterable[Ambiguity]:
        """Join what the rule says belongs together; yields what it cannot decide."""
        for indices in _by_key(self.records, rule).values():
            identities = {self.identity[self.find(index)] for index in indices} - {None}
            if len(identities) <= 1:
                for index in indices[1:]:
                    self.union(indices[0], index)
                continue
            yield from self._undecided(indices, rule, identities)

    def members(self) -> list[list[Record]]:
        groups: dict[int, list[Record]] = defaultdict(list)
        for index, record in enumerate(self.records):
            groups[self.find(index)].append(record)
        return list(groups.values())

    def _undecided(
        self, indices: list[int], rule: MatchRule, identities: Iterable[tuple[str, ...] | None]
    ) -> Iterable[Ambiguity]:
        names = tuple(sorted("/".join(identity) for identity in identities if identity))
        for index in indices:
            if self.identity[self.find(index)] is None:
                yield Ambiguity(record=self.records[index].id, rule=rule.by, identifiers=names)


def _by_key(records: Sequence[Record], rule: MatchRule) -> dict[tuple[str, ...], list[int]]:
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        key = _key(record, rule)
        if key is not None:
            found[key].append(index)
    return found


def _key(record: Record, rule: MatchRule) -> tuple[str, ...] | None:
    parts = []
    for name in rule.by:
        part = comparable(record.values.get(name), rule.normalise.get(name, Normalise.NONE))
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _name_groups(
    register: str, groups: Iterable[list[Record]], known: Mapping[str, str]
) -> dict[str, tuple[Record, ...]]:
    named: dict[str, tuple[Record, ...]] = {}
    # Larger groups choose first: after a split the larger part keeps the id.
    for group in sorted(groups, key=lambda group: (-len(group), group[0].id)):
        name = _known_name(group, known, taken=named) or _new_name(register, group, taken=named)
        named[name] = tuple(group)
    return named


def _known_name(group: list[Record], known: Mapping[str, str], taken: Mapping[str, object]) -> str | None:
    votes = Counter(known[record.id] for record in group if record.id in known)
    for name, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if name not in taken:
            return name
    return None


def _new_name(register: str, group: list[Record], taken: Mapping[str, object]) -> str:
    seed = min(record.id for record in group)
    name = str(uuid.uuid5(NAMESPACE, f"{register}/{seed}"))
    while name in taken:
        seed += "'"
        name = str(uuid.uuid5(NAMESPACE, f"{register}/{seed}"))
    return name
