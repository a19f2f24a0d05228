"""What a case stands on (材料): registers and credentials are asked, the applicant only for what nobody has.

Of a register those fields are read that the matter's materials name, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.types import CaseMaterial, Had
from shuzhi.business.matters.library import queries as library
from shuzhi.business.matters.library import situations
from shuzhi.business.matters.types import Material, MatterDeclaration, Source
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister, NoSuchScheme
from shuzhi.data.registers.types import GoldenRecord
from shuzhi.support.credentials import queries as credentials
from shuzhi.support.credentials.types import Credential

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Gathered:
    """The materials of a case, and the facts that a rule may ask for, by every name that they go by."""

    materials: tuple[CaseMaterial, ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def missing(self) -> tuple[CaseMaterial, ...]:
        """What is not there."""
        return tuple(each for each in self.materials if each.had is Had.MISSING)


def needed(declared: MatterDeclaration, choices: Mapping[str, str], *, at: datetime) -> list[Material]:
    """The materials that a situation needs, in the order in which the matter names them."""
    if declared.decision is None:
        every = declared.materials
        return [each for each in every if situations.holds(each.when, declared, choices) is not False]
    needs = library.needed_materials(declared, choices, None, at=at)
    wanted = {each.material.id for each in needs.materials}
    return [each for each in declared.materials if each.id in wanted]


def gathered_again(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> Gathered:
    """What registers and credentials say of a case's applicant now."""
    return gather(
        declared, needed(declared, row.choices, at=at), scheme=row.scheme, holder=row.holder,
        answers=row.answers, choices=row.choices, committed=bool(row.commitment), at=at,
    )  # fmt: skip


def gather(
    declared: MatterDeclaration,
    needed: Iterable[Material],
    *,
    scheme: str,
    holder: str,
    answers: Values,
    choices: Values,
    committed: bool,
    at: datetime,
) -> Gathered:
    """Ask everything that the matter's materials name for this applicant."""
    asking = _Asking(scheme, holder, answers, committed, at)
    materials, facts = [], {**_known_by_title(declared, answers), **answers, **choices}
    for material in needed:
        had, reference, value = asking.one(material)
        materials.append(CaseMaterial(material.id, material.title, had, reference))
        if value is not None:
            facts |= dict.fromkeys(_names(material), value)
    return Gathered(tuple(materials), facts)


@dataclass
class _Asking:
    """One applicant's registers and credentials, each asked once."""

    scheme: str
    holder: str
    answers: Values
    committed: bool
    at: datetime
    records: dict[str, GoldenRecord | None] = field(default_factory=dict)
    held: list[Credential] | None = None

    def one(self, material: Material) -> tuple[Had, str, Any]:
        """Where a material stands, by which reference, and what it says."""
        if material.source is Source.REGISTER and (found := self._of_register(material)):
            return found
        if material.source is Source.CREDENTIAL and (held := self._of_wallet(material.credential)):
            return Had.CREDENTIAL, held.number, held.number
        return self._given(material)

    def _given(self, material: Material) -> tuple[Had, str, Any]:
        given = self.answers.get(material.id)
        may_commit = Source.COMMIT in (material.source, material.otherwise)
        if self.committed and may_commit:
            return Had.COMMITTED, "", given
        if given in (None, "", []) or (may_commit and material.source is not Source.UPLOAD):
            return Had.MISSING, "", None
        return Had.UPLOADED, "", None  # a rule decides on no upload: somebody has to look at it

    def _of_register(self, material: Material) -> tuple[Had, str, Any] | None:
        record = self._record(material.register_)
        value = record.values.get(material.register_field) if record else None
        if record is None or value in (None, ""):
            return None
        origin = record.provenance.get(material.register_field)
        return Had.REGISTER, f"{material.register_}/{origin.batch if origin else record.id}", value

    def _record(self, register: str) -> GoldenRecord | None:
        if register not in self.records:
            try:
                found = registers.find(register, self.scheme, self.holder)
            except (NoSuchRegister, NoSuchScheme):
                found = None
            self.records[register] = found if found and found.retired_at is None else None
        return self.records[register]

    def _of_wallet(self, kind: str) -> Credential | None:
        if self.held is None:
            self.held = credentials.credentials_of(self.scheme, self.holder)
        return next((each for each in self.held if each.kind == kind and each.holds(self.at)), None)


def _names(material: Material) -> Iterator[str]:
    """What a rule may call what a material says: its id, its Chinese title, its register's field."""
    yield from (material.id, material.title.zh)
    if material.field:
        yield from (material.register_field, material.field)


def _known_by_title(declared: MatterDeclaration, answers: Values) -> dict[str, Any]:
    """Answers by the Chinese titles of the form's fields, where the matter has a form."""
    if not declared.form:
        return {}
    from shuzhi.support.forms import queries as forms
    from shuzhi.support.forms.errors import NoSuchForm

    try:
        placed = [each for _, _, each in forms.form(declared.form).declaration.placed]
    except NoSuchForm:
        return {}
    return {each.title.zh: answers[each.field] for each in placed if each.field in answers}
