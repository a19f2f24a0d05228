"""Grouping records into entities by declared rules, and giving each group an id that survives rebuilds.

The first rule is the strong one (an identifier such as the USCC). A weaker rule (name and district) may add
records to an entity but never joins two entities whose strong identifiers differ: two firms may share a name.
What a source said of an entity earlier (a former name, a former address) is evidence for the weaker rules too.
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
    former: Sequence[Record] = (),
) -> Resolution:
    """Group `records` by `rules`, and name the groups.

    `former` are records as sources gave them earlier: they lead others to their entity and belong to none.

    `known` maps record ids to the entity ids of the last build: a group keeps the id that most of its
    records had. A new group's id follows from its first record, so that two nodes that see the same
    records give the same id. The order in which records come decides nothing.
    """
    now, before = (sorted(some, key=lambda one: (one.id, one.seq, one.row)) for some in (records, former))
    groups = _Groups([*now, *before], rules[0], current=len(now))
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
    """Records in groups, each of which has at most one strong identifier; those from `current` on are former ones."""

    def __init__(self, records: Sequence[Record], strong: MatchRule, *, current: int) -> None:
        self.records, self.current = records, current
        self.forest = _Forest(len(records))
        self.identity: list[Identity | None] = [_key(record, strong) for record in records]
        for indices in _by_key(records, strong).values():
            self._unite(indices)

    def join(self, rule: MatchRule) -> Iterable[Ambiguity]:
        """Join by a weaker rule; yields the records that it would give to more than one entity, or to none for sure.

        Groups without an identifier that meet under some key are looked at together: with one identifier
        among all they meet, they join it; with several, each stays what it was.
        """
        said = self._said(rule)
        doubtful: dict[int, tuple[str, ...]] = {}
        for roots in self._meetings(rule):
            doubtful |= self._decide(sorted(roots), said)
        for index, record in enumerate(self.records[: self.current]):
            if (root := self.forest.find(index)) in doubtful:
                yield Ambiguity(record=record.id, rule=rule.by, identifiers=doubtful[root])

    def members(self) -> list[list[Record]]:
        """The records of every group, former ones left out."""
        groups: dict[int, list[Record]] = defaultdict(list)
        for index, record in enumerate(self.records[: self.current]):
            groups[self.forest.find(index)].append(record)
        return list(groups.values())

    def _meetings(self, rule: MatchRule) -> Iterable[set[int]]:
        """For all nameless groups that hang together under a rule: those groups and whatever else they meet."""
        found = _by_key(self.records, rule).values()
        buckets = [sorted({self.forest.find(index) for index in indices}) for indices in found]
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
        return gathered.values()

    def _said(self, rule: MatchRule) -> dict[int, list[frozenset[str]]]:
        """What each group says in the fields of `unless`; empty where the rule has none."""
        said: dict[int, list[set[str]]] = {}
        for index, record in enumerate(self.records if rule.unless else ()):
            groups = said.setdefault(self.forest.find(index), [set() for _ in rule.unless])
            for values, name in zip(groups, rule.unless, strict=True):
                if value := comparable(record.values.get(name), rule.normalise.get(name, Normalise.NONE)):
                    values.add(value)
        return {root: [frozenset(values) for values in groups] for root, groups in said.items()}

    def _decide(
        self, roots: list[int], said: Mapping[int, list[frozenset[str]]]
    ) -> dict[int, tuple[str, ...]]:
        """Join groups, or say between which identifiers each nameless one of them cannot choose."""
        named = [root for root in roots if self.identity[root] is not None]
        nameless = [root for root in roots if self.identity[root] is None]
        identities = {identity for root in named if (identity := self.identity[root]) is not None}
        names = tuple(sorted("/".join(identity) for identity in identities))
        if len(identities) > 1:
            return dict.fromkeys(nameless, names)
        if not identities:
            if _all_agree([said.get(root, []) for root in nameless]):
                self._unite(nameless)
            return {}
        home = said.get(named[0], [])
        joining = [root for root in nameless if _all_agree([home, said.get(root, [])])]
        self._unite([*named, *joining])
        return dict.fromkeys((root for root in nameless if root not in joining), names)

    def _unite(self, indices: Sequence[int]) -> None:
        for index in indices[1:]:
            one, other = self.forest.find(indices[0]), self.forest.find(index)
            identity = self.identity[one] or self.identity[other]
            self.identity[self.forest.union(one, other)] = identity


def _all_agree(said: Sequence[list[frozenset[str]]]) -> bool:
    """Whether, field by field, those that say anything have something in common."""
    return all(
        len(given) < 2 or frozenset.intersection(*given)  # noqa: PLR2004 — one cannot differ
        for column in zip(*said, strict=False)
        for given in [[values for values in column if values]]
    )


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
        parts.append(_without_opening(part, rule.openings.get(name, ())))
    return tuple(parts)


def _without_opening(text: str, openings: Sequence[str]) -> str:
    # The longest first: of 杭州市 and 杭州 the whole word goes. Nothing is taken off a text that is no more than it.
    for opening in sorted(openings, key=len, reverse=True):
        if text.startswith(opening) and len(text) > len(opening):
            return text.removeprefix(opening)
    return text


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
