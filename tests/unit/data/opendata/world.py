"""A planted data set: open, masked and closed fields whose values can be told apart wherever they appear."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.opendata import services
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.pillars.security.types import Actor, Role

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
OFFICE = "planning"
OFFICER = Actor(name="account/li", title="李", office=OFFICE, roles=frozenset({Role.DATA_OFFICER}))
APPROVER = Actor(name="account/wu", title="吴", office=OFFICE, roles=frozenset({Role.APPROVER}))
STRANGER = Actor(name="account/he", title="何", office="taxation", roles=frozenset({Role.APPROVER}))
BUREAU = Actor(name="account/zhou", title="周", office="data-bureau", roles=frozenset({Role.BUREAU}))

CLOSED, GRADED = "CLOSEDVALUE", "13812345678"


def field(name, zh, en, **facts):
    return {"id": name, "name": {"zh": zh, "en": en}, "open": True, **facts}


FIELDS = (
    field("code", "编号", "Code", required=True),
    field("name", "名称", "Name"),
    field("district", "区", "District"),
    field("stars", "星级", "Stars", type="integer"),
    field("area", "面积", "Area", type="decimal"),
    field("rent", "租金", "Rent", type="amount"),
    field("opened", "开业日期", "Opened on", type="date"),
    field("seen", "巡查时间", "Seen at", type="datetime"),
    field("covered", "是否室内", "Covered", type="boolean"),
    field("phone", "电话", "Telephone", grade="L3", mask="partial"),
    field("secret", "内部备注", "Internal note", grade="L3", mask="drop"),
    {"id": "inner", "name": {"zh": "未开放字段", "en": "Closed field"}},
)
HEAD = "code,name,district,stars,area,rent,opened,seen,covered,phone,secret,inner"
ROWS = (
    f"m1,拱墅农贸市场,拱墅区,3,120.5,534万元人民币,2019-05-01,2026-01-02T03:04:05+08:00,是,{GRADED},{CLOSED},{CLOSED}",
    f"m2,=1+1 市场,余杭区,5,80,,2020-01-31,2026-01-03T00:00:00+08:00,否,{GRADED},{CLOSED},{CLOSED}",
    f"m3,@良渚 Market 100%,余杭区,,33.25,20万元人民币,,,是,{GRADED},{CLOSED},{CLOSED}",
    f"m4,西湖夜市,西湖区,4,9.75,1万元人民币,2021-07-07,2026-02-03T10:00:00+08:00,否,{GRADED},{CLOSED},{CLOSED}",
)


def declaration(dataset, **changes):
    return DataSetDeclaration.model_validate(
        {
            "dataset": dataset,
            "title": {"zh": "农贸市场", "en": "Food markets"},
            "summary": {"zh": "各区的农贸市场", "en": "Food markets by district"},
            "owner": OFFICE,
            "tier": "city",
            "theme": "market",
            "update": "monthly",
            "sharing": "unconditional",
            "opening": "unconditional",
            "licence": "CC-BY-4.0",
            "key": ("code",),
            "fields": FIELDS,
            "tags": ("菜场", "food"),
        }
        | changes
    )


def publish(dataset, **changes):
    catalog.propose_entry(declaration=declaration(dataset, **changes), by=OFFICER, at=AT)
    catalog.publish_entry(dataset=dataset, by=BUREAU, at=AT)


def collect(folder, dataset, rows=ROWS):
    source = f"source-{uuid.uuid4().hex[:8]}"
    sources.register_source(
        declaration=SourceDeclaration(source=source, dataset=dataset, office=OFFICE, mode="full"),
        by=OFFICER,
        at=AT,
    )
    file = folder / f"{source}.csv"
    file.write_text("\n".join([HEAD, *rows]) + "\n", "utf-8")
    batch = sources.receive_file(source=source, path=file, by=OFFICER, at=AT)
    return sources.collect_batch(batch=batch.id, by=OFFICER, at=AT)


def plant(folder, **changes):
    """A published and collected data set of its own; returns its id."""
    dataset = f"markets-{uuid.uuid4().hex[:8]}"
    publish(dataset, **changes)
    batch = collect(folder, dataset)
    assert batch.accepted == len(ROWS), batch
    return dataset


def open_it(dataset, at=AT):
    return services.open_dataset(dataset=dataset, by=APPROVER, at=at)
