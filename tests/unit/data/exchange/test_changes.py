"""What a change of the register or a flood of calls does to a gateway that is running."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.data.exchange import world as worlds
from tests.unit.data.exchange.calling import Asked
from tests.unit.data.exchange.test_decision import audit_rows
from tests.unit.data.exchange.world import AT, FIRM, USCC

from shuzhi.data.exchange import services
from shuzhi.pillars.security.types import Grade


def test_masks_by_every_grade_and_clearance(world, counter):
    for grade in Grade:
        worlds.install_register(
            fields=[field | {"grade": grade.value} for field in worlds.REGISTER["fields"]]
        )
        for clearance in Grade:
            name = f"graded-{grade}-{clearance}".lower()
            worlds.install_interface(worlds.declare_interface(interface=name, clearance=clearance.value))

            data = counter.one(worlds.subscribe(name), interface=name).content["data"]

            if grade <= clearance:
                assert data == FIRM, name
            else:
                assert data["legal_representative"] == "张**", name
                assert data["phone"] not in (None, FIRM["phone"]), name
                assert data["uscc"] is data["name"] is data["address"] is None, name


def test_a_field_graded_higher_is_masked_from_the_next_call_on(world, counter):
    assert counter.one(world.record).content["data"]["name"] == FIRM["name"]
    fields = [field | {"grade": "L4"} for field in worlds.REGISTER["fields"]]
    worlds.install_register(fields=fields)

    services.refresh_interfaces(register="legal-entity", by=worlds.PLATFORM, at=AT)

    assert counter.one(world.record).content["data"]["name"] is None


def test_a_flood_of_unknown_keys_fills_no_disk(world, counter):
    stranger = replace(world.record, key_id="sk-0000000000000000")
    replies = counter.send(*[Asked(stranger, {"uscc": USCC}) for _ in range(300)])

    assert {reply.rule for reply in replies} == {"key"}
    entries = audit_rows("exchange.refused")
    assert len(entries) == 21
    assert entries[-1]["count"] == 280
    assert {entry["actor"] for entry in entries} == {"unknown"}
