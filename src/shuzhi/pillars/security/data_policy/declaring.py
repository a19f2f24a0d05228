"""What a schema may say about the use of its data; everything unsaid has the closed default."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, time
from enum import StrEnum
from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis
from shuzhi.pillars.security.data_policy.channels import Channel
from shuzhi.pillars.security.masking.terms import PLAIN, MaskTerms
from shuzhi.pillars.security.types import Grade, Role


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Disclosure(StrEnum):
    """What a field gives away of a person, for the check before opening."""

    IDENTIFIER = "identifier"  # names one person
    QUASI = "quasi"  # together with others leads to a person
    SENSITIVE = "sensitive"  # what nobody should learn of a person
    NONE = "none"


class Uses(_Declared):
    """Limits of use that hold for a data set as a whole or for one field; both must be kept.

    An empty list of `purposes` allows every stated purpose, an empty list of `roles` every role that may enter the
    room. `consent` names the topic (授权事项) that whoever the row is about must have agreed to, for the reader's office
    and stated purpose; see `security.consents`.
    """

    purposes: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    refuse: tuple[Channel, ...] = ()
    consent: str | None = None
    since: date | None = None
    until: date | None = None
    basis: tuple[Basis, ...] = ()


class FieldPolicy(Uses):
    """The limits of one field, and how it is masked, judged before opening, and marked in exports."""

    mask_as: MaskTerms = PLAIN
    disclosure: Disclosure | None = None
    mark: bool | None = None


class ScopeDeclaration(_Declared):
    """Which rows a reader gets: the fields that hold a row's division code, its office, the account in charge."""

    division: str | None = None
    office: str | None = None
    person: str | None = None


class SubjectDeclaration(_Declared):
    """Whose row it is: the field that holds the person's or firm's identifier, and its scheme where it has another name."""

    field: str
    scheme: str | None = None


class Otherwise(StrEnum):
    """What becomes of a release that fails the check."""

    REFUSE = "refuse"
    SUPPRESS = "suppress"
    GENERALISE = "generalise"


class AnonymityDeclaration(_Declared):
    """What a release must keep: groups of at least `k` rows, at least `l` values of every sensitive field in each.

    `counts` are fields that count people: values from 1 to `least` - 1 are small cells. At most the share
    `most_suppressed` of the rows may be left out.
    """

    k: int = Field(default=5, ge=2)
    l: int = Field(default=2, ge=1)  # noqa: E741 - the measure's own name
    counts: tuple[str, ...] = ()
    least: int = Field(default=5, ge=2)
    otherwise: Otherwise = Otherwise.REFUSE
    most_suppressed: float = Field(default=0.05, ge=0, le=1)


class PolicyDeclaration(Uses):
    """The limits of a data set or register as a whole: `policy:` in its schema."""

    hours_from: time | None = None
    hours_to: time | None = None
    scope: ScopeDeclaration = ScopeDeclaration()
    subject: SubjectDeclaration | None = None
    clearances: dict[Role, Grade] = {}
    anonymity: AnonymityDeclaration | None = None

    def __deepcopy__(self, memo: dict[int, object] | None = None) -> Self:
        """Itself: nobody changes a declaration, and every schema that says nothing holds the same one."""
        return self


NO_POLICY = PolicyDeclaration()
NO_FIELD_POLICY = FieldPolicy()


def says_nothing(policy: Uses) -> bool:
    """Whether a policy is the default one: a schema that says nothing is stored as it was before it could."""
    return policy in (NO_POLICY, NO_FIELD_POLICY)


class _Limited(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def policy(self) -> FieldPolicy: ...


def unknown_names(policy: PolicyDeclaration, fields: Iterable[_Limited], known: Collection[str]) -> list[str]:
    """The fields that a policy names and the schema does not have."""
    scope = policy.scope
    named = [scope.division, scope.office, scope.person, *(field.policy.mask_as.subject for field in fields)]
    named += policy.anonymity.counts if policy.anonymity else ()
    named += [policy.subject.field] if policy.subject else []
    return sorted({name for name in named if name and name not in known})


def consent_problems(policy: PolicyDeclaration, fields: Sequence[_Limited]) -> list[Words]:
    """What makes a declared consent impossible to keep: nobody is said to give it, or everyone is to read the field."""
    topics = [policy.consent, *(field.policy.consent for field in fields)]
    problems = []
    if any(topics) and policy.subject is None:
        problems.append(
            Words(
                zh="要求本人同意，但没有写明哪个字段是本人（policy.subject）",
                en="consent is asked for, but no field is said to name the person (policy.subject)",
            )
        )
    problems += [
        Words(
            zh=f"字段 {field.id} 须本人同意才能提供，不能向社会开放",
            en=f"{field.id} is delivered with the person's consent only: it can't be opened",
        )
        for field in fields
        if getattr(field, "open", False) and (policy.consent or field.policy.consent)
    ]
    return problems
