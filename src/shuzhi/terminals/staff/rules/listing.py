"""All rules in force, and one file of rules: its decisions, what needs what, and its earlier versions."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.packs import queries as packs
from shuzhi.pillars.security import policy
from shuzhi.pillars.security.guard import requires
from shuzhi.support.decisions import queries
from shuzhi.support.decisions.dmn import model as dmn
from shuzhi.support.decisions.dmn.model import Decision
from shuzhi.support.decisions.types import Basis, InstalledRules
from shuzhi.terminals.design.types import Cell, Chip, Column, Demo, Fact, Link, Row, Said, Table, Tone, Words
from shuzhi.terminals.staff.rules.boxes import bases_said, period_said
from shuzhi.terminals.staff.rules.drawing import requirements
from shuzhi.terminals.staff.rules.reading import (
    day_of,
    definitions_of,
    key_of,
    periods_of,
    rules_of,
    spanned,
)
from shuzhi.terminals.staff.shell import Titles, actor_of, name_of, page

RULES = Said("规则", "Rules")
COLUMNS = (
    Column("rules", RULES),
    Column("pack", Said("应用包", "Pack")),
    Column("decisions", Said("决策", "Decisions"), "number"),
    Column("valid", Said("有效期", "Valid")),
    Column("basis", Said("依据", "Basis")),
    Column("at", Said("安装时间", "Installed"), "date"),
)
DECISIONS = (
    Column("decision", Said("决策", "Decision")),
    Column("kind", Said("写法", "Written as")),
    Column("inputs", Said("要用的输入", "Inputs needed")),
    Column("basis", Said("依据", "Basis")),
    Column("valid", Said("有效期", "Valid")),
)
VERSIONS = (
    Column("digest", Said("版本", "Version"), "code"),
    Column("pack", Said("应用包", "Pack"), "code"),
    Column("at", Said("安装时间", "Installed"), "date"),
    Column("state", Said("状态", "State"), "chips"),
)
KINDS: dict[type, Words] = {
    dmn.Table: Said("决策表", "Decision table"),
    dmn.Literal: Said("算式", "Expression"),
    dmn.Context: Said("逐项计算", "Entries"),
    dmn.Relation: Said("数据表", "Relation"),
    dmn.Listing: Said("列表", "List"),
    dmn.Function: Said("函数", "Function"),
    dmn.Invocation: Said("套用公用规则", "Invocation"),
    dmn.Conditional: Said("分情况", "Conditional"),
    dmn.Filter: Said("筛选", "Filter"),
    dmn.Iteration: Said("逐个计算", "Iteration"),
}
PARAMETER = Said("分时期的参数", "Dated parameter")
IN_FORCE, EARLIER = Chip(Said("现行", "In force"), Tone.SUCCESS), Chip(Said("历史版本", "Earlier"))


@requires("decisions.read")
def listing(request: HttpRequest) -> HttpResponse:
    """The rules of every installed pack."""
    titles, synthetic = _packs()
    return page(
        request,
        "staff/rules/list.html",
        title=RULES,
        lead=Said(
            "政策条款写成规则：每条有依据、有时效，可以试用，改动前可以推演。",
            "Policies written as rules: each with its basis and its days, to be tried, and replayed before a change.",
        ),
        table=Table(
            id="rules",
            caption=Said("现行规则", "Rules in force"),
            columns=COLUMNS,
            rows=[_row(each, titles, synthetic) for each in queries.installed()],
            empty=Said("已安装的应用包里没有规则。", "No installed pack has rules."),
        ),
    )


def _packs() -> tuple[Titles, set[str]]:
    installed = [each.manifest for each in packs.installed_packs()]
    return {each.pack: each.title for each in installed}, {each.pack for each in installed if each.synthetic}


def _row(each: InstalledRules, titles: Titles, synthetic: set[str]) -> Row:
    file = definitions_of(queries.installed_rules(each.rules))
    laws = dict.fromkeys(basis.title for decision in file.decisions for basis in _bases(decision))
    span = spanned([period for decision in file.decisions for period in periods_of(decision)])
    return Row(
        {
            "rules": Cell(file.name or each.rules, under=each.rules),
            "pack": Cell(name_of(titles, each.pack), under=Demo() if each.pack in synthetic else ""),
            "decisions": len(file.decisions),
            "valid": period_said(span) or Said("未注明", "Not dated"),
            "basis": "、".join(laws) or Said("未注明", "None stated"),
            "at": each.installed_at,
        },
        url=reverse("staff:rules_file", args=[each.rules]),
    )


@requires("decisions.read")
def show(request: HttpRequest, rules: str) -> HttpResponse:
    """One file of rules."""
    book, day = rules_of(rules), day_of(request)
    file = definitions_of(book)
    actor = actor_of(request)
    may_replay = policy.allows("decisions.replay", by=actor, office=actor.office)
    doors = (
        [Link(Said("推演一个改动", "Replay a change"), reverse("staff:rules_replay", args=[rules]))]
        if may_replay
        else []
    )
    versions = queries.installed(rules=[rules], earlier=True)
    return page(
        request,
        "staff/rules/file.html",
        title=file.name or rules,
        lead=rules,
        trail=(Link(RULES, reverse("staff:rules")),),
        doors=doors,
        drawing=requirements(rules, book),
        table=Table(
            id="decisions",
            caption=Said("决策", "Decisions"),
            columns=DECISIONS,
            rows=[_decision(rules, each, book.inputs(each.name)) for each in file.decisions],
            empty=Said("这个文件没有决策。", "This file has no decision."),
        ),
        versions=Table(
            id="versions",
            caption=Said("版本", "Versions"),
            columns=VERSIONS,
            rows=[
                Row(
                    {
                        "digest": each.digest,
                        "pack": each.pack,
                        "at": each.installed_at,
                        "state": IN_FORCE if each.current else EARLIER,
                    }
                )
                for each in versions
            ],
        ),
        day=day,
        facts=[Fact(Said("引用的规则文件", "Files it imports"), "、".join(book.imports))]
        if book.imports
        else [],
    )


def _decision(rules: str, each: Decision, inputs: tuple[str, ...]) -> Row:
    return Row(
        {
            "decision": each.name,
            "kind": kind_of(each),
            "inputs": "、".join(inputs),
            "basis": bases_said(_bases(each)),
            "valid": period_said(spanned(periods_of(each))),
        },
        url=reverse("staff:decision", args=[rules, key_of(each)]),
    )


def kind_of(decision: Decision) -> Words:
    """How a decision is written."""
    if decision.values:
        return PARAMETER
    return KINDS.get(type(decision.expression), Said("没有逻辑", "No logic"))


def _bases(decision: Decision) -> list[Basis]:
    """The laws of a decision; where it states none, those of its values and rows, each once."""
    if decision.bases:
        return list(decision.bases)
    found = [basis for each in decision.values for basis in each.bases]
    if isinstance(decision.expression, dmn.Table):
        found += [basis for rule in decision.expression.rules for basis in rule.bases]
    return list(dict.fromkeys(found))
