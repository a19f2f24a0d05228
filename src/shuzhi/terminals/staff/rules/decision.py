"""One decision: how it is decided on a day, and a form with which anyone who may read it can try it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from shuzhi.pillars.security.guard import requires
from shuzhi.support.decisions.dmn.model import Decision
from shuzhi.support.decisions.dmn.portable import portable
from shuzhi.support.decisions.queries import Rulebook
from shuzhi.terminals.design.types import ErrorSummary, Fact, Field, Link, Said, Words
from shuzhi.terminals.staff.rules.answers import Shown, shown_answer
from shuzhi.terminals.staff.rules.asking import Asked, asked_of, inputs_of
from shuzhi.terminals.staff.rules.boxes import Box, bases_said, box_of, period_said
from shuzhi.terminals.staff.rules.drawing import requirements
from shuzhi.terminals.staff.rules.listing import RULES, kind_of
from shuzhi.terminals.staff.rules.reading import (
    day_of,
    decision_of,
    definitions_of,
    key_of,
    periods_of,
    rules_of,
    spanned,
)
from shuzhi.terminals.staff.shell import page

KINDS_OF_VALUES = {
    "number": Said("数字", "a number"),
    "string": Said("文字", "a text"),
    "boolean": Said("是或否", "yes or no"),
    "date": Said("日期", "a date"),
}
DAY = Said("按哪一天判断", "As of which day")


@requires("decisions.read")
def show(request: HttpRequest, rules: str, part: str) -> HttpResponse:
    """The decision's logic, and the form; a filled form is answered on the same page."""
    book = rules_of(rules)
    decision, day = decision_of(book, part), day_of(request)
    asked = asked_of(book, decision.name)
    typed = {each.name: request.POST.get(each.name, "").replace("\0", "") for each in asked}
    given, wrong = inputs_of(asked, typed)
    asks = request.method == "POST"
    answer = _answer(book, decision.name, given, day) if asks and not wrong else None
    fields = [each.field(typed[each.name], wrong.get(each.name, "")) for each in asked]
    return page(
        request,
        "staff/rules/decision.html",
        title=decision.name,
        lead=kind_of(decision),
        trail=(
            Link(RULES, reverse("staff:rules")),
            Link(definitions_of(book).name or rules, reverse("staff:rules_file", args=[rules])),
        ),
        facts=_facts(book, decision),
        boxes=_boxes(decision, day),
        day=day,
        drawing=requirements(rules, book, here=decision),
        errors=ErrorSummary(fields) if wrong else None,
        fields=fields,
        day_field=Field(
            name="day",
            label=DAY,
            control="date",
            value=day.isoformat(),
            required=False,
            in_filter=True,
            short=True,
        ),
        answer=answer,
        script=_script(rules, decision, asked),
        status=422 if wrong else 200,
    )


def _answer(book: Rulebook, name: str, given: Mapping[str, Any], day: date) -> Shown:
    return shown_answer(book.decide(name, given, as_of=day, trace=True))


def _boxes(decision: Decision, day: date) -> list[tuple[Words, Words, bool, Box]]:
    """The forms of a decision with their periods and laws; a decision without dates has one."""
    if not decision.values:
        return [("", "", True, box_of(decision.expression, day))]
    return [
        (period_said(each.period), bases_said(each.bases), each.period.holds(day), box_of(each.value, day))
        for each in decision.values
    ]


def _facts(book: Rulebook, decision: Decision) -> list[Fact]:
    return [
        Fact(Said("依据", "Basis"), bases_said(decision.bases)),
        Fact(Said("有效期", "Valid"), period_said(spanned(periods_of(decision)))),
        Fact(
            Said("答案的类型", "Kind of answer"),
            KINDS_OF_VALUES.get(decision.variable.type, decision.variable.type),
        ),
        Fact(Said("要用的输入", "Inputs needed"), "、".join(book.inputs(decision.name))),
    ]


def _script(rules: str, decision: Decision, asked: tuple[Asked, ...]) -> dict[str, object]:
    """What the page's script needs: where the decision is to be had as trees, and the form's fields."""
    return {
        "url": reverse("staff:decision_trees", args=[rules, key_of(decision)]),
        "fields": json.dumps([each.as_dict() for each in asked], ensure_ascii=False),
    }


@requires("decisions.read")
def trees(request: HttpRequest, rules: str, part: str) -> HttpResponse:
    """The decision as trees, for the browser that decides by itself."""
    del request
    book = rules_of(rules)
    decision = decision_of(book, part)
    return JsonResponse(portable(book, decision.name), json_dumps_params={"ensure_ascii": False})
