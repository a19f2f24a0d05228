"""Matters as packs declare them (`matters/*.yaml`), and what one takes in somebody's situation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shuzhi.business.matters.zones import Zone
from shuzhi.foundation.words import Words
from shuzhi.pillars.policy.types import Basis

SLUG = r"^[a-z][a-z0-9-]*$"
NAME = r"^[a-z][a-z0-9_]*$"
SYSTEM = re.compile(r"S\d{3}")


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class MatterKind(StrEnum):
    """What kind of act it is in law (事项类型)."""

    PERMIT = "permit"
    CONFIRMATION = "confirmation"
    REGISTRATION = "registration"
    PAYMENT = "payment"
    BENEFIT = "benefit"
    PROOF = "proof"
    OTHER = "other"


KIND_TITLES = {
    MatterKind.PERMIT: Words(zh="行政许可", en="Permit"),
    MatterKind.CONFIRMATION: Words(zh="行政确认", en="Confirmation"),
    MatterKind.REGISTRATION: Words(zh="登记", en="Registration"),
    MatterKind.PAYMENT: Words(zh="行政给付", en="Payment"),
    MatterKind.BENEFIT: Words(zh="惠民惠企", en="Benefit"),
    MatterKind.PROOF: Words(zh="证明", en="Proof"),
    MatterKind.OTHER: Words(zh="公共服务", en="Public service"),
}


class Subject(StrEnum):
    """Who may have it done."""

    PERSON = "person"
    FIRM = "firm"


class Channel(StrEnum):
    """Where it is done."""

    ONLINE = "online"
    MOBILE = "mobile"
    WINDOW = "window"
    KIOSK = "kiosk"
    PHONE = "phone"
    NODE = "node"


CHANNEL_TITLES = {
    Channel.ONLINE: Words(zh="网上", en="Online"),
    Channel.MOBILE: Words(zh="手机", en="On the phone's app"),
    Channel.WINDOW: Words(zh="窗口", en="At the window"),
    Channel.KIOSK: Words(zh="自助机", en="At a kiosk"),
    Channel.PHONE: Words(zh="电话", en="By telephone"),
    Channel.NODE: Words(zh="跨域通办", en="From another node"),
}


class Source(StrEnum):
    """Where a material comes from: the first two the government has, the last two the applicant gives."""

    REGISTER = "register"
    CREDENTIAL = "credential"
    UPLOAD = "upload"
    COMMIT = "commit"


class DecisionRef(_Declared):
    """A decision of an installed rule file; written `rules/decision` or as a mapping."""

    rules: str
    decision: str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        if not isinstance(given, str):
            return given
        rules, _, decision = given.partition("/")
        return {"rules": rules, "decision": decision}


class Time(_Declared):
    """How long it takes: promised (承诺时限) and by law (法定时限), in working days; minutes where it is done at once."""

    promised_days: int | None = Field(default=None, ge=0, le=720)
    promised_minutes: int | None = Field(default=None, ge=1, le=1440)
    statutory_days: int | None = Field(default=None, ge=0, le=720)

    @model_validator(mode="after")
    def _one_promise(self) -> Time:
        if self.promised_days is not None and self.promised_minutes is not None:
            raise ValueError("promise days or minutes, not both")
        return self


class Charge(StrEnum):
    """When a fee is asked for (何时缴费): the decision waits for the first two, the delivery for the last."""

    ACCEPTANCE = "acceptance"
    DECISION = "decision"
    DELIVERY = "delivery"


class Fee(_Declared):
    """What it costs: an amount, or what a decision says; without either it is free.

    With `charge` the platform asks for it itself, by an order that the applicant pays; `refunded` gives it back where the
    case is not granted. Without `charge` it is paid at the office, and only said. The decision is asked with the case's
    answers; it says a number of yuan, or a context with `金额` and `依据`.
    """

    amount: Decimal = Field(default=Decimal(0), ge=0, max_digits=14, decimal_places=2)
    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    decision: DecisionRef | None = None
    note: Words | None = None
    charge: Charge | None = None
    refunded: bool = False
    pay_within_days: int = Field(default=3, ge=1, le=60)

    @model_validator(mode="after")
    def _what_is_charged_is_known(self) -> Fee:
        if self.charge and (bool(self.amount) == bool(self.decision) or self.currency != "CNY"):
            raise ValueError("a fee that is asked for is an amount in CNY, or what a decision says")
        if self.refunded and not self.charge:
            raise ValueError("only what was asked for can be given back")
        return self


class Tell(StrEnum):
    """Of what an applicant is told (告知)."""

    ACCEPTED = "accepted"
    CORRECT = "correct"
    FEE = "fee"
    DECIDED = "decided"
    READY = "ready"


class Choice(_Declared):
    """One answer to a situation's question."""

    id: str = Field(pattern=NAME, max_length=40)
    title: Words


class Situation(_Declared):
    """A question about the applicant's situation (情形). With `when` it is asked only where that FEEL holds."""

    id: str = Field(pattern=NAME, max_length=40)
    title: Words | None = None
    question: Words
    choices: tuple[Choice, ...] = Field(min_length=2, max_length=20)
    when: str = ""


class Material(_Declared):
    """One thing that is needed (材料).

    `field` is `register.field`, `credential` a kind of credential. `when` is FEEL over the situations by their ids, each
    the id of the chosen answer. Who is not found in the register or holds no credential brings or declares it: `otherwise`.
    """

    id: str = Field(pattern=NAME, max_length=60)
    title: Words
    source: Source
    field: str = Field(default="", pattern=r"^$|^[a-z][a-z0-9-]*\.[a-z][a-z0-9_]*$")
    credential: str = ""
    when: str = ""
    otherwise: Source = Source.UPLOAD
    note: Words | None = None

    @model_validator(mode="after")
    def _source_is_named(self) -> Material:
        if bool(self.field) != (self.source is Source.REGISTER):
            raise ValueError("a material from a register names its field, and no other does")
        if bool(self.credential) != (self.source is Source.CREDENTIAL):
            raise ValueError("a material from a credential names its kind, and no other does")
        if self.otherwise not in {Source.UPLOAD, Source.COMMIT}:
            raise ValueError("otherwise it is uploaded or declared")
        return self

    @property
    def register_(self) -> str:
        """The register that knows it."""
        return self.field.partition(".")[0]

    @property
    def register_field(self) -> str:
        """The field of that register."""
        return self.field.partition(".")[2]


class Partner(_Declared):
    """Where a matter is handled by another node (通办): the interface that leads there, and what the matter is called there."""

    interface: str = Field(pattern=SLUG)
    matter: str = Field(pattern=SLUG, max_length=60)


class Handling(_Declared):
    """How a case is handled: at once by a decision (秒办), by a process, by a loop, or by another node (通办)."""

    instant: DecisionRef | None = None
    process: str = ""
    loop: str = ""
    node: Partner | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Handling:
        if (self.instant is not None) + bool(self.process) + bool(self.loop) + (self.node is not None) != 1:
            raise ValueError("exactly one of instant, process, loop and node")
        return self


class Result(_Declared):
    """What the applicant has in the end: a credential of this kind."""

    credential: str


class Commitment(_Declared):
    """Notify and commit (告知承诺): some materials may be declared instead, and are checked later."""

    allowed: bool = False
    checked_within_days: int | None = Field(default=None, ge=1, le=365)


class MatterDeclaration(_Declared):
    """A matter (事项): `matters/<id>.yaml`. Without `handling` it is for information only (仅供查询).

    `journey_when` says by FEEL over a journey's answers which of its parts somebody needs, and so pays for; all others they do.
    """

    matter: str = Field(pattern=SLUG, max_length=60)
    title: Words
    summary: Words
    aliases: tuple[str, ...] = ()
    kind: MatterKind = MatterKind.OTHER
    subjects: tuple[Subject, ...] = Field(min_length=1)
    office: str
    with_offices: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = Field(min_length=1)
    systems: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = Field(default=(Channel.ONLINE, Channel.WINDOW), min_length=1)
    time: Time = Time()
    fee: Fee = Fee()
    situations: tuple[Situation, ...] = Field(default=(), max_length=12)
    decision: DecisionRef | None = None
    materials: tuple[Material, ...] = Field(default=(), max_length=60)
    form: str = ""
    handling: Handling | None = None
    result: Result | None = None
    commitment: Commitment = Commitment()
    visits: int = Field(default=0, ge=0, le=10)
    journey: tuple[str, ...] = ()
    journey_when: dict[str, str] = Field(default_factory=dict, exclude_if=lambda said: not said)
    objection: str = ""
    archive: str = ""
    tells: dict[Tell, str] = Field(default_factory=dict, exclude_if=lambda said: not said)
    zones: tuple[Zone, ...] = ()
    steps: tuple[Words, ...] = Field(default=(), max_length=12)
    place: Words | None = None
    synthetic: bool = False

    @model_validator(mode="after")
    def _no_id_twice(self) -> MatterDeclaration:
        for each in self._ids():
            if len(set(each)) != len(each):
                raise ValueError(f"an id stands twice: {', '.join(each)}")
        if self.matter in self.journey:
            raise ValueError("a journey does not contain itself")
        if unknown := sorted(set(self.journey_when) - set(self.journey)):
            raise ValueError(f"no part of this journey: {', '.join(unknown)}")
        if self.handling and self.handling.node and (self.result or self.commitment.allowed):
            raise ValueError("what another node handles has its result and its commitments there")
        return self

    def _ids(self) -> Iterator[list[str]]:
        yield [each.id for each in self.situations]
        yield [each.id for each in self.materials]
        yield from ([choice.id for choice in each.choices] for each in self.situations)
        yield list(self.journey)

    @property
    def is_journey(self) -> bool:
        """Whether it is one thing over several matters (一件事)."""
        return bool(self.journey)

    @property
    def can_begin(self) -> bool:
        """Whether it can be begun here, or is for information only."""
        return self.handling is not None

    def situation(self, name: str) -> Situation | None:
        """One of its situations."""
        return next((each for each in self.situations if each.id == name), None)

    def material(self, name: str) -> Material | None:
        """One of its materials."""
        return next((each for each in self.materials if each.id == name), None)


@dataclass(frozen=True)
class MatterValue:
    """A matter in force: its declaration, which version, and whose pack."""

    declaration: MatterDeclaration
    digest: str
    pack: str

    @property
    def id(self) -> str:
        """The matter's id."""
        return self.declaration.matter


class Standing(StrEnum):
    """Where a needed material stands for an applicant."""

    HELD = "held"  # the government has it: nothing to bring
    KNOWN = "known"  # a register or credential gives it once the applicant is known
    BRING = "bring"
    DECLARE = "declare"


STANDING_TITLES = {
    Standing.HELD: Words(zh="政府已有，不用交", en="The government has it: nothing to bring"),
    Standing.KNOWN: Words(zh="登录后由系统调取", en="Fetched for you once you are signed in"),
    Standing.BRING: Words(zh="需要您提供", en="You bring it"),
    Standing.DECLARE: Words(zh="您书面承诺即可", en="You declare it"),
}


@dataclass(frozen=True)
class NeededMaterial:
    """A material that a situation needs: where it stands, and where it comes from. `certain` is false while a question that decides it is open."""

    material: Material
    standing: Standing
    origin: Words | None
    certain: bool = True


@dataclass(frozen=True)
class Needs:
    """What a matter takes: the situations to be asked, those still open, and the materials, the applicant's own first."""

    asked: tuple[Situation, ...]
    open: tuple[Situation, ...]
    materials: tuple[NeededMaterial, ...]

    @property
    def to_bring(self) -> tuple[NeededMaterial, ...]:
        """What the applicant must bring or declare."""
        own = {Standing.BRING, Standing.DECLARE}
        return tuple(each for each in self.materials if each.standing in own)
