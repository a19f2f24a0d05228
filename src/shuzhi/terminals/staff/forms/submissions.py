"""What was submitted to the office's forms: the list, one submission by grade and mask, its files."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse

from shuzhi.foundation.clock import now
from shuzhi.pillars.security.guard import requires
from shuzhi.support.forms import queries
from shuzhi.support.forms.types import Channel, FormDeclaration, HandedIn, SubmissionLine
from shuzhi.terminals.design.types import Cell, Choice, Column, Link, Pages, Row, Said, Table
from shuzhi.terminals.filling import downloading
from shuzhi.terminals.filling.rendering import told
from shuzhi.terminals.staff.shell import (
    actor_of,
    asked_for,
    page,
    page_number,
    said,
    select_filter,
    text_filter,
)

SIZE = 50
TITLE = Said("收到的表", "Submissions")
FORMS = Link(Said("窗口填表", "Forms"), "/staff/forms/")
COLUMNS = (
    Column("number", Said("受理编号", "Number")),
    Column("form", Said("表单", "Form")),
    Column("channel", Said("渠道", "Through")),
    Column("corrected", Said("改正登记", "Corrections"), "number"),
    Column("files", Said("附件", "Files"), "number"),
    Column("at", Said("提交时间", "Submitted"), "date"),
)
CHANNELS = {
    Channel.PUBLIC: Said("网上", "Online"),
    Channel.WINDOW: Said("窗口", "Window"),
    Channel.KIOSK: Said("自助机", "Kiosk"),
    Channel.DESK: Said("经办", "Desk"),
}


@requires("forms.read")
def submissions(request: HttpRequest) -> HttpResponse:
    """The latest first; found by number and form."""
    by, asked = actor_of(request), asked_for(request, "q", "form")
    number = page_number(request)
    rows, total = queries.submissions(
        by=by, form=asked.get("form", ""), text=asked.get("q", ""), page=number, size=SIZE
    )
    forms = queries.office_forms(by=by)
    return page(
        request,
        "staff/forms/submissions.html",
        title=TITLE,
        trail=(FORMS,),
        lead=Said(
            f"本部门的表单共收到 {total:,d} 份。", f"{total:,d} submissions to the forms of this office."
        ),
        table=_table(rows, asked, Pages(number, SIZE, total), forms),
    )


def _table(
    rows: list[SubmissionLine], asked: dict[str, str], pages: Pages, forms: list[FormDeclaration]
) -> Table:
    choices = [
        Choice("", Said("全部表单", "All forms")),
        *(Choice(each.id, said(each.title)) for each in forms),
    ]
    return Table(
        id="submissions",
        caption=TITLE,
        columns=COLUMNS,
        rows=[_row(each) for each in rows],
        query=asked,
        pages=pages,
        filters=(
            text_filter(asked, "q", Said("受理编号", "Number")),
            select_filter(asked, "form", Said("表单", "Form"), choices),
        ),
        empty=Said("没有符合条件的表。", "There is none that fits."),
    )


def _row(each: SubmissionLine) -> Row:
    return Row(
        cells={
            "number": Cell(each.number),
            "form": said(each.title),
            "channel": CHANNELS[each.channel],
            "corrected": each.corrected,
            "files": each.files,
            "at": each.at,
        },
        url=reverse("staff:submission", args=[each.number]),
    )


@requires("forms.read")
def submission(request: HttpRequest, number: str) -> HttpResponse:
    """One submission, each value by its grade and mask."""
    by = actor_of(request)
    found = queries.submission(number, by=by, at=now())
    form = queries.compiled(found.version)
    lines = [
        (
            field.layout.title,
            told(field, found.document.get(name)),
            field.layout.rows and found.document.get(name),
        )
        for name, field in form.fields.items()
        if name in found.document
    ]
    return page(
        request,
        "staff/forms/submission.html",
        title=said(form.declaration.title),
        trail=(FORMS, Link(TITLE, reverse("staff:submissions"))),
        lead=Said(f"受理编号 {number}", f"Number {number}"),
        submitted=found,
        lines=[(title, answer) for title, answer, rows in lines if not rows],
        groups=[(title, _cells(form.declaration, title, rows)) for title, _, rows in lines if rows],
        files=[(each, _address(number, each)) for each in queries.files(number)],
        synthetic=form.declaration.synthetic,
    )


def _cells(declared: FormDeclaration, title: object, rows: object) -> list[list[tuple[object, object]]]:
    layout = next(each for _, _, each in declared.placed if each.title is title)
    return [
        [(cell.title, row.get(cell.field)) for cell in layout.rows if cell.field in row]
        for row in (rows if isinstance(rows, list) else [])
    ]


def _address(number: str, file: HandedIn) -> str:
    return reverse("staff:submission_file", args=[number, file.field, file.sha256])


@requires("forms.read")
def submission_file(request: HttpRequest, filling: str, field: str, sha256: str) -> FileResponse:
    """A handed-in file as a download."""
    return downloading.send_file(request, filling, field, sha256)
