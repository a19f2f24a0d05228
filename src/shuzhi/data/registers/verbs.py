"""What scenarios do with registers: build one, look a record up."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.data.registers import queries, services
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class OfRegister(BaseModel):
    """A register."""

    model_config = ConfigDict(extra="forbid")

    register_: str = Field(alias="register")


class OfRecord(OfRegister):
    """A record by one of its identifiers: `by: {uscc: …}`."""

    by: dict[str, str] = Field(min_length=1, max_length=1)


def build(said: OfRegister, stage: Stage) -> dict[str, Any]:
    """Build a register from what is collected."""
    return services.build_register(register=said.register_, by=stage.by, at=stage.at).as_dict()


def look_up(said: OfRecord, stage: Stage) -> dict[str, Any] | None:
    """The golden record, with the data set that each value comes from; nothing where there is none."""
    del stage
    ((scheme, value),) = said.by.items()
    found = queries.find(said.register_, scheme, value)
    if found is None:
        return None
    origins = {name: source.dataset for name, source in found.provenance.items()}
    return {"id": found.id, "label": found.label, "values": dict(found.values), "from": origins}


def look_at_conflicts(said: OfRegister, stage: Stage) -> dict[str, int]:
    """In how many records the sources of each field differ."""
    del stage
    return queries.conflict_counts(said.register_)


NAMES = {"register": "registers"}
VERBS = (
    Verb("build register", Words(zh="生成基础库", en="build a register"), OfRegister, build, names=NAMES),
    Verb("record", Words(zh="查看档案", en="look a record up"), OfRecord, look_up, looks=True, names=NAMES),
    Verb(
        "conflicts",
        Words(zh="查看来源差异", en="see where sources differ"),
        OfRegister,
        look_at_conflicts,
        looks=True,
        names=NAMES,
    ),
)
