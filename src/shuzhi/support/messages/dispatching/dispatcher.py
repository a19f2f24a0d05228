"""One loop reads and writes the database; threads only talk to the network, one for each lane at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from shuzhi.foundation.outbox import services as outbox
from shuzhi.support.messages import models, queries, timing
from shuzhi.support.messages.channels import Driver, drivers
from shuzhi.support.messages.masking import plain_problem
from shuzhi.support.messages.types import Channel, DeliveryGivenUp, Outcome, Parcel, State

LANES = 16
AT_ONCE = 50
POLL = 0.2
REST_AFTER = 3  # failures of a destination in a row
log = structlog.get_logger(__name__)


class Dispatcher:
    """Delivers what is due."""

    def __init__(
        self, *, clock: Callable[[], datetime], channels: dict[Channel, Driver] | None = None
    ) -> None:
        """`clock` is read at each turn: the loop lives longer than a moment."""
        self._clock, self._channels = clock, channels
        self._running: dict[Future[list[Outcome]], str] = {}
        self._done = 0

    def run(self, *, until: datetime) -> int:
        """Deliver until nothing is due or the time is up; how many attempts were made."""
        channels = drivers() if self._channels is None else self._channels
        pool = ThreadPoolExecutor(LANES, thread_name_prefix="messages")
        try:
            while (self._clock() < until and self._start(pool, channels)) or self._running:
                ended, _ = wait(self._running, timeout=POLL, return_when=FIRST_COMPLETED)
                for each in ended:
                    self._take(self._running.pop(each), each)
        finally:
            pool.shutdown(wait=True)
        return self._done

    def _start(self, pool: ThreadPoolExecutor, channels: dict[Channel, Driver]) -> bool:
        """Give idle threads lanes with something due; whether anything is under way."""
        at = self._clock()
        for lane in queries.due_lanes(at=at, without=self._running.values())[: LANES - len(self._running)]:
            parcels = _parcels(lane, at)
            if parcels:
                self._running[pool.submit(deliver, parcels, channels)] = lane
        return bool(self._running)

    def _take(self, lane: str, ended: Future[list[Outcome]]) -> None:
        outcomes = ended.result()
        self._done += len(outcomes)
        note(lane, outcomes, at=self._clock())


def deliver(parcels: Sequence[Parcel], channels: dict[Channel, Driver]) -> list[Outcome]:
    """Hand parcels of one lane to their driver, in order; stops where the destination itself does not answer."""
    outcomes: list[Outcome] = []
    for parcel in parcels:
        driver = channels.get(parcel.channel)
        if driver is None:
            outcomes.append(Outcome(parcel.delivery, State.FAILED, problem="no driver", lane_down=True))
            break
        try:
            outcomes.append(driver(parcel))
        except Exception as error:  # noqa: BLE001 - a driver's fault of any kind must not stop the others
            outcomes.append(
                Outcome(parcel.delivery, State.FAILED, problem=type(error).__name__, lane_down=True)
            )
        if outcomes[-1].lane_down:
            break
    if parcels and (driver := channels.get(parcels[0].channel)):
        driver.close()
    return outcomes


@transaction.atomic
def note(lane: str, outcomes: Sequence[Outcome], *, at: datetime) -> None:
    """Write what became of parcels; a destination that does not answer rests, longer each time."""
    rows = models.Delivery.objects.select_for_update(of=("self",)).select_related("message")
    found = {row.id: row for row in rows.filter(id__in=[each.delivery for each in outcomes])}
    for outcome in outcomes:
        if outcome.delivery in found:
            _note(found[outcome.delivery], outcome, at)
    _rest(lane, outcomes, at)


def _note(row: models.Delivery, outcome: Outcome, at: datetime) -> None:
    row.attempts += 1
    row.state, row.reference, row.changed_at = outcome.state, outcome.reference[:120], at
    row.problem = plain_problem(outcome.problem)
    if outcome.state is State.FAILED:
        if outcome.final or row.attempts >= timing.MOST_ATTEMPTS:
            _give_up(row, at)
        wait = timing.wait_after(row.attempts) if outcome.wait is None else timedelta(seconds=outcome.wait)
        row.not_before = at + wait
        log.warning(
            "messages.failed",
            delivery=row.id,
            channel=row.channel,
            attempts=row.attempts,
            problem=row.problem,
        )
    row.save()


def _give_up(row: models.Delivery, at: datetime) -> None:
    row.state = State.GIVEN_UP
    outbox.publish(DeliveryGivenUp(row.message_id, row.message.template, row.channel), at=at)


def _rest(lane: str, outcomes: Sequence[Outcome], at: datetime) -> None:
    if not outcomes or not outcomes[-1].lane_down:
        models.Lane.objects.filter(id=lane).delete()
        return
    resting, _ = models.Lane.objects.get_or_create(id=lane, defaults={"not_before": at})
    resting.failures += 1
    told = outcomes[-1].wait
    rest = timing.wait_after(resting.failures) if told is None else timedelta(seconds=told)
    resting.not_before = at + (
        rest if resting.failures >= REST_AFTER or told is not None else timedelta(seconds=1)
    )
    resting.save()


def _parcels(lane: str, at: datetime) -> list[Parcel]:
    due = models.Delivery.objects.select_related("message").filter(
        lane=lane, not_before__lte=at, state__in=[State.ACCEPTED, State.FAILED]
    )
    return [_parcel(row) for row in due.order_by("not_before", "id")[:AT_ONCE]]


def _parcel(row: models.Delivery) -> Parcel:
    text = row.message.short if row.channel == Channel.SMS and row.message.short else row.message.text
    return Parcel(
        delivery=row.id,
        channel=Channel(row.channel),
        address=row.address,
        title=row.message.title["zh"],
        text="\n\n".join(filter(None, (text["zh"], text["en"] if row.channel == Channel.MAIL else ""))),
        attempts=row.attempts,
        payload=row.payload | {"message": row.message_id},
    )
