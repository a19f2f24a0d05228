"""A city with two offices that send firms, and a register that is built from them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.registers import services
from shuzhi.data.registers.parts import install_register
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.foundation.packfiles import packs_root
from shuzhi.foundation.parts import Declaration, Installation
from shuzhi.packs.yaml import read
from shuzhi.pillars.organization.parts import NODES
from shuzhi.pillars.organization.types import NodeDeclaration
from shuzhi.pillars.security.types import Actor, Role, system

MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OFFICER = Actor(name="account/zhang", office="market-regulation", roles=frozenset({Role.DATA_OFFICER}))
BUREAU = Actor(name="account/zhou", office="data-bureau", roles=frozenset({Role.BUREAU}))

FIRMS = {"uscc": "text", "name": "text", "founded_on": "date", "capital": "amount", "address": "text"}
TAXES = {"uscc": "text", "name": "text", "credit": "text", "share": "decimal", "open": "boolean"}
HEADS = {"firms": list(FIRMS), "taxes": list(TAXES)}

ONE = "91330182843963542R,甲公司,1980-01-01,10万元人民币,杭州市上城区清波街道1号\n"
TWO = "9133010014304617XG,乙公司,1980-01-21,N/A,\n"
TAXED_ONE = "91330182843963542R,甲公司（杭州）,A,12.50,true\n"


def declare(dataset, fields, *, key=("uscc",)):
    def field(name, kind):
        nulls = ("N/A",) if kind == "amount" else ()
        return {"id": name, "name": {"zh": name, "en": name}, "type": kind, "nulls": nulls}

    return DataSetDeclaration.model_validate(
        {
            "dataset": dataset,
            "title": {"zh": dataset, "en": dataset},
            "owner": "market-regulation",
            "tier": "city",
            "theme": "market",
            "update": "daily",
            "sharing": "conditional",
            "opening": "none",
            "key": key,
            "fields": [field(name, kind) for name, kind in fields.items()],
        }
    )


def install_city():
    """Which city's districts addresses are placed in."""
    file = packs_root() / "node" / "hangzhou" / "nodes" / "hangzhou.yaml"
    node = NodeDeclaration.model_validate(read(file).value)
    NODES.install(
        Declaration("node/hangzhou", file, node, {}),
        Installation("node/hangzhou", file.parent, system("test"), MORNING),
    )


class City:
    """Two data sets and their register, all of them new."""

    def __init__(self, folder):
        self.folder, self.mark, self.sent = folder, uuid.uuid4().hex[:8], 0
        self.register = f"entities-{self.mark}"
        self.now = MORNING
        for name, fields in (("firms", FIRMS), ("taxes", TAXES)):
            self._open(name, fields)
        self.install()
        install_city()

    def dataset(self, name):
        return f"{name}-{self.mark}"

    def declaration(self, **changes):
        return RegisterDeclaration.model_validate(
            {
                "register": self.register,
                "title": {"zh": "法人库", "en": "Entities"},
                "owner": "market-regulation",
                "label": "name",
                "sources": [
                    {
                        "dataset": self.dataset("firms"),
                        "fields": {name: name for name in FIRMS},
                        "derive": {"division": {"of": "address", "by": "current_division"}},
                    },
                    {"dataset": self.dataset("taxes"), "fields": {name: name for name in TAXES}},
                ],
                "fields": [
                    {
                        "id": "uscc",
                        "name": {"zh": "代码", "en": "Code"},
                        "identifier": True,
                        "compare": "upper",
                    },
                    {"id": "name", "name": {"zh": "名称", "en": "Name"}, "compare": "firm_name"},
                    *(
                        {"id": name, "name": {"zh": name, "en": name}}
                        for name in (
                            "founded_on",
                            "capital",
                            "address",
                            "division",
                            "credit",
                            "share",
                            "open",
                        )
                    ),
                ],
                "match": [
                    {"by": ["uscc"], "normalise": {"uscc": "upper"}},
                    {"by": ["name", "division"], "normalise": {"name": "firm_name"}},
                ],
                **changes,
            }
        )

    def install(self, **changes):
        declared = Declaration("test/pack", self.folder / "x.yaml", self.declaration(**changes), {})
        install_register(declared, Installation("test/pack", self.folder, system("test"), self.now))

    def publish(self, *names):
        for name in names or HEADS:
            catalog.publish_entry(dataset=self.dataset(name), by=BUREAU, at=self.now)

    def send(self, name, *lines, mode="full"):
        self.now += HOUR
        self.sent += 1
        path = self.folder / f"{self.sent}.csv"
        path.write_text(",".join(HEADS[name]) + "\n" + "".join(lines), "utf-8")
        batch = sources.receive_file(
            source=f"{self.dataset(name)}-{mode}", path=path, by=OFFICER, at=self.now
        )
        done = sources.collect_batch(batch=batch.id, by=OFFICER, at=self.now)
        assert done.problem is None
        return done

    def build(self, *, by=BUREAU):
        self.now += HOUR
        return services.build_register(register=self.register, by=by, at=self.now)

    def _open(self, name, fields):
        dataset = self.dataset(name)
        catalog.propose_entry(declaration=declare(dataset, fields), by=OFFICER, at=self.now)
        for mode in ("full", "incremental", "delete"):
            source = SourceDeclaration(
                source=f"{dataset}-{mode}", dataset=dataset, office="market-regulation", mode=mode
            )
            sources.register_source(declaration=source, by=OFFICER, at=self.now)
