"""What the gateway decides by: an interface's terms and the grant of a key, as the database gives them."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

import msgspec

from shuzhi.data.exchange.types import InterfaceKind
from shuzhi.data.linkage.types import Normalise
from shuzhi.data.registers.types import twin_of
from shuzhi.pillars.security.masking import readable
from shuzhi.pillars.security.types import Grade, Mask


class Parameter(msgspec.Struct, frozen=True):
    """One parameter: which standard its value keeps, how it is compared, and how its field is graded."""

    id: str
    standard: str | None
    compare: Normalise
    grade: Grade = Grade.L1
    policy: dict[str, Any] | None = None


class Field(msgspec.Struct, frozen=True):
    """One delivered field with the register's grade and mask, and its limits of use where it has any."""

    id: str
    grade: Grade
    mask: Mask
    policy: dict[str, Any] | None = None


class Written(msgspec.Struct, frozen=True):
    """One field of the data set that callers write back to."""

    id: str
    type: str
    required: bool
    standard: str | None


class Route(msgspec.Struct, frozen=True, dict=True):
    """The node that serves an interface: who it is, by what its answers are known, and as whom it knows this one."""

    node: str
    title: str
    title_zh: str
    self: str
    address: str
    interface: str
    key_id: str
    keys: tuple[str, ...]
    algorithm: str
    authority: str | None = None


class Sender(msgspec.Struct, frozen=True):
    """The node that a key is of, the keys by which it signs, and who this node is."""

    node: str
    keys: tuple[str, ...]
    self: str


class Terms(msgspec.Struct, frozen=True, dict=True):
    """An interface as it is served; written at publication by `services`."""

    register: str
    kind: InterfaceKind
    parameters: tuple[Parameter, ...]
    fields: tuple[Field, ...]
    clearance: Grade
    provenance: bool
    purposes: tuple[str, ...]
    per_second: float
    burst: int
    page_size: int = 0
    group_by: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    minimum_group: int = 0
    tells_unknown: bool = False
    reveal: str = ""
    most_keys: int = 0
    daily_rows: int = 0
    kept_hours: int = 0
    source: str | None = None
    port: str | None = None
    written: tuple[Written, ...] = ()
    owner: str = ""
    policy: dict[str, Any] | None = None
    rows: dict[str, Any] | None = None
    route: Route | None = None
    changes: tuple[str, ...] = ()
    version: int = 1
    deprecated_at: datetime | None = None
    sunset_on: date | None = None
    successor: int | None = None

    @cached_property
    def limited(self) -> bool:
        """Whether the register declares more than grades and masks: then every answer is decided by its policy."""
        of_fields = [*(field.policy for field in self.fields), *(one.policy for one in self.parameters)]
        return self.policy is not None or any(of_fields)

    @cached_property
    def topics(self) -> dict[str, frozenset[str]]:
        """The topics to which the person concerned must have agreed, of each field that needs it."""
        whole = (self.policy or {}).get("consent")
        said = {one.id: (one.policy or {}).get("consent") for one in self.parameters}
        said |= {one.id: (one.policy or {}).get("consent") for one in self.fields}
        found = {name: frozenset(each for each in (whole, topic) if each) for name, topic in said.items()}
        return {name: topics for name, topics in found.items() if topics}

    @cached_property
    def told(self) -> tuple[str, ...]:
        """What is told of a record without delivering it: the values compared, grouped by or added up."""
        if self.kind is InterfaceKind.AGGREGATE:
            return (*self.group_by, *self.sums)
        if self.kind is InterfaceKind.INTERSECTION:
            return tuple(one.id for one in self.parameters)
        return tuple(one.id for one in self.parameters[1:]) if self.kind is InterfaceKind.VERIFICATION else ()


class Grant(msgspec.Struct, frozen=True, dict=True):
    """A key with its subscription and interface."""

    key_id: str
    sealed_secret: bytes
    public_key: str
    key_live: bool
    subscription: int
    status: str
    office: str
    purpose: str
    basis: str
    since: date
    until: date
    daily_quota: int
    clearance: Grade
    fields: tuple[str, ...]
    interface: str
    interface_status: str
    terms: Terms
    sandbox: bool = False
    # Which rows are the caller's, as the kinds' statements read it; None: all of them. See `scopes`.
    scope: str | None = None
    # The client certificates with which alone it may be called; none: any that the gateway lets in.
    certificates: tuple[str, ...] = ()
    owner: str = ""
    node: Sender | None = None

    @cached_property
    def reads_up_to(self) -> Grade:
        """Up to which grade the caller reads in clear: never more than the interface allows today."""
        return min(self.clearance, self.terms.clearance)

    @cached_property
    def delivered(self) -> dict[str, Field]:
        """The fields of the interface that were granted, in its order."""
        return {field.id: field for field in self.terms.fields if field.id in self.fields}

    @cached_property
    def consented(self) -> tuple[str, ...]:
        """Those of them that leave only with the consent of the person concerned."""
        return tuple(name for name in self.delivered if name in self.terms.topics)

    @cached_property
    def hidden(self) -> bool:
        """Whether without consent nothing is told, not even that there is a record."""
        terms = self.terms
        if (terms.policy or {}).get("consent") or any(name in terms.topics for name in terms.told):
            return True
        return len(self.consented) == len(self.delivered) > 0

    @cached_property
    def graded_higher(self) -> dict[str, Field]:
        """Those of them that the caller does not read in clear."""
        return {
            name: field
            for name, field in self.delivered.items()
            if not readable(grade=field.grade, clearance=self.reads_up_to)
        }


@lru_cache(maxsize=2_000)
def read_terms(text: str) -> Terms:
    """Terms from their JSON. Keyed by the text itself, so that changed terms take effect with the next call."""
    return msgspec.json.decode(text, type=Terms)


@lru_cache(maxsize=2_000)
def sandboxed(terms: str) -> Terms:
    """The same terms for a sandbox key: their register is one of made-up rows, under a name that no register can have."""
    real = read_terms(terms)
    return msgspec.structs.replace(real, register=twin_of(real.register))
