"""A resident of the demonstration (synthetic): the mother of the youngest child on record, who may register the birth."""

from __future__ import annotations

from typing import Any

from shuzhi.business.market import services as market
from shuzhi.data.registers import queries as registers
from shuzhi.data.registers.errors import NoSuchRegister
from shuzhi.data.registers.types import GoldenRecord
from shuzhi.demo.people import RUNNER
from shuzhi.demo.types import Run
from shuzhi.pillars.security.types import Role
from shuzhi.support.identity import services as identity

USERNAME = "resident"


def open_resident(run: Run) -> dict[str, Any]:
    """Open her account with a proven identity; nothing where the registers know no such mother."""
    mother = _youngest_mother()
    if mother is None:
        return {"opened": False}
    identity.open_account(
        username=USERNAME, person=str(mother.values["name"]), person_en="A mother", office=None, division=None,
        roles=frozenset({Role.RESIDENT}), password=identity.DEMO_PASSWORD, is_demo=True, by=RUNNER, at=run.at,
    )  # fmt: skip
    number = str(mother.values["resident_id"])
    identity.note_proof(username=USERNAME, scheme="resident_id", value=number, by=RUNNER, at=run.at)
    market.bind_account(
        username=USERNAME, scheme="resident_id", value=number, evidence="演示：身份由合成的人口数据给出",
        by=RUNNER, at=run.at,
    )  # fmt: skip
    return {"opened": True}


def _youngest_mother() -> GoldenRecord | None:
    try:
        births = sorted(registers.golden_values("births", ["born_on", "mother_id"]), key=_born, reverse=True)
    except NoSuchRegister:
        return None
    for _, _, number in births:
        found = registers.find("population", "resident_id", number) if number else None
        if found is not None and found.values.get("name"):
            return found
    return None


def _born(birth: tuple[str, ...]) -> str:
    return birth[1] or ""
