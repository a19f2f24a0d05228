"""The values of the synthetic population."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date

LABEL = "演示数据（合成，非真实）"
"""What every row carries in its column 数据性质, so that no copy of a row can be taken for a real one."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town or street (乡镇街道): real, with the district it belonged to before the re-divisions."""

    code: str
    name: str
    district: str
    district_name: str
    former_district: str


@dataclass(frozen=True, slots=True)
class Address:
    """An invented door in a real town."""

    town: Town
    detail: str

    def text(self, *, city: str = "杭州市", district: str | None = None) -> str:
        """The address as a clerk writes it; `district` replaces the current district's name."""
        return f"{city}{district or self.town.district_name}{self.town.name}{self.detail}"


@dataclass(frozen=True, slots=True)
class Firm:
    """One invented firm as it really is, before any department misspells it. Capital in 万 of its currency."""

    entity: str
    name: str
    other_name: str
    renamed: bool
    uscc: str
    kind: str
    industry: str
    founded: date
    approved: date
    capital: int | None
    currency: str
    scope: str
    status: str
    address: Address
    representative: str
    phone: str
    headcount: int
    tax_class: str

    @property
    def former_name(self) -> str | None:
        """The name it bore before, if it has changed its name."""
        return self.other_name if self.renamed else None


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person. `role` is the place in the household: head, spouse, child or parent."""

    name: str
    sex: str
    born: date
    address: Address
    phone: str
    role: str
    entity: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Household:
    """Persons who live at one address; children are those of head and spouse."""

    members: tuple[Person, ...]

    def of_role(self, role: str) -> list[Person]:
        """The members with one role, in order."""
        return [person for person in self.members if person.role == role]


@dataclass(frozen=True, slots=True)
class Fact:
    """The truth about one row of one extract.

    `key` is the right code of the entity, whatever the row says. `blocking` rows cannot be accepted as they stand.
    `repeats` is the row, in the same extract, that this row says again.
    """

    entity: str
    key: str
    op: str = "upsert"
    others: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    blocking: bool = False
    repeats: int | None = None


@dataclass(frozen=True, slots=True)
class ExtractFile:
    """One file of the manifest. `header_rows` lines precede the first row (0 where the format has no lines)."""

    path: str
    extract: str
    format: str
    encoding: str
    rows: int
    header_rows: int
    blocking: int
    size: int
    sha256: str
    errors: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written: the same parameters give the same manifest, byte for byte."""

    label: str
    seed: int
    firms: int
    persons: int
    day: date
    files: tuple[ExtractFile, ...]

    @property
    def rows(self) -> int:
        """All rows of all extracts."""
        return sum(file.rows for file in self.files)

    def as_dict(self) -> dict[str, object]:
        """The manifest as JSON can hold it."""
        return {**asdict(self), "day": self.day.isoformat(), "files": [asdict(file) for file in self.files]}

    def file(self, extract: str) -> ExtractFile:
        """The file of one extract."""
        return next(file for file in self.files if file.extract == extract)
