"""Writes the whole population: the first day's extracts, the second day's changes, the truth and the manifest."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from shuzhi.demo.population.chance import stream
from shuzhi.demo.population.errors import FolderNotEmpty, PopulationTooLarge
from shuzhi.demo.population.extracts import (
    civil_affairs,
    health,
    human_resources,
    market_regulation,
    public_security,
    taxation,
)
from shuzhi.demo.population.firms import all_firms
from shuzhi.demo.population.households import all_households
from shuzhi.demo.population.truth import TruthWriter
from shuzhi.demo.population.types import LABEL, ExtractFile, Manifest

MANIFEST = "manifest.json"
TRUTH = "truth.jsonl"
NOTE = "说明-README.txt"
FIRMS_LIMIT = 1_000_000
PERSONS_LIMIT = 2_000_000

_NOTE = """演示数据（合成，非真实）
本文件夹中的企业、自然人、地址、电话均由程序按种子虚构，不指向任何真实主体；乡镇街道名称取自公开的行政区划。
truth.jsonl 是已知真值：每个文件的每一行属于哪个主体、注入了哪些错误。

Synthetic data. Every firm, person, door and telephone number here is invented from a seed; only the names of towns are real.
truth.jsonl holds the known truth: whom each row of each file describes and which errors were made in it.
"""


def generate(seed: int, firms: int, persons: int, day: date, into: Path) -> Manifest:
    """Write the extracts of one known population as it is on a day, and what changes on the next.

    The same arguments give the same bytes. Memory stays flat: a million persons are streamed.

    Raises:
        FolderNotEmpty: the folder holds something that was not generated here.
        PopulationTooLarge: more firms or persons than codes, or rows of a sheet, can hold.
    """
    _refuse_too_large(firms=firms, persons=persons)
    _prepare(into)
    (into / NOTE).write_text(_NOTE, encoding="utf-8")
    with TruthWriter(into / TRUTH) as truth:
        files = (
            *_write_firms(seed, firms, day, into, truth),
            *_write_second_day(seed, firms, day, into, truth),
            *_write_persons(seed, persons, day, into, truth),
        )
    manifest = Manifest(label=LABEL, seed=seed, firms=firms, persons=persons, day=day, files=files)
    text = json.dumps(manifest.as_dict(), ensure_ascii=False, indent=2)
    (into / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return manifest


def _refuse_too_large(*, firms: int, persons: int) -> None:
    for what, count, limit in (("firms", firms, FIRMS_LIMIT), ("persons", persons, PERSONS_LIMIT)):
        if count > limit:
            raise PopulationTooLarge(count=count, what=what, limit=limit)


def _prepare(into: Path) -> None:
    """Make the folders; an earlier population in the same place is replaced, anything else refused."""
    if into.exists() and any(into.iterdir()) and not (into / NOTE).exists():
        raise FolderNotEmpty(folder=into)
    for office in (
        "market-regulation",
        "taxation",
        "human-resources",
        "public-security",
        "civil-affairs",
        "health",
    ):
        (into / office).mkdir(parents=True, exist_ok=True)


def _write_firms(seed: int, count: int, day: date, into: Path, truth: TruthWriter) -> tuple[ExtractFile, ...]:
    registrations = market_regulation.open_registrations(
        market_regulation.FIRMS, into, truth, title="企业登记信息"
    )
    taxpayers = taxation.open_taxpayers(into, truth, day)
    insured = human_resources.open_insured(into, truth)
    for firm in all_firms(seed, count, day):
        market_regulation.write_registration(registrations, seed, firm, day)
        taxation.write_taxpayer(taxpayers, seed, firm, day)
        human_resources.write_insured(insured, seed, firm, day)
    return tuple(sink.close(into) for sink in (registrations, taxpayers, insured))


def _write_second_day(
    seed: int, count: int, day: date, into: Path, truth: TruthWriter
) -> tuple[ExtractFile, ...]:
    titles = {
        market_regulation.CHANGES: "企业登记变更信息（增量）",
        market_regulation.CORRECTIONS: "企业登记更正信息（退回数据整改）",
        market_regulation.DELETIONS: "企业登记撤销清单",
    }
    sinks = {
        shape.extract: market_regulation.open_registrations(shape, into, truth, title=title)
        for shape, title in titles.items()
    }
    for fate, _, firm in market_regulation.second_day(seed, count, day):
        market_regulation.write_fate(sinks, seed, fate, firm, day)
    return tuple(sink.close(into) for sink in sinks.values())


def _write_persons(
    seed: int, count: int, day: date, into: Path, truth: TruthWriter
) -> tuple[ExtractFile, ...]:
    residents = public_security.open_residents(into, truth)
    marriages = civil_affairs.open_marriages(into, truth)
    births = health.open_births(into, truth)
    chance = stream(seed, "persons' extracts")
    for number, household in enumerate(all_households(seed, count, day)):
        for person in household.members:
            public_security.write_resident(residents, chance, person, day)
        civil_affairs.write_marriage(marriages, chance, household, number, day)
        health.write_births(births, chance, household, number)
    return tuple(sink.close(into) for sink in (residents, marriages, births))
