"""Versions of an interface side by side (接口版本): what would break callers, and what becomes of the version before.

A subscription is bound to the version that was approved. Whatever its caller could stumble over (a field that is gone,
a parameter that is new or stricter, a lower clearance) is refused under the same number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shuzhi.data.exchange import models
from shuzhi.data.exchange.errors import AnotherInterface, BreakingChange
from shuzhi.data.exchange.intersection.protocol import Reveal
from shuzhi.data.exchange.types import InterfaceDeclaration, InterfaceKind
from shuzhi.foundation.words import Words

KEPT = ("deprecated_at", "sunset_on", "successor")
BY_KEY = (InterfaceKind.RECORD, InterfaceKind.VERIFICATION)
Names = Iterable[str]


def make_way(row: models.Interface, wanted: InterfaceDeclaration, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the version that is served beside the wanted one, or let the wanted one take its place.

    Returns the terms that a version under the same number goes on with: that it is going to end.

    Raises:
        BreakingChange, AnotherInterface: neither can be.
    """
    served, before = InterfaceDeclaration.model_validate(row.served), row.terms or {}
    _same_interface(served, wanted)
    if wanted.version > served.version:
        models.FormerVersion.objects.create(
            interface=row,
            version=served.version,
            declared=row.served,
            terms=before,
            published_at=row.published_at,
        )
        return {}
    breaks = list(breaking_changes(served, wanted, before, terms))
    if breaks:
        raise BreakingChange(
            interface=wanted.interface,
            version=served.version,
            reason="; ".join(one.en for one in breaks),
            reason_zh="；".join(one.zh for one in breaks),
            next=served.version + 1,
        )
    return {name: before[name] for name in KEPT if name in before}


def breaking_changes(
    served: InterfaceDeclaration,
    wanted: InterfaceDeclaration,
    old: Mapping[str, Any],
    new: Mapping[str, Any],
) -> Iterator[Words]:
    """What callers of the served version would stumble over."""
    yield from _gone(served.fields, wanted.fields, "不再返回", "no longer answers")
    yield from _gone(served.by, wanted.by, "不再接受参数", "no longer takes")
    yield from _gone(served.group_by, wanted.group_by, "不再按此分组", "no longer groups by")
    yield from _gone(served.sums, wanted.sums, "不再求和", "no longer adds up")
    yield from _gone(served.changes, wanted.changes, "不再通知", "no longer tells of")
    if wanted.kind in BY_KEY:
        yield from _gone(wanted.by, served.by, "新增必填参数", "newly requires")
    yield from _stricter(old["parameters"], new["parameters"])
    yield from _stricter_rows(old.get("written", ()), new.get("written", ()))
    rules = (
        ("原值授权级别降低", "its clearance is lower", wanted.clearance < served.clearance),
        ("不再说明来源", "it no longer tells origins", served.provenance and not wanted.provenance),
        ("每页条数减少", "its pages are smaller", wanted.page_size < served.page_size),
        ("最小组数提高", "its smallest group is larger", wanted.minimum_group > served.minimum_group),
        ("核验的答复有增减", "it answers by other words", wanted.tells_unknown != served.tells_unknown),
        ("每次提问的键值减少", "a question holds fewer keys", wanted.most_keys < served.most_keys),
        ("不再告知是哪些", "it no longer tells which", _tells_less(served, wanted)),
        ("允许的用途减少", "it allows fewer purposes", _narrower(served.purposes, wanted.purposes)),
    )
    yield from (Words(zh=zh, en=en) for zh, en, broken in rules if broken)


def _same_interface(served: InterfaceDeclaration, wanted: InterfaceDeclaration) -> None:
    rules = (
        ("种类不同", "its kind is another", served.kind is not wanted.kind),
        ("基础库不同", "its register is another", served.register_ != wanted.register_),
        ("回写的数据源不同", "its source is another", served.source != wanted.source),
        ("版本号变小", "its version is lower", wanted.version < served.version),
    )
    for zh, en, broken in rules:
        if broken:
            raise AnotherInterface(interface=wanted.interface, reason=en, reason_zh=zh)


def _gone(before: Names, after: Names, zh: str, en: str) -> Iterator[Words]:
    """Names that are not there any more."""
    kept = set(after)
    for name in before:
        if name not in kept:
            yield Words(zh=f"{zh} {name}", en=f"it {en} {name}")


def _stricter(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> Iterator[Words]:
    """Parameters whose values have to keep a standard that they did not have to keep."""
    known = {one["id"]: one for one in before}
    for one in after:
        former = known.get(one["id"])
        if former and one["standard"] and one["standard"] != former["standard"]:
            yield Words(zh=f"{one['id']} 须符合新的标准", en=f"{one['id']} has to keep another standard")


def _stricter_rows(
    before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]
) -> Iterator[Words]:
    """Fields of rows given back that are gone, newly required, or of a narrower type."""
    known, wanted = {one["id"]: one for one in before}, {one["id"]: one for one in after}
    yield from _gone(known, wanted, "不再接收", "no longer takes")
    if not known:
        return
    for name, one in wanted.items():
        former = known.get(name)
        if one["required"] and not (former and former["required"]):
            yield Words(zh=f"{name} 成为必填", en=f"{name} becomes required")
        elif former and one["type"] not in (former["type"], "text"):
            yield Words(zh=f"{name} 的类型变为 {one['type']}", en=f"{name} becomes a {one['type']}")
        elif former and one["standard"] and one["standard"] != former["standard"]:
            yield Words(zh=f"{name} 须符合新的标准", en=f"{name} has to keep another standard")


def _tells_less(served: InterfaceDeclaration, wanted: InterfaceDeclaration) -> bool:
    return served.reveal is Reveal.MEMBERS and wanted.reveal is Reveal.SIZE


def _narrower(before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    """No purposes declared means any."""
    return bool(after) and (not before or not set(before) <= set(after))
