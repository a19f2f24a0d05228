"""What a matter takes in somebody's situation: nothing that the government has is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shuzhi.business.matters.library import situations
from shuzhi.business.matters.types import (
    Material,
    MatterDeclaration,
    NeededMaterial,
    Needs,
    Source,
    Standing,
)
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister, NoSuchScheme
from shuzhi.data.registers.types import GoldenRecord
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.support.credentials import queries as credentials
from shuzhi.support.credentials.errors import NoSuchKind
from shuzhi.support.credentials.types import Credential
from shuzhi.support.decisions.errors import RulesNotInstalled
from shuzhi.support.decisions.queries import installed_rules

ORDER = (Standing.BRING, Standing.DECLARE, Standing.KNOWN, Standing.HELD)


@dataclass(frozen=True)
class Applicant:
    """Whose situation it is: by which number they are known (`resident_id`, `uscc`), and the number."""

    scheme: str
    number: str

    @classmethod
    def of(cls, text: str) -> Applicant:
        """From `resident_id/…` or `uscc/…`, as accounts and credentials name people and firms."""
        scheme, _, number = text.partition("/")
        return cls(scheme, number.strip().upper())


def needed_materials(
    matter: MatterDeclaration, chosen: Mapping[str, str], applicant: Applicant | None, *, at: datetime
) -> Needs:
    """The questions to ask, and the materials that the answers so far ask for; without an applicant nothing is looked up.

    Only whether a register or a credential knows something is asked, no value is read out.

    Raises:
        ChoiceUnknown: a chosen answer does not exist.
    """
    kept = situations.checked(matter, chosen)
    asked = situations.asked(matter, kept)
    still_open = tuple(each for each in asked if each.id not in kept)
    listed = _decided(matter, kept, at) if not still_open else None
    known = _Known(applicant, at)
    needed = [
        _needed(material, known, certain=holds is True)
        for material in matter.materials
        if (listed is None or material.id in listed)
        and (holds := situations.holds(material.when, matter, kept)) is not False
    ]
    return Needs(asked, still_open, tuple(sorted(needed, key=lambda each: ORDER.index(each.standing))))


def _decided(matter: MatterDeclaration, chosen: Mapping[str, str], at: datetime) -> frozenset[str] | None:
    """The materials by the matter's decision; all of them where it has none, or where it gives no list."""
    if matter.decision is None:
        return None
    try:
        rules = installed_rules(matter.decision.rules)
    except RulesNotInstalled:
        return None
    given = {name: chosen.get(name) for name in situations.names_of(matter)}
    value = rules.decide(matter.decision.decision, given, as_of=day_of(at), at=at).value
    return frozenset(str(each) for each in value) if isinstance(value, list) else None


def _needed(material: Material, known: _Known, *, certain: bool) -> NeededMaterial:
    match material.source:
        case Source.REGISTER:
            origin, has = known.by_register(material)
        case Source.CREDENTIAL:
            origin, has = known.by_credential(material)
        case Source.UPLOAD | Source.COMMIT:
            return NeededMaterial(material, _own(material.source), None, certain)
    if has is None:
        return NeededMaterial(material, Standing.KNOWN, origin, certain)
    return NeededMaterial(material, Standing.HELD if has else _own(material.otherwise), origin, certain)


def _own(source: Source) -> Standing:
    return Standing.DECLARE if source is Source.COMMIT else Standing.BRING


@dataclass
class _Known:
    """What registers and credentials know of an applicant, each asked once; nobody is asked without one."""

    applicant: Applicant | None
    at: datetime
    titles: dict[str, Words | None] = field(default_factory=dict)
    records: dict[str, list[GoldenRecord] | None] = field(default_factory=dict)
    held: list[Credential] | None = None

    def by_register(self, material: Material) -> tuple[Words | None, bool | None]:
        """The register's title, and whether it knows this of the applicant; None as long as nobody is asked for."""
        name = material.register_
        if name not in self.titles:
            self.titles[name] = _title_of(name)
        title = self.titles[name]
        if title is None:
            return None, False
        if self.applicant is None:
            return title, None
        if name not in self.records:
            self.records[name] = _records_of(name, self.applicant)
        found = self.records[name]
        return title, None if found is None else any(
            each.values.get(material.register_field) for each in found
        )

    def by_credential(self, material: Material) -> tuple[Words | None, bool | None]:
        """The same of a kind of credential."""
        try:
            title = credentials.kind(material.credential).title
        except NoSuchKind:
            return None, False
        if self.applicant is None:
            return title, None
        if self.held is None:
            self.held = credentials.credentials_of(self.applicant.scheme, self.applicant.number)
        return title, any(each.kind == material.credential and each.holds(self.at) for each in self.held)


def _title_of(register: str) -> Words | None:
    try:
        return registers.declaration(register).title
    except NoSuchRegister:
        return None


def _records_of(register: str, applicant: Applicant) -> list[GoldenRecord] | None:
    """The applicant's records; None where the register names others: a firm's clerk, whose own number is asked for later."""
    try:
        return registers.find_all(register, applicant.scheme, applicant.number, most=5)
    except NoSuchScheme:
        return None
