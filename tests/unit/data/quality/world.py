"""An office that sends firms, the loop its issues run on, and the people who take part."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.quality import queries, services
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.foundation.packfiles import packs_root
from shuzhi.packs.yaml import read
from shuzhi.pillars.security.types import Actor, Role, system
from shuzhi.support.workflow import services as workflow
from shuzhi.support.workflow.types import LoopDeclaration

FRIDAY = datetime(2026, 9, 18, 2, tzinfo=UTC)  # Sunday the 20th is worked
OFFICER = Actor(
    name="account/officer", title="陈静", office="market-regulation", roles=frozenset({Role.DATA_OFFICER})
)
STRANGER = Actor(name="account/tax", title="税务", office="taxation", roles=frozenset({Role.DATA_OFFICER}))
BUREAU = Actor(name="account/bureau", title="周明", office="data-bureau", roles=frozenset({Role.BUREAU}))
PLATFORM = system("quality")

HEADER = "企业名称,统一社会信用代码,注册日期,联系人,电话\n"
FIELDS = (
    {"id": "name", "name": {"zh": "企业名称", "en": "Firm name"}},
    {"id": "uscc", "name": {"zh": "统一社会信用代码", "en": "Code"}, "standard": "uscc", "required": True},
    {"id": "founded", "name": {"zh": "注册日期", "en": "Founded on"}, "type": "date"},
    {"id": "contact", "name": {"zh": "联系人", "en": "Contact"}, "grade": "L3"},
    {"id": "phone", "name": {"zh": "电话", "en": "Phone"}, "grade": "L3", "mask": "hash"},
)


def rule(name, check, dimension, **more):
    return {
        "id": name,
        "check": check,
        "dimension": dimension,
        "message": {"zh": f"{name} 有误", "en": name},
        **more,
    }


RULES = (
    rule("name-present", "not_null", "complete", field="name"),
    rule("code-valid", "valid", "normative", field="uscc"),
    rule("code-unique", "unique", "accurate", field="uscc"),
    rule("founded-past", "not_future", "accurate", field="founded"),
    rule("contact-short", "length", "normative", field="contact", max="3", severity="warning"),
    rule("phone-short", "length", "normative", field="phone", max="11", severity="warning"),
    rule("in-time", "fresh", "timely", days="3"),
    rule("totals-right", "matches_total", "consistent"),
    rule("lately-founded", "fresh", "timely", field="founded", days="36500", severity="warning"),
)
GOOD = "甲公司,91330182843963542R,1980-01-01,张三,\n"
OTHER = "乙公司,9133010014304617XG,1980-01-21,李四,\n"


class Office:
    """An office with one source of one data set."""

    def __init__(self, folder: Path, dataset: str, source: str) -> None:
        self.folder, self.dataset, self.source, self.sent = folder, dataset, source, 0

    def collect(self, *lines, at=FRIDAY, mode=None):
        self.sent += 1
        path = self.folder / f"{self.source}-{self.sent}.csv"
        path.write_text(HEADER + "".join(lines), "utf-8")
        batch = sources.receive_file(source=self.source, path=path, by=OFFICER, at=at, mode=mode)
        return sources.collect_batch(batch=batch.id, by=OFFICER, at=at)

    def send(self, *lines, at=FRIDAY, mode=None):
        """Hand in a file, collect it and check it."""
        batch = self.collect(*lines, at=at, mode=mode)
        return services.check_batch(batch=batch.id, by=OFFICER, at=at)

    def issues(self, *, open_only=True):
        return {issue.rule: issue for issue in queries.issues(dataset=self.dataset, open_only=open_only)}


def install_loop():
    file = packs_root() / "platform" / "governance" / "loops" / "quality-issue.yaml"
    declaration = LoopDeclaration.model_validate(read(file).value)
    workflow.install_loop(declaration=declaration, pack="platform/governance", by=PLATFORM, at=FRIDAY)


def declare(dataset, *, rules=RULES, key=("uscc",)):
    return DataSetDeclaration.model_validate(
        {
            "dataset": dataset,
            "title": {"zh": "企业登记", "en": "Firms"},
            "owner": "market-regulation",
            "tier": "city",
            "theme": "economy",
            "update": "monthly",
            "sharing": "conditional",
            "opening": "none",
            "key": key,
            "fields": FIELDS,
            "rules": rules,
        }
    )


def make_office(folder, *, rules=RULES, key=("uscc",), dataset=None):
    dataset = dataset or f"firms-{uuid.uuid4().hex[:8]}"
    source = f"source-{uuid.uuid4().hex[:8]}"
    catalog.propose_entry(declaration=declare(dataset, rules=rules, key=key), by=OFFICER, at=FRIDAY)
    declaration = SourceDeclaration(source=source, dataset=dataset, office="market-regulation")
    sources.register_source(declaration=declaration, by=OFFICER, at=FRIDAY)
    return Office(folder, dataset, source)


def result(run, name):
    return next(found for found in run.results if found.rule == name)
