"""The ways that are no page: the gateway's kinds, batch files, the input of models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.terminals.staff import people
from tests.ways_out import world as worlds


def walk_gateway(world: worlds.World) -> Iterator[tuple[str, str, str]]:
    """A record, a list and events, as the office that subscribed them; the events as they are pushed, too."""
    from tests.unit.data.exchange.calling import Asked, Clock, counter_at

    counter = counter_at(Clock(worlds.AT))
    asked = {
        "gateway record": Asked(world.credential, {"uscc": worlds.CODE}, worlds.INTERFACE, at=worlds.AT),
        "gateway list": Asked(world.listing, {"division": "330110"}, "walked-list", at=worlds.AT),
        "gateway events": Asked(world.events, {}, "walked-events", at=worlds.AT),
    }
    worlds.note_change(world.entity)
    for way, reply in zip(asked, counter.send(*asked.values()), strict=True):
        assert reply.status in {200, 404}, reply
        yield "taxation", way, worlds.shape(json.dumps(reply.content, ensure_ascii=False), key=b"m" * 32)
    yield "taxation", "push", worlds.shape(_pushed(world))


def _pushed(world: worlds.World) -> str:
    """The body of the push that is due."""
    from shuzhi.data.exchange.pushing.taking import take_push

    push = take_push(world.events.subscription, at=worlds.AT)
    assert push is not None
    return push.body.decode()


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
