"""Measures of benefits (惠企指标): of what was found, how much was taken, has arrived, and arrived in time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from shuzhi.business.benefits import queries
from shuzhi.business.benefits.types import HAS_ARRIVED, HOLDS_RESERVE, State
from shuzhi.business.indicators.types import Amount, Count, Item

FEN = 100


def taken(day: date) -> Count:
    """Of the findings with money set aside, those that were confirmed; whoever waits for money is in neither."""
    asked = queries.numbers((*HOLDS_RESERVE, *HAS_ARRIVED, State.DECLINED), until=day)
    return Count(_items(queries.confirmed_numbers() & asked), _items(asked))


def arrived(day: date) -> Count:
    """Of the confirmed findings, those whose money has arrived."""
    del day
    confirmed = queries.confirmed_numbers()
    return Count(_items(queries.numbers(HAS_ARRIVED) & confirmed), _items(confirmed))


def arrived_in_time(day: date) -> Count:
    """Of the payments that arrived, those within the days that the policy promises from the finding."""
    del day
    in_time, paid = queries.paid_in_time()
    return Count(_items(in_time), _items(paid))


def budget_used(day: date) -> Amount:
    """Of the budgets in whole yuan, what has been paid and not come back."""
    del day
    paid, total = queries.money_in_all()
    return Amount(paid // FEN, total // FEN, _items(queries.numbers(HAS_ARRIVED)))


BENEFITS: dict[str, Callable[[date], Count | Amount]] = {
    "benefits_taken": taken,
    "benefits_arrived": arrived,
    "benefits_arrived_in_time": arrived_in_time,
    "benefits_budget_used": budget_used,
}


def _items(numbers: Iterable[int]) -> frozenset[Item]:
    return frozenset(f"benefit/{number}" for number in numbers)
