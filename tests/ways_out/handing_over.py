"""The ways that are no page: the gateway's kinds, batch files, the input of models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.terminals.staff import people
from tests.ways_out import world as worlds


def walk_gateway(world: worlds.World) -> Iterator[tuple[str, str, str]]:
    """A record, a list, a file and events, as each office that subscribed them; the events as they are pushed, too."""
    from tests.unit.data.exchange.calling import Asked, Clock, counter_at

    counter = counter_at(Clock(worlds.AT))
    worlds.note_change(world.entity)
    for office, keys in world.credentials.items():
        asked = {
            "gateway record": Asked(keys[worlds.INTERFACE], {"uscc": worlds.CODE}, worlds.INTERFACE),
            "gateway list": Asked(keys["walked-list"], {"division": "330110"}, "walked-list"),
        }
        if office == "taxation":
            asked["gateway events"] = Asked(world.events, {}, "walked-events")
        asked = {way: replace(one, at=worlds.AT) for way, one in asked.items()}
        for way, reply in zip(asked, counter.send(*asked.values()), strict=True):
            assert reply.status in {200, 404} or reply.content["rule"] == "consent", reply
            yield office, way, worlds.shape(json.dumps(reply.content, ensure_ascii=False), key=b"m" * 32)
        yield office, "gateway file", worlds.shape(_file(counter, keys["walked-file"]))
    yield "taxation", "push", worlds.shape(_pushed(world))


def _pushed(world: worlds.World) -> str:
    """The body of the push that is due."""
    from shuzhi.data.exchange.pushing.taking import take_push

    push = take_push(world.events.subscription, at=worlds.AT)
    return push.body.decode() if push else ""


def order_file(key: Any) -> int:
    """The number of a file that a call ordered, when the worker has been at it."""
    from shuzhi.data.exchange import services
    from shuzhi.pillars.security.types import system
    from tests.unit.data.exchange.calling import Asked, Clock, counter_at

    order = {"division": "330110", "form": "csv"}
    (ordered,) = counter_at(Clock(worlds.AT)).send(Asked(key, order, "walked-file", at=worlds.AT))
    services.work_on(job=ordered.content["job"], by=system("test"), at=worlds.AT)
    return int(ordered.content["job"])


def _file(counter: Any, key: Any) -> str:
    """The file that a call orders, as a later call gets it; nothing when none is made."""
    from tests.unit.data.exchange.calling import Asked

    (got,) = counter.send(Asked(key, {"job": str(order_file(key))}, "walked-file", at=worlds.AT))
    if not got.file:
        return ""
    with got.file.open() as copy:
        return "," + copy.read().decode().replace("\n", ",\n,")


def walk_services(world: worlds.World, folder: Path) -> Iterator[tuple[str, str, str]]:
    """A batch file for an office, and what a model is given."""
    from shuzhi.data.exports import services
    from shuzhi.pillars.security.types import Grade

    for form in ("csv", "json"):
        _, file = services.deliver_batch(
            dataset=world.dataset, form=form, receiver=worlds.receiver(), clearance=Grade.L2, folder=folder,
            by=people.BUREAU, at=worlds.AT,
        )  # fmt: skip
        text = "," + file.read_text("utf-8").replace("\n", ",\n,")
        yield "taxation", f"batch {form}", worlds.shape(text)
    given = services.rows_for_model(
        dataset=world.dataset, model="walked", purpose=worlds.EXPORT_PURPOSE, basis=worlds.BASIS,
        by=people.BUREAU, at=worlds.AT,
    )  # fmt: skip
    yield "bureau", "model input", worlds.shape(json.dumps(list(given.rows), ensure_ascii=False, default=str))
