"""Registering a source: which data set it feeds, who sends it, as a file or from a database."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from shuzhi.data.catalog import queries as catalog
from shuzhi.data.catalog.errors import NoSuchDataSet
from shuzhi.data.catalog.types import SLUG, Entry
from shuzhi.data.sources import queries, services
from shuzhi.data.sources.errors import NoSuchSource
from shuzhi.data.sources.types import Kind, Mode, SourceDeclaration
from shuzhi.foundation.clock import now
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.guard import requires
from shuzhi.pillars.security.types import Actor, Role
from shuzhi.terminals.design.types import Choice, ErrorSummary, Field, Link, Said, say
from shuzhi.terminals.staff import titles
from shuzhi.terminals.staff.answers import MISSING, NO_ID
from shuzhi.terminals.staff.shell import actor_of, asked_for, page
from shuzhi.terminals.staff.sources.modes import MODE_CHOICES

NO_DATASET = Said(
    "目录里没有这个数据集；请先编目。", "The catalog has no such data set; propose its entry first."
)
TAKEN = Said("这个编号已经有数据源用了，换一个。", "Another source has this id; choose another.")
DATABASE_NEEDS = Said("数据库来源要写明这一项。", "A database source needs this.")
INCREMENTAL_NEEDS = Said(
    "按增量从数据库归集，要写明增量字段。", "Incremental collecting from a database needs a watermark."
)


FIELDS = (
    Field(
        name="dataset",
        label=Said("归到哪个数据集", "Into which data set"),
        hint=Said(
            "填数据集编号；目录里查得到。还没有的，先“从文件开始编目”。",
            "Its id, as the catalog has it. If there is none yet, start from a file.",
        ),
    ),
    Field(
        name="source",
        label=Said("数据源编号", "Id of the source"),
        hint=Said(
            "小写字母、数字和连字符，例如 firms-daily。",
            "Lower-case letters, digits, hyphens, such as firms-daily.",
        ),
    ),
    Field(name="title_zh", label=Said("中文名称", "Chinese title")),
    Field(name="title_en", label=Said("英文名称", "English title"), required=False),
    Field(
        name="mode",
        label=Said("每一批通常是", "A batch is usually"),
        control="select",
        choices=MODE_CHOICES,
    ),
    Field(
        name="kind",
        label=Said("数据怎么来", "How the data come"),
        control="radio",
        choices=[
            Choice(
                Kind.FILE.value,
                titles.KINDS[Kind.FILE],
                Said("由部门在页面上或用接口提交", "The office hands them in, on the page or by the API"),
            ),
            Choice(
                Kind.SQL.value,
                titles.KINDS[Kind.SQL],
                Said("由平台按时到部门的库里取", "The platform collects from the office's database"),
            ),
        ],
    ),
    Field(
        name="connection",
        label=Said("连接名", "Name of the connection"),
        required=False,
        hint=Said(
            "运维已存入密钥库的连接名；地址和口令不在这里填。",
            "The name under which operations keep it; address and password are not given here.",
        ),
    ),
    Field(name="table", label=Said("表名", "Table"), required=False),
    Field(
        name="watermark",
        label=Said("增量字段", "Watermark"),
        required=False,
        hint=Said("只增不减的列，例如更新时间。", "A column that only grows, such as the time of change."),
    ),
)


class _Answers(forms.Form):
    dataset = forms.RegexField(SLUG, error_messages={"required": MISSING, "invalid": NO_ID})
    source = forms.RegexField(SLUG, max_length=150, error_messages={"required": MISSING, "invalid": NO_ID})
    title_zh = forms.CharField(max_length=120, error_messages={"required": MISSING})
    title_en = forms.CharField(max_length=160, required=False)
    mode = forms.ChoiceField(choices=[(mode.value, mode.value) for mode in Mode])
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in Kind])
    connection = forms.RegexField(SLUG, required=False, error_messages={"invalid": NO_ID})
    table = forms.CharField(max_length=200, required=False)
    watermark = forms.CharField(max_length=100, required=False)

    def clean(self) -> dict[str, object]:
        """What a database source needs, and an id and a data set that exist as they should."""
        given = self.cleaned_data
        if given.get("kind") == Kind.SQL.value:
            for name in ("connection", "table"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, say(DATABASE_NEEDS))
            if given.get("mode") == Mode.INCREMENTAL.value and not given.get("watermark"):
                self.add_error("watermark", say(INCREMENTAL_NEEDS))
        if given.get("dataset") and _entry(given["dataset"]) is None:
            self.add_error("dataset", say(NO_DATASET))
        if given.get("source") and _is_taken(given["source"]):
            self.add_error("source", say(TAKEN))
        return given


def _entry(dataset: str) -> Entry | None:
    try:
        return catalog.entry(dataset)
    except NoSuchDataSet:
        return None


def _is_taken(source: str) -> bool:
    try:
        queries.source(source)
    except NoSuchSource:
        return False
    return True


@requires("sources.register")
def register(request: HttpRequest) -> HttpResponse:
    """The form, and the source that comes of it."""
    if request.method != "POST":
        dataset = asked_for(request, "dataset").get("dataset", "")
        return _page(request, _Answers(initial=_first_answers(dataset)))
    form = _Answers(request.POST)
    if not form.is_valid():
        return _page(request, form, errors=ErrorSummary(_fields(form)), status=422)
    actor = actor_of(request)
    made = services.register_source(declaration=_declared(form, actor), by=actor, at=now())
    done = Said("已登记，可以提交数据了。", "Registered; data can be handed in.")
    messages.success(request, say(done))
    return HttpResponseRedirect(reverse("staff:source", args=[made.id]))


def _first_answers(dataset: str) -> dict[str, object]:
    entry = _entry(dataset) if dataset else None
    named = {"title_zh": entry.title.zh, "title_en": entry.title.en} if entry else {}
    return {"dataset": dataset, "source": dataset, "mode": Mode.FULL.value, "kind": Kind.FILE.value, **named}


def _declared(form: _Answers, actor: Actor) -> SourceDeclaration:
    given = form.cleaned_data
    is_sql = given["kind"] == Kind.SQL.value
    return SourceDeclaration(
        source=given["source"],
        title=Words(zh=given["title_zh"], en=given["title_en"] or given["title_zh"]),
        dataset=given["dataset"],
        office=_office(given["dataset"], actor),
        kind=Kind(given["kind"]),
        mode=Mode(given["mode"]),
        connection=(given["connection"] or None) if is_sql else None,
        table=(given["table"] or None) if is_sql else None,
        watermark=(given["watermark"] or None) if is_sql else None,
    )


def _office(dataset: str, actor: Actor) -> str:
    """An officer registers for the own office; the bureau for the office that owns the data set."""
    if actor.has(Role.BUREAU):
        return catalog.entry(dataset).owner
    return actor.office or ""


def _page(request: HttpRequest, form: _Answers, *, errors: object = None, status: int = 200) -> HttpResponse:
    fields = _fields(form)
    return page(
        request,
        "staff/sources/register.html",
        title=Said("登记数据源", "Register a source"),
        lead=Said(
            "说明这份数据从哪里来、归到哪个数据集；登记后就能提交第一批。",
            "Say where the data come from and which data set they go to; then hand in the first batch.",
        ),
        trail=(Link(Said("数据归集", "Sources"), reverse("staff:sources")),),
        errors=errors,
        status=status,
        fields=fields[:6],
        database_fields=fields[6:],
        is_database=form["kind"].value() == Kind.SQL.value,
        back=reverse("staff:sources"),
    )


def _fields(form: _Answers) -> list[Field]:
    return [field.bound(form[field.name]) for field in FIELDS]
