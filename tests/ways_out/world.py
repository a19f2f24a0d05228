"""A data set, its register, interface and release whose every field holds a value that is told apart anywhere."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from shuzhi.data.catalog import services as catalog
from shuzhi.data.catalog.types import DataSetDeclaration
from shuzhi.data.exchange import services as exchange
from shuzhi.data.exchange.types import InterfaceDeclaration
from shuzhi.data.opendata import services as opendata
from shuzhi.data.quality import services as quality
from shuzhi.data.registers import services as registers
from shuzhi.data.registers.parts import install_register
from shuzhi.data.registers.types import RegisterDeclaration
from shuzhi.data.sources import services as sources
from shuzhi.data.sources.types import SourceDeclaration
from shuzhi.foundation.outbox.jobs import deliver_all
from shuzhi.foundation.parts import Declaration, Installation
from shuzhi.pillars.organization.models import Office
from shuzhi.pillars.security import consents
from shuzhi.pillars.security.data_policy import Channel
from shuzhi.pillars.security.masking import mask_value, masking_key
from shuzhi.pillars.security.types import Actor, Mask, Role
from shuzhi.pillars.security.watermarks import canonical
from shuzhi.support.identity import services as identity
from shuzhi.support.workflow import services as workflow
from tests.terminals.staff import people
from tests.unit.data.registers.world import install_city

AT = datetime.now(UTC) - timedelta(hours=1)  # pages read the clock
OFFICE, REGISTER, INTERFACE = "market-regulation", "legal-entity", "walked-by-code"
CODE = "91330182843963542R"
NEVER = [channel.value for channel in Channel]
CALL_PURPOSE, TOPIC = "企业开办核验", "walked-loan"
EXPORT_PURPOSE, BASIS = "贷款核验", "浙江省公共数据条例"

# Field → what its schema says, and the value that betrays it. Those of the second group are quarantined.
FIELDS = {
    "name": ({"grade": "L2", "mask": "partial"}, "卡纳里贸易商行"),
    "phone": ({"grade": "L3", "mask": "partial", "open": True}, "13987654321"),
    "resident": ({"grade": "L4", "mask": "token"}, "11010519491231002X"),
    "born": ({"grade": "L3", "mask": "generalise"}, "1937-03-14"),
    "secret": ({"grade": "L3"}, "密条甲乙丙丁"),
    "inner": ({"policy": {"refuse": NEVER}}, "从不出现辛壬"),
    "loan": ({"policy": {"purposes": [EXPORT_PURPOSE]}}, "限用途己庚"),
    "address": ({"open": True}, "杭州市余杭区仓前街道文一西路9693号"),
    "agreed": ({"policy": {"consent": TOPIC}}, "本人同意戊丁"),
    "unasked": ({"policy": {"consent": "walked-other"}}, "没人同意癸甲"),
}
SUBJECT = {"subject": {"field": "uscc"}}
QUARANTINED = {
    "graded": ({"grade": "L3", "mask": "partial", "type": "integer"}, "Q13987000111"),
    "kept": ({"policy": {"refuse": NEVER}, "type": "integer"}, "Q不给看的值"),
    "plain": ({"type": "integer"}, "Q公开的坏值"),
}
ALL = FIELDS | QUARANTINED


INTERFACES = {
    INTERFACE: {"kind": "record", "by": ["uscc"]},
    "walked-list": {"kind": "list", "by": ["division"], "provenance": False},
    "walked-file": {"kind": "file", "by": ["division"], "provenance": False},
}
# Offices that call once rows are told apart by division: that of the row, and another.
DISTRICTS = {"yuhang": "330110", "xihu": "330106"}


def words(text):
    return {"zh": text, "en": text}


def shape(text, key=None):
    """What a field's value is in a text that leaves: c, m, or - for not there."""
    key = key or masking_key()
    said = canonical(text)
    made = ""
    for declared, value in ALL.values():
        masks = [Mask(declared.get("mask", "partial"))] if "grade" in declared else []
        hidden = [mask_value(value, mask=mask, key=key) for mask in masks]
        if declared.get("mask") == "generalise":
            hidden = [f">{hidden[0]}<", f'"{hidden[0]}"', f",{hidden[0]},"]
        found = "c" if canonical(value) in said else "m" if any(canonical(h) in said for h in hidden) else "-"
        made += found
    return made


@dataclass
class World:
    """Everything the walk needs to fill addresses in."""

    dataset: str
    batch: str
    entity: str
    town: str
    dossier: int
    credentials: dict  # office → interface → key
    file: tuple  # a file that was ordered: its subscription and job
    events: object


def declared_dataset(dataset, **changes):
    rules = [
        {"id": f"short-{name}", "dimension": "normative", "check": "length", "field": name, "max": 1, "severity": "error", "message": words(name)}
        for name in FIELDS
        if name != "born"
    ]  # fmt: skip
    fields = [
        {"id": "uscc", "name": words("uscc"), "open": True},
        {"id": "division", "name": words("division")},
        *({"id": name, "name": words(name), **declared} for name, (declared, _) in ALL.items()),
    ]
    return DataSetDeclaration.model_validate(
        {"dataset": dataset, "title": words("走查"), "owner": OFFICE, "tier": "city", "theme": "market"}
        | {"update": "daily", "sharing": "conditional", "opening": "unconditional", "key": ("uscc",)}
        | {"fields": fields, "rules": rules, "policy": SUBJECT}
        | changes
    )


def declared_register(dataset, **changes):
    names = ("uscc", "division", *FIELDS)
    extra = {"uscc": {"identifier": True, "compare": "upper"}, "division": {"tally": True}}
    fields = [
        {"id": name, "name": words(name)}
        | extra.get(name, {})
        | {key: value for key, value in ALL.get(name, ({}, ""))[0].items() if key != "open"}
        for name in names
    ]
    fields.append({"id": "town", "name": words("town"), "tally": True})
    source = {
        "dataset": dataset,
        "fields": {name: name for name in names},
        "derive": {"town": {"of": "address", "by": "current_town", "optional": True}},
    }
    return RegisterDeclaration.model_validate(
        {"register": REGISTER, "title": words("库"), "owner": OFFICE, "label": "name", "sources": [source]}
        | {"fields": fields, "match": [{"by": ["uscc"], "normalise": {"uscc": "upper"}}], "policy": SUBJECT}
        | changes
    )


def install(declared, folder):
    install_register(
        Declaration("test/walk", folder / "x.yaml", declared, {}),
        Installation("test/walk", folder, people.BUREAU, AT),
    )


def plant(folder):
    """The whole world, committed."""
    people.install()
    install_city()
    identity.open_account(
        username="district", person="远区", office=OFFICE, division="330106",
        roles=frozenset({Role.DATA_OFFICER}), password=None, by=people.people.RUNNER, at=AT,
    )  # fmt: skip
    dataset = f"walked-{uuid.uuid4().hex[:8]}"
    catalog.propose_entry(declaration=declared_dataset(dataset), by=people.BUREAU, at=AT)
    catalog.publish_entry(dataset=dataset, by=people.BUREAU, at=AT)
    batch = _collect(folder, dataset)
    run = quality.check_batch(batch=batch, by=people.BUREAU, at=AT)
    assert run.failing
    install(declared_register(dataset), folder)
    registers.build_register(register=REGISTER, by=people.BUREAU, at=AT)
    agree("agreed")
    opendata.open_dataset(dataset=dataset, by=people.APPROVER, at=AT)
    from shuzhi.data.quality import queries as checked
    from shuzhi.data.registers import queries as golden

    record = golden.find(REGISTER, "uscc", CODE)
    from tests.ways_out import handing_over

    keys = _keys(people.TAX)
    followed = {"interface": "walked-events", "kind": "events", "by": [], "provenance": False}
    return World(
        dataset=dataset,
        batch=batch,
        entity=record.id,
        town=record.values["town"],
        dossier=checked.issues(dataset=dataset)[0].dossier,
        credentials={"taxation": keys},
        file=(keys["walked-file"].subscription, handing_over.order_file(keys["walked-file"])),
        events=_subscribe(followed, endpoint="https://hooks.example.org/walked"),
    )


def _keys(by):
    """A key for each interface that is walked."""
    return {name: _subscribe({"interface": name} | declared, by) for name, declared in INTERFACES.items()}


def _collect(folder, dataset):
    declaration = SourceDeclaration(source=dataset, dataset=dataset, office=OFFICE, mode="full")
    sources.register_source(declaration=declaration, by=people.BUREAU, at=AT)
    good = [CODE, "330110", *(value for _, value in FIELDS.values()), "1", "1", "1"]
    bad = [
        "9133010014304617XG",
        "330110",
        *("" for _ in FIELDS),
        *(value for _, value in QUARANTINED.values()),
    ]
    file = folder / f"{dataset}.jsonl"
    head = ("uscc", "division", *ALL)
    lines = [json.dumps(dict(zip(head, row, strict=True)), ensure_ascii=False) for row in (good, bad)]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    batch = sources.receive_file(source=dataset, path=file, by=people.BUREAU, at=AT)
    done = sources.collect_batch(batch=batch.id, by=people.BUREAU, at=AT)
    assert (done.accepted, done.quarantined) == (1, 1), done
    return done.id


def note_change(entity):
    """The record is told of to everybody who follows the register, as after a build."""
    from shuzhi.data.exchange import streams
    from shuzhi.data.registers import feed, models
    from shuzhi.data.registers.changes import Changes

    feed.note_changes(REGISTER, Changes(created=[models.Entity.objects.get(id=entity)]), at=AT)
    streams.feed_streams(at=AT)


def _subscribe(changes, by=people.TAX, **more):
    declared = {
        "title": words("走查"), "owner": OFFICE, "register": REGISTER, "fields": list(FIELDS), "clearance": "L2",
        "provenance": True, "basis": [{"title": BASIS, "since": "2022-03-01"}],
    }  # fmt: skip
    declaration = InterfaceDeclaration.model_validate(declared | changes)
    exchange.propose_interface(declaration=declaration, by=people.BUREAU, at=AT)
    exchange.publish_interface(interface=declaration.interface, by=people.OFFICER, at=AT)
    asked = exchange.request_subscription(
        interface=declaration.interface, office=by.office, purpose=CALL_PURPOSE, basis=BASIS,
        since=date(2026, 1, 1), until=date(2030, 1, 1), daily_quota=1000, by=by, at=AT, **more,
    )  # fmt: skip
    workflow.act(dossier=asked.dossier, action="owner-approve", by=people.APPROVER, at=AT)
    workflow.act(dossier=asked.dossier, action="bureau-approve", by=people.BUREAU, at=AT)
    return exchange.grant(subscription=asked.id, by=by, at=AT)


def narrow(world, folder):
    """Give every row to its own division only."""
    _declare_anew(world, folder, {"scope": {"division": "division"}})
    for office, division in DISTRICTS.items():
        Office.objects.create(
            id=office, title_zh=office, title_en=office, division=division, tier="district", pack="test"
        )
        world.credentials[office] = _keys(replace(people.TAX, name=f"account/{office}", office=office))
    deliver_all(at=datetime.now(UTC))  # as the worker does a moment later


def need_consent(world, folder):
    """Give rows with the consent of whoever they are about only, the whole of them."""
    opendata.withdraw_release(dataset=world.dataset, reason="须本人同意", by=people.APPROVER, at=AT)
    _declare_anew(world, folder, {"consent": TOPIC}, opening="none")
    deliver_all(at=datetime.now(UTC))


def _declare_anew(world, folder, uses, **changes):
    policy = {"policy": SUBJECT | uses}
    declared = declared_dataset(world.dataset, **policy, **changes)
    catalog.propose_entry(declaration=declared, by=people.BUREAU, at=AT)
    catalog.publish_entry(dataset=world.dataset, by=people.BUREAU, at=AT)
    install(declared_register(world.dataset, **policy), folder)


def agree(*fields, offices=("taxation",)):
    """The firm agrees that these offices get these fields, for both purposes, from a while ago until tomorrow."""
    for office in offices:
        for purpose in (CALL_PURPOSE, EXPORT_PURPOSE):
            consents.put_in_force(
                consents.InForce(
                    f"{office}-{purpose}", TOPIC, "uscc", CODE, office, purpose, fields, AT - timedelta(days=1), AT + timedelta(days=1)
                )
            )  # fmt: skip


def withdraw_all(office="taxation"):
    """The firm withdraws it all."""
    consents.end(
        [f"{office}-{purpose}" for purpose in (CALL_PURPOSE, EXPORT_PURPOSE)], at=AT - timedelta(minutes=1)
    )


def receiver():
    return Actor("office/taxation", "税务局", "taxation", purpose=EXPORT_PURPOSE, basis=BASIS)


def with_purpose(actor):
    return replace(actor, purpose=EXPORT_PURPOSE, basis=BASIS)
