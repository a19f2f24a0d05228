"""Cases as other rooms and pages see them, and the events they emit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.support.workflow.types import DueReason


class State(StrEnum):
    """How far a case is. What is granted is over once it has been delivered; every other decision ends it."""

    SUBMITTED = "submitted"
    CORRECTING = "correcting"
    ACCEPTED = "accepted"
    GRANTED = "granted"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"
    ELSEWHERE = "elsewhere"


STATE_TITLES = {
    State.SUBMITTED: Words(zh="待受理", en="Waits to be accepted"),
    State.CORRECTING: Words(zh="待补正", en="Waits for corrections"),
    State.ACCEPTED: Words(zh="办理中", en="Under review"),
    State.GRANTED: Words(zh="准予", en="Granted"),
    State.REFUSED: Words(zh="不予批准", en="Refused"),
    State.NOT_ACCEPTED: Words(zh="不予受理", en="Not accepted"),
    State.WITHDRAWN: Words(zh="已撤回", en="Withdrawn"),
    State.REVOKED: Words(zh="已撤销", en="Revoked"),
    State.ELSEWHERE: Words(zh="在部门自建系统办理", en="Handled in an office's own system"),
}
WAITING = (State.SUBMITTED, State.CORRECTING, State.ACCEPTED)
DECIDED = (State.GRANTED, State.REFUSED, State.NOT_ACCEPTED)


class Delivery(StrEnum):
    """How the result reaches the applicant."""

    ONLINE = "online"
    POST = "post"
    WINDOW = "window"


DELIVERY_TITLES = {
    Delivery.ONLINE: Words(zh="电子送达", en="Online"),
    Delivery.POST: Words(zh="邮寄", en="By post"),
    Delivery.WINDOW: Words(zh="窗口领取", en="At the window"),
}


class Action(StrEnum):
    """One step of a case."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    DEEM = "deem"
    REJECT = "reject"
    ASK = "ask"
    CORRECT = "correct"
    HAND_OVER = "hand_over"
    GRANT = "grant"
    REFUSE = "refuse"
    COMMIT = "commit"
    ISSUE = "issue"
    DELIVER = "deliver"
    ARCHIVE = "archive"
    OBJECT = "object"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAW = "withdraw"
    FEE = "fee"
    CHARGE = "charge"
    PAID = "paid"
    REFUND = "refund"
    ELSEWHERE = "elsewhere"


ACTION_TITLES = {
    Action.SUBMIT: Words(zh="提交", en="Submitted"),
    Action.ACCEPT: Words(zh="受理", en="Accepted"),
    Action.DEEM: Words(zh="逾期未告知，依法视为受理", en="Deemed accepted: nobody answered in time"),
    Action.REJECT: Words(zh="不予受理", en="Not accepted"),
    Action.ASK: Words(zh="一次性告知补正", en="Corrections asked for, all at once"),
    Action.CORRECT: Words(zh="已补正", en="Corrected"),
    Action.HAND_OVER: Words(zh="转人工办理", en="Handed to a person"),
    Action.GRANT: Words(zh="准予", en="Granted"),
    Action.REFUSE: Words(zh="不予批准", en="Refused"),
    Action.COMMIT: Words(zh="签署告知承诺", en="Commitment signed"),
    Action.ISSUE: Words(zh="制证", en="Credential issued"),
    Action.DELIVER: Words(zh="送达", en="Delivered"),
    Action.ARCHIVE: Words(zh="归档", en="Filed in the archive"),
    Action.OBJECT: Words(zh="提出异议", en="Objection"),
    Action.UPHOLD: Words(zh="异议成立，重新办理", en="Objection upheld: decided anew"),
    Action.DISMISS: Words(zh="异议不成立", en="Objection dismissed"),
    Action.KEPT: Words(zh="承诺核查属实", en="The commitment was kept"),
    Action.BROKEN: Words(zh="承诺不实，撤销决定", en="The commitment was broken: revoked"),
    Action.WITHDRAW: Words(zh="撤回", en="Withdrawn"),
    Action.FEE: Words(zh="核定费用", en="Worked out the fee"),
    Action.CHARGE: Words(zh="开具缴费单", en="Asked for the fee"),
    Action.PAID: Words(zh="已缴费", en="The fee was paid"),
    Action.REFUND: Words(zh="退费", en="The fee is given back"),
    Action.ELSEWHERE: Words(zh="部门自建系统报送", en="Reported by an office's own system"),
}


class Had(StrEnum):
    """Where a material of a case stands."""

    REGISTER = "register"
    CREDENTIAL = "credential"
    UPLOADED = "uploaded"
    COMMITTED = "committed"
    MISSING = "missing"


HAD_TITLES = {
    Had.REGISTER: Words(zh="系统已调取", en="Fetched from a register"),
    Had.CREDENTIAL: Words(zh="电子证照", en="Credential held"),
    Had.UPLOADED: Words(zh="已提交", en="Handed in"),
    Had.COMMITTED: Words(zh="书面承诺", en="Committed to"),
    Had.MISSING: Words(zh="缺少", en="Missing"),
}


@dataclass(frozen=True)
class CaseMaterial:
    """One material of a case: where it came from, and by which number or batch."""

    id: str
    title: Words
    had: Had
    reference: str = ""


@dataclass(frozen=True)
class Point:
    """One thing that must be corrected: what, and how."""

    what: str
    how: str


@dataclass(frozen=True)
class Case:
    """A case. `version` counts its steps; pass it back to act on what you saw."""

    id: int
    number: str
    matter: str
    title: Words
    office: str
    applicant: str
    scheme: str
    holder: str
    agent: str
    channel: str
    submission: str
    state: State
    reason: str
    version: int
    opened_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    delivered_at: datetime | None
    archived_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    due_reason: DueReason
    days_left: int | None
    is_late: bool
    is_instant: bool
    delivery: Delivery
    credential: str
    review: str
    objection: str
    commitment: dict[str, Any]
    check: str
    points: tuple[Point, ...]
    materials: tuple[CaseMaterial, ...]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.closed_at is None

    @property
    def subject(self) -> str:
        """Whose case it is."""
        return f"{self.scheme}/{self.holder}"

    @property
    def missing(self) -> tuple[CaseMaterial, ...]:
        """The materials that are not there."""
        return tuple(each for each in self.materials if each.had is Had.MISSING)


@dataclass(frozen=True)
class CaseLine:
    """A case as a list shows it."""

    id: int
    number: str
    matter: str
    office: str
    applicant: str
    channel: str
    state: State
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    rank_at: datetime
    is_late: bool
    is_instant: bool


@dataclass(frozen=True)
class CaseStep:
    """One line of a case's history."""

    seq: int
    action: Action
    state: State
    by: str
    by_title: str
    office: str | None
    at: datetime
    note: str


@dataclass(frozen=True)
class AssessedFee:
    """What something costs in a case, worked out once: how many fen, why, and how the rule came to it, line by line.

    `part` is the matter of a journey's part, empty for the case's own. `let_off` says why nothing is owed for it any more.
    """

    part: str
    title: Words
    office: str
    fen: int
    because: str
    explanation: tuple[Words, ...]
    refunded: bool
    let_off: str | None
    at: datetime


@dataclass(frozen=True)
class CameFile:
    """A file that came with a case from another node (随件材料): for which question, and when it was erased."""

    field: str
    sha256: str
    name: str
    kind: str
    size: int
    at: datetime
    erased_at: datetime | None


@dataclass(frozen=True)
class Crossed:
    """A case that another node handles (通办): which, under which number there, and why it waits where it does.

    `sent` of `messages` have arrived there, and of the next one's files so many `pieces` of `of_pieces`. `credential` is what that node issued: number, title, and the signed file.
    """

    node: str
    title: Words
    number: str
    sent: int
    messages: int
    waits: Words | None
    credential: dict[str, Any]
    pieces: int = 0
    of_pieces: int = 0


@dataclass(frozen=True)
class Tally:
    """What became of the cases of a matter or an office in a period."""

    matter: str
    office: str
    submitted: int = 0
    accepted: int = 0
    elsewhere: int = 0
    granted: int = 0
    refused: int = 0
    instant: int = 0
    in_time: int = 0
    decided: int = 0
    withdrawn: int = 0
    corrected: int = 0

    @property
    def cases(self) -> int:
        """All cases that were accepted, here or in an office's own system (K03's denominator)."""
        return self.accepted + self.elsewhere


@dataclass(frozen=True)
class CaseSubmitted:
    """A case has begun."""

    case: str
    matter: str
    office: str
    at: datetime


@dataclass(frozen=True)
class FeesLetOff:
    """Parts of a journey were not granted: nothing is owed for them."""

    case: str
    at: datetime


@dataclass(frozen=True)
class CaseStepped:
    """A step of which applicants are told: accepted, to be corrected, to be paid, delivered."""

    case: str
    matter: str
    step: str
    at: datetime


@dataclass(frozen=True)
class HandedCaseStepped:
    """A case that another node handed over took a step."""

    id: int
    case: str


@dataclass(frozen=True)
class CaseDecided:
    """A case was decided, perhaps anew."""

    case: str
    matter: str
    result: str
    at: datetime


@dataclass(frozen=True)
class CaseClosed:
    """Nothing more is to be done about a case."""

    case: str
    matter: str
    result: str
    at: datetime


@dataclass(frozen=True)
class CommitmentBroken:
    """A check found that a commitment was not kept. Whose it was is not said."""

    case: str
    matter: str
    on: date
    at: datetime
