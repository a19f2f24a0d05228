"""What scenarios do with cases: submit, accept, ask, correct, decide, deliver, object, and look at what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.business.matters.cases import figures, queries, services
from shuzhi.business.matters.cases.looping import send_to_itself
from shuzhi.business.matters.cases.types import AssessedFee, Case, Delivery, Point
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import system
from shuzhi.support.payments import money
from shuzhi.support.payments.types import Order

SUBMIT = "submit case"


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Submitting(_Said):
    """Which matter, in which situation, with which answers; at the window, for whom."""

    matter: str
    answers: dict[str, Any] = Field(default_factory=dict)
    choices: dict[str, str] = Field(default_factory=dict)
    submission: str = ""
    applicant: str | None = None
    channel: str = "online"
    delivery: Delivery = Delivery.ONLINE
    key: str | None = None
    commits: bool = False


class OfCase(_Said):
    """A case by its number, by default the one submitted last."""

    case: str | None = None


class Noting(OfCase):
    """A word with it."""

    note: str = ""


class Asking(OfCase):
    """Everything that must be corrected: what, and how."""

    points: dict[str, str]


class Correcting(OfCase):
    """What was corrected."""

    answers: dict[str, Any] = Field(default_factory=dict)
    submission: str = ""
    note: str = ""


class Deciding(OfCase):
    """Granted or not, why, and what the credential says besides."""

    granted: bool
    note: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)


class Delivering(OfCase):
    """How."""

    way: Delivery = Delivery.WINDOW
    note: str = ""


class Reporting(_Said):
    """A case that an office's own system handled: its number there and its holder."""

    matter: str
    reference: str
    holder: str
    scheme: Literal["resident_id", "uscc"] = "resident_id"


class Owning(_Said):
    """The actor's own cases, of one matter or of all."""

    matter: str = ""


class Between(_Said):
    """From one day to another, by default this year until today."""

    since: date | None = None
    until: date | None = None
    matter: str = ""


class Nothing(_Said):
    """Nothing more to say."""


def submit(said: Submitting, stage: Stage) -> dict[str, Any]:
    """Submit a case; what a rule can decide is decided."""
    return _told(services.submit(**said.model_dump(), by=stage.by, at=stage.at), stage)


def accept(said: OfCase, stage: Stage) -> dict[str, Any]:
    """Accept a case."""
    return _done(services.accept, said, stage)


def reject(said: Noting, stage: Stage) -> dict[str, Any]:
    """Refuse to accept a case."""
    made = services.reject(case=_number(said, stage), reason=said.note, by=stage.by, at=stage.at)
    return _told(made, stage)


def ask(said: Asking, stage: Stage) -> dict[str, Any]:
    """Say once what must be corrected."""
    points = [Point(what, how) for what, how in said.points.items()]
    made = services.ask_correction(case=_number(said, stage), points=points, by=stage.by, at=stage.at)
    return _told(made, stage)


def correct(said: Correcting, stage: Stage) -> dict[str, Any]:
    """Correct a case."""
    return _done(services.correct, said, stage)


def decide(said: Deciding, stage: Stage) -> dict[str, Any]:
    """Decide a case."""
    return _done(services.decide, said, stage)


def deliver(said: Delivering, stage: Stage) -> dict[str, Any]:
    """Deliver a result."""
    return _done(services.deliver, said, stage)


def withdraw(said: Noting, stage: Stage) -> dict[str, Any]:
    """Withdraw a case."""
    return _done(services.withdraw, said, stage)


def hand_over(said: Noting, stage: Stage) -> dict[str, Any]:
    """Have a person look at what a rule refused."""
    return _done(services.hand_over, said, stage)


def object_to(said: Noting, stage: Stage) -> dict[str, Any]:
    """Object to a decision."""
    made = services.object_to(case=_number(said, stage), said=said.note, by=stage.by, at=stage.at)
    return _told(made, stage)


def report(said: Reporting, stage: Stage) -> dict[str, Any]:
    """Report a case of an office's own system."""
    made = services.report_elsewhere(**said.model_dump(), handled_at=stage.at, by=stage.by, at=stage.at)
    return _told(made, stage)


def accept_deemed(said: Nothing, stage: Stage) -> int:
    """Accept what nobody answered in time."""
    del said
    return services.accept_deemed(by=system("matters"), at=stage.at)


def carry(said: Nothing, stage: Stage) -> int:
    """Send to the other node, which is this one, and take back what it says; returns how many cases had news."""
    del said
    return sum(services.carry(by=system("matters"), at=stage.at, send=send_to_itself) for _ in range(2))


def crossed(said: OfCase, stage: Stage) -> dict[str, Any]:
    """How a case stands that another node handles."""
    found = queries.crossing(_number(said, stage))
    return {
        "node": found.node if found else "", "case": found.number if found else "",
        "waits": found.waits.zh if found and found.waits else "",
        "credential": found.credential.get("number", "") if found else "",
    }  # fmt: skip


def look(said: OfCase, stage: Stage) -> dict[str, Any]:
    """A case as it stands."""
    return _told(queries.case(_number(said, stage), at=stage.at), stage)


def own(said: Owning, stage: Stage) -> list[dict[str, Any]]:
    """The actor's own cases, the newest first, each with the order that waits for them."""
    found = queries.own_cases(by=stage.by, at=stage.at)
    return [_told(each, stage) | _to_pay(each) for each in found if said.matter in ("", each.matter)]


def _to_pay(found: Case) -> dict[str, Any]:
    waiting = queries.fees_to_pay(found.number)
    return {
        "order": waiting[0].number if waiting else "",
        "orders": [each.number for each in waiting],
        "to_pay": money.said(sum(each.amount for each in waiting)) if waiting else "",
    }


def fees(said: OfCase, stage: Stage) -> list[dict[str, Any]]:
    """What a case costs, part by part, why, and how its orders stand."""
    number = _number(said, stage)
    placed = queries.fees(number)
    return [
        _fee(each, [one for one in placed if queries.part_of(one) == each.part])
        for each in queries.assessed_fees(number)
    ]


def _fee(found: AssessedFee, placed: list[Order]) -> dict[str, Any]:
    return {
        "part": found.part, "office": found.office, "amount": money.yuan_of(found.fen), "because": found.because,
        "why": [line.zh for line in found.explanation], "let_off": found.let_off or "",
        "order": placed[-1].number if placed else "", "state": placed[-1].state.value if placed else "",
        "received": money.yuan_of(sum(each.received for each in placed)),
        "refunded": money.yuan_of(sum(each.refunded for each in placed)),
    }  # fmt: skip


def tallies(said: Between, stage: Stage) -> list[dict[str, Any]]:
    """What became of cases."""
    today = day_of(stage.at)
    found = figures.figures(
        since=said.since or date(today.year, 1, 1), until=said.until or today, matter=said.matter
    )
    return [
        {
            "matter": each.matter, "submitted": each.submitted, "accepted": each.accepted,
            "elsewhere": each.elsewhere, "granted": each.granted, "refused": each.refused,
            "instant": each.instant, "decided": each.decided, "in_time": each.in_time,
        }
        for each in found
    ]  # fmt: skip


def _done(service: Callable[..., Case], said: OfCase, stage: Stage) -> dict[str, Any]:
    given = said.model_dump() | {"case": _number(said, stage)}
    return _told(service(**given, by=stage.by, at=stage.at), stage)


def _number(said: OfCase, stage: Stage) -> str:
    begun = stage.latest(SUBMIT)
    return said.case or (str(begun["case"]) if begun else "")


def _told(case: Case, stage: Stage) -> dict[str, Any]:
    del stage
    return {
        "case": case.number, "state": case.state.value, "open": case.is_open, "reason": case.reason,
        "credential": case.credential, "review": case.review,
        "dossier": int(case.review.partition("/")[2]) if case.review.startswith("dossier/") else None,
        "objection": int(case.objection.partition("/")[2]) if case.objection else None,
        "check": int(case.check.partition("/")[2]) if case.check else None,
        "instant": case.is_instant, "late": case.is_late, "due_at": case.due_at,
        "missing": [each.id for each in case.missing],
        "because": [line.zh for line in queries.explanation(case.number)],
        "history": [step.action.value for step in queries.history(case.number)],
    }  # fmt: skip


OF = {"matter": "matters"}
VERBS = (
    Verb(SUBMIT, Words(zh="提交办件", en="submit a case"), Submitting, submit, names=OF),
    Verb("accept case", Words(zh="受理办件", en="accept a case"), OfCase, accept),
    Verb("reject case", Words(zh="不予受理", en="refuse to accept a case"), Noting, reject),
    Verb("ask correction", Words(zh="一次性告知补正", en="ask once for corrections"), Asking, ask),
    Verb("correct case", Words(zh="补正办件", en="correct a case"), Correcting, correct),
    Verb("decide case", Words(zh="作出决定", en="decide a case"), Deciding, decide),
    Verb("deliver case", Words(zh="送达结果", en="deliver a result"), Delivering, deliver),
    Verb("withdraw case", Words(zh="撤回办件", en="withdraw a case"), Noting, withdraw),
    Verb("hand over case", Words(zh="转人工办理", en="ask for a person's decision"), Noting, hand_over),
    Verb("object to case", Words(zh="对办件提出异议", en="object to a decision"), Noting, object_to),
    Verb("report case", Words(zh="报送自建系统办件", en="report a case handled elsewhere"), Reporting, report, names=OF),
    Verb("accept deemed", Words(zh="逾期视为受理", en="accept what nobody answered"), Nothing, accept_deemed),
    Verb("carry cases", Words(zh="跨域传递办件", en="send cases to another node and take back what it says"), Nothing, carry),
    Verb("case elsewhere", Words(zh="查看跨域办件", en="look at a case that another node handles"), OfCase, crossed, looks=True),
    Verb("own cases", Words(zh="查看本人的办件", en="look at one's own cases"), Owning, own, looks=True, names=OF),
    Verb("matter case", Words(zh="查看办件", en="look at a case of a matter"), OfCase, look, looks=True),
    Verb("case fees", Words(zh="查看办件的费用", en="look at what a case costs"), OfCase, fees, looks=True),
    Verb("case figures", Words(zh="办件统计", en="figures of cases"), Between, tallies, looks=True),
)  # fmt: skip
