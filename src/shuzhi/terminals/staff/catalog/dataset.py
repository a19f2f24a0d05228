"""A data set's page: its life from top to bottom."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from shuzhi.data.catalog import queries, services
from shuzhi.data.catalog.types import Access, Entry, FieldDeclaration, Status
from shuzhi.data.opendata import queries as opendata
from shuzhi.data.quality import queries as quality
from shuzhi.data.quality.errors import NotCheckedYet
from shuzhi.data.quality.types import Scorecard
from shuzhi.data.registers import queries as registers
from shuzhi.data.sources import queries as sources
from shuzhi.data.sources.types import Batch, Source
from shuzhi.foundation.clock import now
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor
from shuzhi.terminals.design.types import (
    Cell,
    Chip,
    Column,
    Confirm,
    Demo,
    Fact,
    Grade,
    Link,
    Row,
    Said,
    Table,
    Tone,
    say,
)
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.catalog import life, lineage
from shuzhi.terminals.staff.catalog.opening import opening_of
from shuzhi.terminals.staff.quality.scores import meters, verdict
from shuzhi.terminals.staff.shell import actor_of, name_of, page, said
from shuzhi.terminals.staff.sources.batch_list import batch_table

FIELDS = (
    Column("name", Said("字段", "Field")),
    Column("type", Said("类型", "Type")),
    Column("standard", Said("标准", "Standard")),
    Column("required", Said("必填", "Required")),
    Column("grade", Said("分级", "Grade"), "chips"),
    Column("mask", Said("脱敏", "Mask")),
    Column("open", Said("开放", "Open")),
)
BATCHES_SHOWN = 10


@requires("catalog.read")
def show(request: HttpRequest, dataset: str) -> HttpResponse:
    """Everything that the platform knows of one data set; a fixed number of statements."""
    entry = queries.entry(dataset)
    actor = actor_of(request)
    origins = sources.sources(dataset=dataset)
    batches = sources.batches(dataset=dataset, most=BATCHES_SHOWN)
    card, uses, opened = _card(entry), _uses(entry), opening_of(entry, actor=actor)
    way = lineage.drawing(f"dataset/{dataset}")
    return page(
        request,
        "staff/catalog/dataset.html",
        title=said(entry.title),
        lead=said(entry.summary),
        chips=[titles.state_chip(titles.ENTRY, entry.status), *([Demo()] if entry.synthetic else [])],
        trail=(Link(Said("数据目录", "Catalog"), reverse("staff:catalog")),),
        doors=_doors(entry, actor),
        facts=_facts(entry),
        publish=_publish(entry)
        if _publishable(entry) and policy.allows("catalog.publish", by=actor)
        else None,
        waits=entry.status is Status.PROPOSED,
        life=life.of(
            entry,
            origins=origins,
            batches=batches,
            card=card,
            uses=uses,
            opened=opened,
            interfaces=life.interfaces(way),
        ),
        fields=_fields(entry),
        batches=_batches(batches, origins),
        origins=_origins(origins, entry),
        register_url=_register_url(entry, actor),
        card=card,
        meters=meters(card.score, card.scores) if card else [],
        verdict=verdict(card.score, failing=card.failing_rules) if card else None,
        uses=uses,
        lineage=way,
        opened=opened,
        never_opens=entry.opening is Access.NONE,
    )


def _origins(origins: list[Source], entry: Entry) -> list[Fact]:
    """The sources that feed it."""
    return [
        Fact(
            Said(
                titles.KINDS[each.kind].zh + " · " + titles.MODES[each.mode].zh,
                titles.KINDS[each.kind].en + ", " + titles.MODES[each.mode].en.lower(),
            ),
            said(each.title or entry.title),
            reverse("staff:source", args=[each.id]),
        )
        for each in origins
    ]


def _register_url(entry: Entry, actor: Actor) -> str:
    """Where a source for it is registered, for those who may."""
    may = entry.node is None and policy.allows("sources.register", by=actor, office=entry.owner)
    return f"{reverse('staff:source_register')}?dataset={entry.id}" if may else ""


@requires("catalog.publish")
@require_POST
def publish(request: HttpRequest, dataset: str) -> HttpResponse:
    """Publish what was proposed."""
    entry = services.publish_entry(dataset=dataset, by=actor_of(request), at=now())
    done = Said(
        f"已发布。目录第 {entry.version} 版即时生效。",
        f"Published. Version {entry.version} of the entry is in force.",
    )
    messages.success(request, say(done))
    return HttpResponseRedirect(reverse("staff:dataset", args=[dataset]))


def _doors(entry: Entry, actor: Actor) -> list[Link]:
    may_edit = policy.allows("catalog.propose", by=actor, office=entry.owner)
    doors = [Link(Said("各版本", "Versions"), reverse("staff:dataset_versions", args=[entry.id]))]
    if may_edit:
        doors.insert(
            0, Link(Said("修改编目", "Edit the entry"), reverse("staff:dataset_edit", args=[entry.id]))
        )
    if policy.allows("exports.export", by=actor, office=entry.owner):
        url = reverse("staff:dataset_export", args=[entry.id])
        doors.append(Link(Said("下载当前数据", "Download the current rows"), url))
    if entry.opening is not Access.NONE and policy.allows("opendata.open", by=actor, office=entry.owner):
        url = reverse("staff:dataset_disclosure", args=[entry.id])
        doors.append(Link(Said("开放前核查", "Check before opening"), url))
    return doors


def _publishable(entry: Entry) -> bool:
    return entry.status is Status.PROPOSED


def _publish(entry: Entry) -> Confirm:
    return Confirm(
        title=Said("发布到目录", "Publish in the catalog"),
        consequences=(
            Said(
                f"“{entry.title.zh}”按“{titles.SHARING[entry.sharing].zh}、{titles.OPENING[entry.opening].zh}”生效。",
                f"It takes effect as “{titles.SHARING[entry.sharing].en}, {titles.OPENING[entry.opening].en}”.",
            ),
            Said("各部门可以查到它，并据此申请共享。", "Every office finds it and may ask to share it."),
        ),
        verb=Said("发布", "Publish"),
        action_url=reverse("staff:dataset_publish", args=[entry.id]),
        back_url=reverse("staff:catalog"),
    )


def _facts(entry: Entry) -> list[Fact]:
    offices = opendata.publishers()
    declared = entry.schema_
    return [
        Fact(Said("编号", "Id"), entry.id),
        Fact(Said("所属部门", "Owner"), name_of(offices, entry.owner)),
        Fact(Said("层级", "Tier"), titles.TIERS[entry.tier]),
        Fact(Said("主题", "Theme"), titles.theme(entry.theme)),
        Fact(Said("更新周期", "Updated"), titles.UPDATES[entry.update]),
        Fact(Said("共享属性", "Sharing"), titles.SHARING[entry.sharing]),
        Fact(Said("开放属性", "Opening"), titles.OPENING[entry.opening]),
        Fact(Said("许可", "Licence"), declared.licence or ""),
        Fact(Said("主键", "Key"), "、".join(declared.key)),
        Fact(Said("来历", "Origin"), said(declared.source_note) if declared.source_note else ""),
        Fact(Said("依据", "Basis"), "、".join(f"{b.title}（{b.since}）" for b in declared.basis)),
        Fact(Said("版本", "Version"), entry.version),
        Fact(Said("发布时间", "Published"), entry.published_at),
    ]


def _fields(entry: Entry) -> Table:
    return Table(
        id="fields",
        tall=False,
        caption=Said(f"字段（{len(entry.schema_.fields)}）", f"Fields ({len(entry.schema_.fields)})"),
        columns=FIELDS,
        rows=[_field(field, entry) for field in entry.schema_.fields],
    )


def _field(field: FieldDeclaration, entry: Entry) -> Row:
    key = field.id in entry.schema_.key
    return Row(
        {
            "name": Cell(said(field.name), under=[field.id, Chip(Said("主键", "Key"))] if key else field.id),
            "type": titles.FIELD_TYPES[field.type],
            "standard": titles.meaning(field.standard),
            "required": field.required,
            "grade": _graded(field, entry),
            "mask": titles.MASKS[field.mask],
            "open": field.open,
        }
    )


def _graded(field: FieldDeclaration, entry: Entry) -> object:
    """The grade, and whether the person concerned must have agreed."""
    grade = Grade(int(field.grade[1]))
    if not (entry.schema_.policy.consent or field.policy.consent):
        return grade
    return [grade, Chip(Said("须本人授权", "With consent"), Tone.WARNING)]


def _batches(batches: list[Batch], origins: list[Source]) -> Table:
    return batch_table(
        batches,
        pages=None,
        caption=Said("最近的批次", "Latest batches"),
        empty=Said("还没有归集过。", "Nothing has been collected yet."),
        empty_action=Link(Said("去提交数据", "Hand in data"), reverse("staff:source", args=[origins[0].id]))
        if origins
        else None,
    )


def _card(entry: Entry) -> Scorecard | None:
    try:
        return quality.scorecard(entry.id)
    except NotCheckedYet:
        return None


def _uses(entry: Entry) -> list[Fact]:
    """The registers that this data set feeds, each with the fields it has a word on."""
    uses = []
    for summary in registers.registers():
        fed = [mapping for mapping in summary.declaration.sources if mapping.dataset == entry.id]
        if fed:
            said_fields = sum(len(mapping.says) for mapping in fed)
            uses.append(
                Fact(
                    said(summary.declaration.title),
                    Said(f"提供 {said_fields} 个字段", f"says {said_fields} fields"),
                    reverse("staff:register", args=[summary.declaration.id]),
                )
            )
    return uses
