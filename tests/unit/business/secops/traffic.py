"""Weeks of ordinary traffic with a few attacks put in: who did what is known, so that what is found can be counted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from shuzhi.foundation.clock import CHINA
from shuzhi.foundation.packfiles import packs_root
from shuzhi.packs import yaml
from shuzhi.pillars.standards import calendars

FIRST = date(2026, 3, 2)
GOVERNANCE = "platform/governance"
INTERFACES = [f"interface/i{number}" for number in range(12)]


@dataclass
class Act:
    """One entry to be written."""

    at: datetime
    actor: str
    target: str
    action: str = "exchange.called"
    outcome: str = "answered"
    office: str = "taxation"
    purpose: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def install() -> None:
    """The platform's own rules and loop."""
    from shuzhi.business.secops import models
    from shuzhi.business.secops.types import AccessRule
    from shuzhi.pillars.security.types import system
    from shuzhi.support.workflow import services
    from shuzhi.support.workflow.types import LoopDeclaration

    folder = packs_root() / GOVERNANCE
    for file in sorted((folder / "access-rules").glob("*.yaml")):
        rule = AccessRule.model_validate(yaml.read(file).value)
        models.Rule.objects.create(id=rule.rule, declared=rule.model_dump(mode="json"), pack="test")
    loop = LoopDeclaration.model_validate(yaml.read(folder / "loops" / "security-incident.yaml").value)
    services.install_loop(
        declaration=loop, pack="test", by=system("test"), at=datetime(2026, 3, 1, tzinfo=CHINA)
    )


def write(acts: Iterator[Act] | list[Act]) -> int:
    """Write them as committed, sealed entries."""
    from shuzhi.pillars.security import audit
    from shuzhi.pillars.security.types import Actor

    count, last = 0, None
    for act in acts:
        audit.record(
            act.action, target=act.target, at=act.at, outcome=act.outcome,
            by=Actor(name=act.actor, office=act.office, purpose=act.purpose), **act.facts,
        )  # fmt: skip
        count, last = count + 1, act.at
    audit.seal(at=last or datetime(2026, 3, 1, tzinfo=CHINA))
    return count


def ordinary(day: date, chance: random.Random, callers: int = 12) -> Iterator[Act]:
    """A day of a city's offices: busy on working days, some failures, month's end busier, exports now and then."""
    is_working = calendars.is_working_day(day)
    for number in range(callers):
        usual = 8 + 4 * number
        month_end = 1.6 if day.day >= 28 else 1.0
        calls = (
            int(max(chance.gauss(usual, usual * 0.25), 1) * month_end) if is_working else int(number == 11)
        )
        for _ in range(calls):
            yield call(day, chance, number)
        if is_working and number % 4 == 0 and chance.random() < 0.4:
            facts = {"rows": int(max(chance.gauss(900, 200), 10)), "export": "x"}
            yield Act(moment(day, chance), f"account/clerk{number}", "dataset/firms", "exports.exported", "done", facts=facts)  # fmt: skip


def call(day: date, chance: random.Random, number: int) -> Act:
    """One call: some ask for what is not there, a few are refused."""
    happens = chance.random()
    rule = "query" if happens < 0.06 else "rate" if happens < 0.075 else None
    target = INTERFACES[number] if chance.random() < 0.8 else INTERFACES[(number + 1) % 12]
    facts = {"rule": rule} if rule else {}
    action, outcome = ("exchange.refused", "refused") if rule else ("exchange.called", "answered")
    return Act(
        moment(day, chance), f"subscription/{number}", target, action, outcome, purpose="核验", facts=facts
    )


def moment(day: date, chance: random.Random, first: float = 8.6, last: float = 17.6) -> datetime:
    """Some time of a working day."""
    hour = chance.uniform(first, last)
    return datetime.combine(day, time(), tzinfo=CHINA) + timedelta(hours=hour)


def attacks(day: date, chance: random.Random) -> dict[str, list[Act]]:
    """One attack of every kind, by the rule that is to find it."""
    at = [moment(day, chance) for _ in range(2_000)]
    night = datetime.combine(day, time(1, 30), tzinfo=CHINA)
    return {
        "unusual-volume": [Act(at[n], "subscription/3", INTERFACES[3], purpose="核验") for n in range(420)],
        "unusual-hours": [Act(night + timedelta(seconds=n), "subscription/5", INTERFACES[5], purpose="核验") for n in range(14)],
        "unusual-novelty": [Act(at[n], "subscription/1", f"interface/new{n}", purpose="核验") for n in range(4)],
        "walking-keys": [
            Act(at[n], "subscription/7", INTERFACES[7], "exchange.refused", "refused", purpose="核验", facts={"rule": "query"}) for n in range(90)
        ],
        "many-refusals": [
            Act(at[n], "subscription/9", INTERFACES[9], "exchange.refused", "refused", purpose="核验", facts={"rule": "subscription"}) for n in range(80)
        ],
        "unusual-export": [Act(at[0], "account/clerk8", "dataset/firms", "exports.exported", "done", facts={"rows": 60_000, "export": "y"})],
    }  # fmt: skip
