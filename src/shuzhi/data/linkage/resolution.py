"""Grouping records into entities by declared rules, and giving each group an id that survives rebuilds.

The first rule is the strong one (an identifier such as the USCC). A weaker rule (name and district) may add
records to an entity but never joins two entities whose strong identifiers differ: two firms may share a name.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

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
    records give the same id. The order in which records come decides nothing.
    """
    groups = _Groups(sorted(records, key=lambda record: (record.id, record.seq, record.row)), rules[0])
    ambiguities = [ambiguity for rule in rules[1:] for ambiguity in groups.join(rule)]
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


Identity = tuple[str, ...]


class _Forest:
    """Union-find: which of the first `size` numbers hang together; the smallest one names a group."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))

    def find(self, index: int) -> int:
        while self.parent[index] != index:
            self.parent[index] = self.parent[self.parent[index]]
            index = self.parent[index]
        return index

    def union(self, one: int, other: int) -> int:
        root, child = sorted((self.find(one), self.find(other)))
        self.parent[child] = root
        return root


class _Groups:
    """Records in groups, each of which has at most one strong identifier."""

    def __init__(self, records: Sequence[Record], strong: MatchRule) -> None:
        self.records = records
        self.forest = _Forest(len(records))
        self.identity: list[Identity | None] = [_key(record, strong) for record in records]
        for indices in _by_key(records, strong).values():
            self._unite(indices)

    def join(self, rule: MatchRule) -> Iterable[Ambiguity]:
        """Join by a weaker rule; yields the records that it would give to more than one entity.

        Groups without an identifier that meet under some key are looked at together: with one identifier
        among all they meet, they join it; with several, each stays what it was.
        """
        buckets = [
            sorted({self.forest.find(index) for index in found})
            for found in _by_key(self.records, rule).values()
        ]
        loose = _Forest(len(self.records))
        for bucket in buckets:
            nameless = [root for root in bucket if self.identity[root] is None]
            for root in nameless[1:]:
                loose.union(nameless[0], root)
        gathered: dict[int, set[int]] = defaultdict(set)
        for bucket in buckets:
            for root in bucket:
                if self.identity[root] is None:
                    gathered[loose.find(root)].update(bucket)
        doubtful: dict[int, tuple[str, ...]] = {}
        for roots in gathered.values():
            doubtful |= self._decide(sorted(roots))
        for index, record in enumerate(self.records):
            if (root := self.forest.find(index)) in doubtful:
                yield Ambiguity(record=record.id, rule=rule.by, identifiers=doubtful[root])

    def members(self) -> list[list[Record]]:
        """The records of every group."""
        groups: dict[int, list[Record]] = defaultdict(list)
        for index, record in enumerate(self.records):
            groups[self.forest.find(index)].append(record)
        return list(groups.values())

    def _decide(self, roots: list[int]) -> dict[int, tuple[str, ...]]:
        """Join groups, or say between which identifiers each nameless one of them cannot choose."""
        identities = {identity for root in roots if (identity := self.identity[root]) is not None}
        if len(identities) <= 1:
            self._unite(roots)
            return {}
        names = tuple(sorted("/".join(identity) for identity in identities))
        return {root: names for root in roots if self.identity[root] is None}

    def _unite(self, indices: Sequence[int]) -> None:
        for index in indices[1:]:
            one, other = self.forest.find(indices[0]), self.forest.find(index)
            identity = self.identity[one] or self.identity[other]
            self.identity[self.forest.union(one, other)] = identity


def _by_key(records: Sequence[Record], rule: MatchRule) -> dict[Identity, list[int]]:
    found: dict[Identity, list[int]] = defaultdict(list)
    for index, record in enumerate(records):
        key = _key(record, rule)
        if key is not None:
            found[key].append(index)
    return found


def _key(record: Record, rule: MatchRule) -> Identity | None:
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
    # Larger groups choose first: after a split the larger part keeps the id.
    waiting = sorted(groups, key=lambda group: (-len(group), group[0].id))
    named: dict[str, tuple[Record, ...]] = {}
    nameless = []
    for group in waiting:
        name = _known_name(group, known, taken=named)
        if name is None:
            nameless.append(group)
        else:
            named[name] = tuple(group)
    # A new entity takes no id that an entity had before, or what referred to the old one would mislead.
    used = {*known.values(), *named}
    for group in nameless:
        name = _new_name(register, group, used)
        used.add(name)
        named[name] = tuple(group)
    return named


def _known_name(group: list[Record], known: Mapping[str, str], taken: Mapping[str, object]) -> str | None:
    votes = Counter(known[record.id] for record in group if record.id in known)
    for name, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
        if name not in taken:
            return name
    return None


def _new_name(register: str, group: list[Record], used: Collection[str]) -> str:
    seed = min(record.id for record in group)
    name = str(uuid.uuid5(NAMESPACE, f"{register}/{seed}"))
    while name in used:
        seed += "'"
        name = str(uuid.uuid5(NAMESPACE, f"{register}/{seed}"))
    return name
