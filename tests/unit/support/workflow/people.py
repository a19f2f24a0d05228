"""Who takes part in the tests of loops, and when."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from shuzhi.foundation.packfiles import packs_root
from shuzhi.packs.yaml import read
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.workflow.types import LoopDeclaration

FRIDAY = datetime(2026, 9, 18, 2, tzinfo=UTC)  # 10 o'clock in Hangzhou; Sunday the 20th is worked
LOOPS = Path("platform", "governance", "loops")

INSTALLER = Actor(name="account/admin", title="吴凡", roles=frozenset({Role.ADMINISTRATOR}))
OFFICER = Actor(
    name="account/officer", title="陈静", office="market-regulation", roles=frozenset({Role.DATA_OFFICER})
)
APPROVER = Actor(
    name="account/approver", title="林涛", office="market-regulation", roles=frozenset({Role.APPROVER})
)
ASKER = Actor(name="account/tax", title="税务", office="taxation", roles=frozenset({Role.DATA_OFFICER}))
BUREAU = Actor(name="account/bureau", title="周明", office="data-bureau", roles=frozenset({Role.BUREAU}))
LEADER = Actor(name="account/leader", title="机长", office="city-office", roles=frozenset({Role.LEADER}))
PLATFORM = system("quality")
EVERYBODY = (OFFICER, APPROVER, ASKER, BUREAU, LEADER, PLATFORM)


def declared(name: str) -> LoopDeclaration:
    return LoopDeclaration.model_validate(read(packs_root() / LOOPS / f"{name}.yaml").value)
