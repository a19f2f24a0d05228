"""The versions of a catalog entry, and what changed from one to the next."""

from __future__ import annotations

import itertools

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.data.catalog import queries
from shuzhi.data.catalog.types import DataSetDeclaration, FieldDeclaration
from shuzhi.pillars.security.guard import requires
from shuzhi.terminals.design.types import Difference, Link, Said, Versions
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.shell import page, said


@requires("catalog.read")
def show(request: HttpRequest, dataset: str) -> HttpResponse:
    """Each version against the one before it, the newest first."""
    entry = queries.entry(dataset)
    earlier = queries.versions(dataset)
    stages = [(entry.version, entry.schema_), *((each.version, each.declared) for each in earlier)]
    pairs = [_diff(before, after) for after, before in itertools.pairwise(stages)]
    return page(
        request,
        "staff/catalog/versions.html",
        title=Said("各版本", "Versions"),
        lead=Said(f"现为第 {entry.version} 版。", f"Version {entry.version} is in force."),
        trail=(
            Link(Said("数据目录", "Catalog"), reverse("staff:catalog")),
            Link(said(entry.title), reverse("staff:dataset", args=[dataset])),
        ),
        changes=[(each, pair) for each, pair in zip(earlier, pairs, strict=True)],
    )


def _diff(before: tuple[int, DataSetDeclaration], after: tuple[int, DataSetDeclaration]) -> Versions:
    old, new = _flat(before[1]), _flat(after[1])
    names = list(dict.fromkeys([*new, *old]))
    changed = [
        Difference(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)
    ]
    return Versions(
        caption=Said(f"第 {before[0]} 版改为第 {after[0]} 版", f"From version {before[0]} to {after[0]}"),
        before=Said(f"第 {before[0]} 版", f"Version {before[0]}"),
        after=Said(f"第 {after[0]} 版", f"Version {after[0]}"),
        differences=changed,
    )


def _flat(declared: DataSetDeclaration) -> dict[Said, str]:
    """What a declaration says, a line a thing, in words that a person compares."""
    flat = {
        Said("中文名称", "Chinese title"): declared.title.zh,
        Said("英文名称", "English title"): declared.title.en,
        Said("简介", "Summary"): declared.summary.zh if declared.summary else "",
        Said("共享属性", "Sharing"): str(titles.SHARING[declared.sharing]),
        Said("开放属性", "Opening"): str(titles.OPENING[declared.opening]),
        Said("更新周期", "Updated"): str(titles.UPDATES[declared.update]),
        Said("许可", "Licence"): declared.licence or "",
        Said("主键", "Key"): "、".join(declared.key),
        Said("规则", "Rules"): "、".join(rule.id for rule in declared.rules),
    }
    return {name: text for name, text in flat.items() if text} | {
        Said(f"字段 {field.id}", f"Field {field.id}"): _field(field) for field in declared.fields
    }


def _field(field: FieldDeclaration) -> str:
    parts = [str(said(field.name)), str(titles.FIELD_TYPES[field.type]), field.grade.value]
    if field.standard:
        parts.append(field.standard)
    if field.mask.value != "none":
        parts.append(str(titles.MASKS[field.mask]))
    if field.open:
        parts.append(str(Said("开放", "open")))
    return " · ".join(parts)
