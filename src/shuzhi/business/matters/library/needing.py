"""What a matter takes in somebody's situation: nothing that the government has is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.words import Words
from shuzhi.support.credentials import queries as credentials
from shuzhi.support.credentials.errors import NoSuchKind
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
    needed = [
        _needed(material, applicant, certain=holds is True, at=at)
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


def _needed(
    material: Material, applicant: Applicant | None, *, certain: bool, at: datetime
) -> NeededMaterial:
    match material.source:
        case Source.REGISTER:
            origin, known = _register(material, applicant)
        case Source.CREDENTIAL:
            origin, known = _credential(material, applicant, at)
        case Source.UPLOAD | Source.COMMIT:
            return NeededMaterial(material, _own(material.source), None, certain)
    if known is None:
        return NeededMaterial(material, Standing.KNOWN, origin, certain)
    return NeededMaterial(material, Standing.HELD if known else _own(material.otherwise), origin, certain)


def _own(source: Source) -> Standing:
    return Standing.DECLARE if source is Source.COMMIT else Standing.BRING


def _register(material: Material, applicant: Applicant | None) -> tuple[Words | None, bool | None]:
    """The register's title, and whether it knows this of the applicant; None as long as nobody is asked for."""
    try:
        title = registers.declaration(material.register_).title
    except NoSuchRegister:
        return None, False
    if applicant is None:
        return title, None
    try:
        found = registers.find_all(material.register_, applicant.scheme, applicant.number, most=5)
    except NoSuchScheme:  # a firm's clerk, whose own number is asked for once they sign in
        return title, None
    return title, any(each.values.get(material.register_field) for each in found)


def _credential(
    material: Material, applicant: Applicant | None, at: datetime
) -> tuple[Words | None, bool | None]:
    try:
        title = credentials.kind(material.credential).title
    except NoSuchKind:
        return None, False
    if applicant is None:
        return title, None
    held = credentials.credentials_of(applicant.scheme, applicant.number)
    return title, any(each.kind == material.credential and each.holds(at) for each in held)
