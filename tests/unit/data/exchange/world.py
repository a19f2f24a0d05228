"""A small world for the exchange: a register with two firms, two interfaces, and the people of three offices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.exchange import services
from shuzhi.data.exchange.types import Credential, InterfaceDeclaration
from shuzhi.data.registers import models as registers
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.packs import yaml
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.workflow import services as workflow
from shuzhi.support.workflow.types import LoopDeclaration

REPOSITORY = Path(__file__).resolve().parents[4]
AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # a Monday, 9:30 in China
SINCE, UNTIL = date(2026, 1, 1), date(2030, 12, 31)
USCC, OTHER_USCC, ABSENT_USCC = "91350100M000100Y43", "911100000000000000", "91110000000000000X"

OFFICER = Actor("account/tax", "王税", "taxation", roles=frozenset({Role.DATA_OFFICER}))
OWNER = Actor(
    "account/market", "李市监", "market-regulation", roles=frozenset({Role.APPROVER, Role.DATA_OFFICER})
)
BUREAU = Actor("account/bureau", "陈数", "data-bureau", roles=frozenset({Role.BUREAU}))
PLATFORM = system("test")


def words(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


REGISTER = {
    "register": "legal-entity",
    "title": words("法人库"),
    "owner": "market-regulation",
    "sources": [
        {
            "dataset": "firms-registration",
            "fields": {
                "uscc": "code",
                "name": "name",
                "legal_representative": "person",
                "phone": "phone",
                "address": "address",
            },
        }
    ],
    "fields": [
        {"id": "uscc", "name": words("代码"), "identifier": True, "compare": "upper"},
        {"id": "name", "name": words("名称"), "compare": "firm_name"},
        {"id": "legal_representative", "name": words("法定代表人"), "grade": "L3", "mask": "partial"},
        {"id": "phone", "name": words("电话"), "grade": "L3", "mask": "hash"},
        {"id": "address", "name": words("地址"), "grade": "L2", "mask": "none"},
    ],
    "match": [{"by": ["uscc"]}],
    "label": "name",
}
DATASET = {
    "dataset": "firms-registration",
    "title": words("企业登记"),
    "owner": "market-regulation",
    "tier": "city",
    "theme": "economy",
    "update": "daily",
    "sharing": "conditional",
    "opening": "none",
    "fields": [
        {"id": "code", "name": words("代码"), "standard": "uscc"},
        {"id": "name", "name": words("名称")},
        {"id": "person", "name": words("法人")},
        {"id": "phone", "name": words("电话")},
        {"id": "address", "name": words("地址")},
    ],
}
BY_USCC = {
    "interface": "firm-by-uscc",
    "title": words("企业查询"),
    "owner": "market-regulation",
    "register": "legal-entity",
    "kind": "record",
    "by": ["uscc"],
    "fields": ["uscc", "name", "legal_representative", "phone", "address"],
    "clearance": "L2",
    "provenance": True,
    "rate": {"per_second": 10000, "burst": 100000},
    "basis": [{"title": "浙江省公共数据条例", "since": "2022-03-01"}],
}
EXISTS = BY_USCC | {
    "interface": "firm-exists",
    "kind": "verification",
    "by": ["uscc", "name"],
    "fields": [],
    "provenance": False,
}
FIRM = {
    "uscc": USCC,
    "name": "杭州数治（科技）有限公司",
    "legal_representative": "张三丰",
    "phone": "13812345678",
    "address": "杭州市余杭区文一西路1号",
}


@dataclass(frozen=True)
class World:
    """What a test needs to call the gateway."""

    record: Credential
    verification: Credential


def declare_interface(**changes: Any) -> InterfaceDeclaration:
    return InterfaceDeclaration.model_validate(BY_USCC | changes)


def install_register(**changes: Any) -> None:
    declared = RegisterDeclaration.model_validate(REGISTER | changes).model_dump(mode="json", by_alias=True)
    registers.Register.objects.update_or_create(
        id="legal-entity", defaults={"declared": declared, "pack": "test"}
    )


def add_firm(entity: str, golden: dict[str, Any], *, retired: bool = False) -> None:
    origin = {
        "dataset": "firms-registration",
        "batch": "batch-7",
        "row": 3,
        "at": "2026-02-28T18:00:00+00:00",
    }
    registers.Entity.objects.create(
        id=entity,
        register="legal-entity",
        label=golden["name"],
        label_sort="x",
        golden=golden,
        provenance=dict.fromkeys(golden, origin),
        updated_at=AT,
        retired_at=AT if retired else None,
    )
    registers.Identifier.objects.create(
        register="legal-entity", scheme="uscc", value=golden["uscc"], entity_id=entity
    )


def install_loop() -> None:
    file = REPOSITORY / "packs" / "platform" / "governance" / "loops" / "share-request.yaml"
    declaration = LoopDeclaration.model_validate(yaml.read(file).value)
    workflow.install_loop(declaration=declaration, pack="platform/governance", by=PLATFORM, at=AT)


def install_dataset(**changes: Any) -> None:
    declaration = DataSetDeclaration.model_validate(DATASET | changes)
    catalog.propose_entry(declaration=declaration, by=PLATFORM, at=AT)
    catalog.publish_entry(dataset=declaration.dataset, by=PLATFORM, at=AT)


def install_interface(declaration: InterfaceDeclaration) -> None:
    services.propose_interface(declaration=declaration, by=PLATFORM, at=AT)
    services.publish_interface(interface=declaration.interface, by=OWNER, at=AT)


def ask(interface: str = "firm-by-uscc", **changes: Any) -> int:
    wanted: dict[str, Any] = {
        "interface": interface,
        "office": "taxation",
        "purpose": "企业开办核验",
        "basis": "浙江省公共数据条例",
        "since": SINCE,
        "until": UNTIL,
        "daily_quota": 10_000,
        "by": OFFICER,
        "at": AT,
    }
    return services.request_subscription(**(wanted | changes)).id


def dossier_of(subscription: int) -> int:
    from shuzhi.data.exchange import queries

    return queries.subscription(subscription).dossier


def approve(subscription: int) -> None:
    dossier = dossier_of(subscription)
    workflow.act(dossier=dossier, action="owner-approve", by=OWNER, at=AT)
    workflow.act(dossier=dossier, action="bureau-approve", by=BUREAU, at=AT)


def subscribe(interface: str = "firm-by-uscc", **changes: Any) -> Credential:
    number = ask(interface, **changes)
    approve(number)
    by = replace(OFFICER, office=changes.get("office", "taxation"))
    return services.grant(subscription=number, by=by, at=AT)


def build_world() -> World:
    install_loop()
    install_register()
    install_dataset()
    add_firm("e-1", FIRM)
    add_firm("e-2", FIRM | {"uscc": OTHER_USCC, "name": "已注销公司"}, retired=True)
    install_interface(declare_interface())
    install_interface(InterfaceDeclaration.model_validate(EXISTS))
    return World(record=subscribe(), verification=subscribe("firm-exists"))
