"""What this reader may see of a register: decided by its policy, as on every other way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.policies import policy_of as policy_of_dataset
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.registers.errors import NoSuchEntity
from shuzhi.data.registers.policies import policy_of
from shuzhi.data.registers.reach import Reach, reach_of
from shuzhi.data.registers.types import Disagreement, GoldenRecord, RegisterDeclaration, RegisterField
from shuzhi.foundation.clock import now
from shuzhi.pillars.security.data_policy import Channel, Decision, Reader, RowScope, decide
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.types import Mask
from shuzhi.terminals.design.types import Said
from shuzhi.terminals.staff.shell import actor_of


@dataclass(frozen=True)
class Sight:
    """A register through the eyes of one reader."""

    declared: RegisterDeclaration
    decision: Decision

    @property
    def rows(self) -> RowScope:
        """Which records are the reader's."""
        return self.decision.rows

    @property
    def reach(self) -> Reach:
        """What the reader may find by searching."""
        return reach_of(self.declared, self.decision)

    @property
    def hides(self) -> bool:
        """Whether some field is not given in clear."""
        return not all(self.decision.is_clear(field.id) for field in self.declared.fields)

    def looks_true(self, name: str) -> bool:
        """Whether a field is masked by values that could be taken for true ones."""
        treatment = self.decision.treatment(name)
        return not treatment.clear and treatment.mask in {Mask.TOKEN, Mask.SHIFT, Mask.NOISE}

    def label(self, record: GoldenRecord) -> str:
        """What the record is called to this reader; its number where the name is withheld."""
        return self.named(record.label, record.id)

    def named(self, label: str, number: str) -> str:
        """The same, of a label that stands by itself."""
        seen = self.decision.value(self.declared.label, label, key=masking_key())
        return number if seen is None else str(seen)

    def require(self, record: GoldenRecord) -> None:
        """Refuse as if there were no such record, unless it is one of the reader's.

        Raises:
            NoSuchEntity: it lies outside the reader's rows.
        """
        if not self.rows.admits(record.values):
            raise NoSuchEntity(register=record.register, entity=record.id)


def sight(request: HttpRequest, declared: RegisterDeclaration, channel: Channel = Channel.PAGE) -> Sight:
    """The register as whoever asks may see it now."""
    return Sight(declared, decide(policy_of(declared), Reader(actor_of(request)), channel, now()))


def shown(
    value: object, field: RegisterField, *, cleared: Sight, row: Mapping[str, object] | None = None
) -> str | None:
    """One value as this reader sees it."""
    seen = cleared.decision.value(field.id, value, key=masking_key(), row=row)
    return None if seen is None else str(seen)


def quotable(request: HttpRequest, declared: RegisterDeclaration) -> frozenset[str]:
    """The fields of which may be told why they could not be derived: the reason quotes what was written.

    That is decided by the policy of the data set that wrote it.
    """
    entries = catalog.entries(ids=[source.dataset for source in declared.sources])
    schemas = {entry.id: entry.schema_ for entry in entries}
    derived, hidden = set(), set()
    for source in declared.sources:
        for name, rule in source.derive.items():
            derived.add(name)
            schema = schemas.get(source.dataset)
            if schema is None or not _decided(request, schema).is_clear(rule.of):
                hidden.add(name)
    return frozenset(derived - hidden)


def shows_key(request: HttpRequest, schema: DataSetDeclaration | None) -> bool:
    """Whether the reader is given the key of a data set's rows in clear."""
    return schema is not None and all(_decided(request, schema).is_clear(name) for name in schema.key)


def derived_in_sight(
    each: Disagreement, field: RegisterField | None, cleared: Sight, quoted: frozenset[str]
) -> tuple[Said, str | None]:
    """Why a value could not be derived and what was written, where both may be told."""
    if field is None or field.id not in quoted or not cleared.decision.is_clear(field.id):
        return Said("原文已脱敏", "The text is masked"), None
    return Said(each.values.get("zh", ""), each.values.get("en", "")), each.chosen


def _decided(request: HttpRequest, schema: DataSetDeclaration) -> Decision:
    return decide(policy_of_dataset(schema), Reader(actor_of(request)), Channel.PAGE, now())


def field_of(declared: RegisterDeclaration, field_id: str) -> RegisterField | None:
    """A register's field by id."""
    return next((field for field in declared.fields if field.id == field_id), None)
