"""What the pages of both ends do: show a page, keep its answers, go on, check, submit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from shuzhi.business.halls import services as halls
from shuzhi.foundation.clock import day_of, now
from shuzhi.foundation.errors import PlatformError
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import queries, services
from shuzhi.support.forms.engine import evaluate
from shuzhi.support.forms.engine.fields import CHOICES, FILES, MOST_ROWS, ROWS, FormField
from shuzhi.support.forms.errors import AnswersWrong, FileRefused, FormChanged, StaleFilling
from shuzhi.support.forms.types import Channel, Fault, Filling, Page, State
from shuzhi.support.workflow.processes.forming import use_of
from shuzhi.terminals.design.types import ErrorSummary, Said, say
from shuzhi.terminals.filling.rendering import Sheet, summary_of

MOST_FILES = 20
DIGITS = 3  # of the number of a row


@dataclass(frozen=True)
class End:
    """Where a form is filled in: which base its pages have, and whose addresses they lead to."""

    base: str
    namespace: str

    def address(self, name: str, *args: str) -> str:
        """One of the end's own addresses."""
        return reverse(f"{self.namespace}:{name}", args=args)


def show_page(request: HttpRequest, end: End, number: str, page_id: str) -> HttpResponse:
    """One page of a form, or what comes of sending it."""
    at = now()
    filling = queries.filling(number, by=_actor(request))
    if filling.state is not State.DRAFT:
        return HttpResponseRedirect(end.address("filling_done", number))
    if request.method != "POST":
        return _drawn(
            request, end, sheet_of(services.resume(number=number, by=_actor(request), at=at), at), page_id
        )
    return _sent(request, end, filling, page_id, at)


def sheet_of(filling: Filling, at: datetime) -> Sheet:
    """A filling with what its answers mean now."""
    form = queries.form_of(filling)
    files = queries.files(filling.number)
    answers: dict[str, Any] = dict(filling.answers)
    for name, field in form.fields.items():
        if field.kind == FILES:
            answers[name] = [each.sha256 for each in files if each.field == name]
    return Sheet(form, filling, evaluate(form, answers, facts=filling.facts, at=at), files)


def _sent(request: HttpRequest, end: End, filling: Filling, page_id: str, at: datetime) -> HttpResponse:
    by, asked = _actor(request), request.POST.get("do", "next")
    page = _page(sheet_of(filling, at), page_id)
    try:
        saved = services.save_draft(
            number=filling.number,
            answers=_answers(request, page, filling),
            by=by,
            at=at,
            revision=_revision(request),
        )
        refused = _took_files(request, page, filling, by, at)
    except StaleFilling as stale:
        fresh = sheet_of(services.resume(number=filling.number, by=by, at=at), at)
        return _drawn(request, end, fresh, page_id, refused=(stale,))
    sheet = sheet_of(saved, at)
    faults = sheet.faults_on(page)
    if refused or (asked == "next" and faults):
        return _drawn(request, end, sheet, page_id, faults=faults if asked == "next" else (), refused=refused)
    return HttpResponseRedirect(_onward(request, end, sheet, page, asked))


def _onward(request: HttpRequest, end: End, sheet: Sheet, page: Page, asked: str) -> str:
    number = sheet.filling.number
    here = end.address("filling_page", number, page.id)
    if asked == "leave":
        messages.success(
            request, say(Said("已保存，随时可以回来继续填。", "Saved; come back whenever you like."))
        )
        return end.address("forms")
    if asked.startswith(("take-back", "upload")):
        return here
    if asked.startswith(("add-row", "remove-row")):
        return here + _row_anchor(sheet, asked)
    pages = sheet.pages
    place = pages.index(page) + (-1 if asked == "back" else 1) if page in pages else 0
    if place >= len(pages):
        return end.address("filling_check", number)
    return end.address("filling_page", number, pages[max(place, 0)].id)


def _page(sheet: Sheet, page_id: str) -> Page:
    for page in sheet.form.declaration.layout.pages:
        if page.id == page_id:
            return page
    raise Http404


def _answers(request: HttpRequest, page: Page, filling: Filling) -> dict[str, Any]:
    """What was sent of a page; a question that was not on it then (no script) keeps its answer."""
    form = queries.form_of(filling)
    found: dict[str, Any] = {}
    for section in page.sections:
        for field in section.fields:
            if form.fields[field.field].kind == ROWS:
                found |= _rows(request, form.fields[field.field])
            elif field.field in request.POST:
                given = request.POST.getlist(field.field)
                found[field.field] = given if form.fields[field.field].kind == CHOICES else given[-1]
            elif f"asked-{field.field}" in request.POST:
                found[field.field] = None
    return found


def _rows(request: HttpRequest, field: FormField) -> dict[str, Any]:
    """The rows of a field that was on the page, one added or taken away as its buttons say."""
    count = request.POST.get(f"rows-{field.name}", "")
    if not (count.isascii() and count.isdecimal() and len(count) <= DIGITS):
        return {}
    rows = [
        {name: _cell(request, cell, f"{field.name}.{number}.{name}") for name, cell in field.cells.items()}
        for number in range(min(int(count), MOST_ROWS))
    ]
    word, name, number = _row_asked(request.POST.get("do", ""))
    if name == field.name and word == "add-row":
        rows.append({})
    elif name == field.name and word == "remove-row" and number < len(rows):
        del rows[number]
    return {field.name: rows}


def _cell(request: HttpRequest, cell: FormField, name: str) -> Any:
    given = request.POST.getlist(name)
    return given if cell.kind == CHOICES else (given[-1] if given else None)


def _row_asked(asked: str) -> tuple[str, str, int]:
    word, _, rest = asked.partition(":")
    name, _, number = rest.partition(":")
    is_number = number.isascii() and number.isdecimal() and len(number) <= DIGITS
    return word, name, int(number) if is_number else MOST_ROWS


def _row_anchor(sheet: Sheet, asked: str) -> str:
    """The row that was added, or the one before that which went."""
    word, name, number = _row_asked(asked)
    rows = sheet.filling.answers.get(name)
    last = len(rows) - 1 if isinstance(rows, list) else -1
    place = last if word == "add-row" else min(max(number - 1, 0), last)
    return f"#row-{name}-{place}" if place >= 0 and name in sheet.form.fields else f"#field-{name}"


def _revision(request: HttpRequest) -> int | None:
    written = request.POST.get("revision", "")
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else None  # noqa: PLR2004


def _took_files(
    request: HttpRequest, page: Page, filling: Filling, by: Actor, at: datetime
) -> list[PlatformError]:
    """Files that came with the page; what was refused is said, the rest is kept."""
    refused: list[PlatformError] = []
    names = {field.field for section in page.sections for field in section.fields}
    for name in names.intersection(request.FILES):
        for each in request.FILES.getlist(name)[:MOST_FILES]:
            try:
                services.hand_in_file(
                    number=filling.number, field=name, name=each.name or "", stream=each, by=by, at=at
                )
            except FileRefused as error:
                refused.append(error)
    word, _, rest = request.POST.get("do", "").partition(":")
    field, _, sha256 = rest.partition(":")
    if word == "take-back" and field in names:
        services.take_back_file(number=filling.number, field=field, sha256=sha256, by=by, at=at)
    return refused


def _drawn(
    request: HttpRequest,
    end: End,
    sheet: Sheet,
    page_id: str,
    *,
    faults: Iterable[Fault] = (),
    refused: Iterable[PlatformError] = (),
) -> HttpResponse:
    page, faults, refused = _page(sheet, page_id), list(faults), list(refused)
    summary = summary_of(sheet, faults)
    if refused:
        others = tuple(Said(each.message_zh, str(each)) for each in refused)
        summary = ErrorSummary(fields=summary.fields if summary else (), others=others)
    pages = sheet.pages
    context = {
        "base": end.base,
        "form": sheet.form.declaration,
        "filling": sheet.filling,
        "page": page,
        "blocks": sheet.blocks(page, faults),
        "steps": sheet.steps(page.id),
        "summary": summary,
        "is_first": not pages or pages[0] == page,
        "has_files": any(
            each.field.kind == FILES for block in sheet.blocks(page) for each in block.questions
        ),
        "document_url": f"/api/forms/{sheet.form.declaration.id}",
        "save_url": f"/api/forms/fillings/{sheet.filling.number}/answers",
        "others": _elsewhere(sheet, page),
        "facts": dict(sheet.filling.facts),
        "today": day_of(now()).isoformat(),
        "registers_down": bool(sheet.filling.down),
    }
    return render(request, "filling/page.html", context, status=422 if summary else 200)


def _elsewhere(sheet: Sheet, page: Page) -> dict[str, Any]:
    """Answers of the other pages, for conditions that ask them."""
    here = {field.field for section in page.sections for field in section.fields}
    return {
        name: each for name, each in sheet.outcome.values.items() if name not in here and each is not None
    }


def show_check(request: HttpRequest, end: End, number: str) -> HttpResponse:
    """Everything once more, the statement, and submitting."""
    at, by = now(), _actor(request)
    filling = queries.filling(number, by=by)
    if filling.state is not State.DRAFT:
        return HttpResponseRedirect(end.address("filling_done", number))
    if request.method == "POST":
        return _submitted(request, end, number, at)
    return _checked(request, end, sheet_of(services.resume(number=number, by=by, at=at), at))


def _submitted(request: HttpRequest, end: End, number: str, at: datetime) -> HttpResponse:
    by = _actor(request)
    try:
        services.submit(
            number=number,
            by=by,
            at=at,
            confirmed=request.POST.get("confirmed") == "yes",
            revision=_revision(request),
        )
    except AnswersWrong as wrong:
        return _checked(request, end, sheet_of(queries.filling(number, by=by), at), faults=wrong.faults)
    except FormChanged as changed:
        sheet = sheet_of(queries.filling(number, by=by), at)
        return _drawn(request, end, sheet, sheet.pages[0].id, refused=(changed,))
    except PlatformError as refused:
        return _checked(request, end, sheet_of(queries.filling(number, by=by), at), refused=refused)
    return HttpResponseRedirect(end.address("filling_done", number))


def _checked(
    request: HttpRequest,
    end: End,
    sheet: Sheet,
    *,
    faults: tuple[Fault, ...] = (),
    refused: PlatformError | None = None,
) -> HttpResponse:
    faults = faults or sheet.outcome.errors
    number = sheet.filling.number
    parts = [
        {
            "page": page,
            "url": end.address("filling_page", number, page.id),
            "questions": [
                each for block in sheet.blocks(page, faults) for each in block.questions if each.shown
            ],
        }
        for page in sheet.pages
    ]
    wrong = [
        (
            fault,
            end.address("filling_page", number, sheet.page_of(fault.field).id),
            sheet.title_of(fault.field),
        )
        for fault in faults
    ]
    context = {
        "base": end.base,
        "form": sheet.form.declaration,
        "filling": sheet.filling,
        "parts": parts,
        "wrong": wrong,
        "refused": Said(refused.message_zh, str(refused)) if refused else None,
        "steps": sheet.steps("check"),
        "back_url": parts[-1]["url"] if parts else end.address("forms"),
    }
    return render(
        request, "filling/check.html", context, status=422 if refused or request.method == "POST" else 200
    )


def show_done(request: HttpRequest, end: End, number: str) -> HttpResponse:
    """The receipt: what was submitted, when, and how to prove it."""
    by = _actor(request)
    filling = queries.filling(number, by=by)
    if filling.state is not State.SUBMITTED:
        return HttpResponseRedirect(end.address("forms"))
    done = queries.submission(number, by=by, at=now())
    sheet = sheet_of(filling, done.at)
    context = {
        "base": end.base,
        "form": sheet.form.declaration,
        "filling": filling,
        "done": done,
        "questions": [
            each
            for page in sheet.pages
            for block in sheet.blocks(page)
            for each in block.questions
            if each.shown
        ],
        "home_url": end.address("forms"),
        "code": "" if filling.channel is Channel.DESK or filling.task else halls.code_of(done.number),
        "for_task": _for_task(end, filling.task, done.number),
        "cases_url": "" if end.namespace == "staff" else reverse("public:my-cases"),
    }
    return render(request, "filling/done.html", context)


def _for_task(end: End, task: str, submission: str) -> dict[str, object] | None:
    """What became of the submission, where it was for a case's task, and the way back there."""
    if not task.startswith("task/"):
        return None
    case, used, why = use_of(submission, task)
    name = "case" if end.namespace == "staff" else "my-case"
    return (
        {"url": reverse(f"{end.namespace}:{name}", args=(case,)), "used": used, "why": why} if case else None
    )


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor
