"""A form's page as a template draws it: questions with their answers, sources and faults, and the way through."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shuzhi.foundation.words import Words
from shuzhi.support.forms.engine import CompiledForm
from shuzhi.support.forms.engine.fields import (
    BOOLEAN,
    CHOICE,
    CHOICES,
    DATE,
    FILES,
    INTEGER,
    NUMBER,
    ROWS,
    FormField,
    choices_of,
)
from shuzhi.support.forms.types import Answer, Fault, Filling, HandedIn, Known, Outcome, Page, Section
from shuzhi.terminals.design.types import Choice, ErrorSummary, Field, Said, Step, Steps

FEW, MOST_ROWS = 4, 50
"""Up to so many choices stand open; more go into a list."""
YES, NO = Said("是", "Yes"), Said("否", "No")


@dataclass(frozen=True)
class Question:
    """One question: what stands in the page, and what a screen reader reads with it."""

    field: FormField
    control: str
    answer: Answer
    shown: bool
    required: bool
    computed: bool
    error: Words | None = None
    known: Known | None = None
    files: tuple[HandedIn, ...] = ()
    accept: str = ""
    rows: tuple[QuestionRow, ...] = ()

    @property
    def name(self) -> str:
        """The field's name."""
        return self.field.name

    @property
    def id(self) -> str:
        """The control's id in the page; error summaries lead there."""
        return f"field-{self.name}"

    @property
    def title(self) -> Words:
        """The question."""
        return self.field.layout.title

    @property
    def described_by(self) -> str:
        """Ids of the texts that are read with the control; an empty error's place is read once it is filled."""
        parts = [("hint", self.field.layout.help), ("error", True), ("known", self.known)]
        return " ".join(f"{self.id}-{part}" for part, there in parts if there)

    @property
    def corrected(self) -> bool:
        """Whether the person says something else than the register."""
        return self.known is not None and self.known.value != self.answer

    @property
    def choices(self) -> list[Choice]:
        """The answers to choose from."""
        if self.field.kind == BOOLEAN:
            return [Choice("true", YES), Choice("false", NO)]
        words = self.field.layout.choices
        return [Choice(each, words[each]) for each in choices_of(self.field.schema)]

    @property
    def chosen(self) -> set[str]:
        """The answers chosen, as texts."""
        if isinstance(self.answer, bool):
            return {str(self.answer).lower()}
        found = self.answer if isinstance(self.answer, list) else [self.answer]
        return {str(each) for each in found if each is not None}

    @property
    def told(self) -> object:
        """The answer as people read it."""
        return told(self.field, self.answer)

    @property
    def known_told(self) -> object:
        """What the register says, as people read it."""
        return told(self.field, self.known.value if self.known else None)

    @property
    def has_room(self) -> bool:
        """Whether another row may be added."""
        return len(self.rows) < int(self.field.schema.get("maxItems", MOST_ROWS))

    @property
    def told_rows(self) -> list[list[tuple[Words, object]]]:
        """The rows as people read them: title and answer of each cell."""
        return [[(cell.title, cell.told) for cell in row.questions] for row in self.rows]

    @property
    def inputmode(self) -> str:
        """Which keys a telephone shows."""
        if self.field.schema.get("format") == "phone":
            return "tel"
        return {INTEGER: "numeric", NUMBER: "decimal"}.get(self.field.kind, "")


@dataclass(frozen=True)
class QuestionRow:
    """One row of a field that has rows."""

    number: int  # from 0
    title: Said
    questions: tuple[Question, ...]

    @property
    def id(self) -> str:
        """Where the page goes after a row was added or taken away."""
        return f"row-{self.questions[0].name.partition('.')[0]}-{self.number}"


def told(field: FormField, answer: Answer) -> object:
    """An answer in words."""
    if isinstance(answer, bool):
        return YES if answer else NO
    words = field.layout.choices
    if isinstance(answer, list):
        return [words.get(each, each) for each in answer if isinstance(each, str)]
    return words.get(answer, answer) if isinstance(answer, str) else answer


@dataclass(frozen=True)
class Block:
    """A section with its questions."""

    section: Section
    questions: tuple[Question, ...]

    @property
    def shown(self) -> bool:
        """Whether any of it shows."""
        return any(each.shown for each in self.questions)


@dataclass(frozen=True)
class Sheet:
    """Everything that one page, or the page of checking, shows."""

    form: CompiledForm
    filling: Filling
    outcome: Outcome
    files: Sequence[HandedIn] = ()

    @property
    def pages(self) -> list[Page]:
        """The pages that have anything to ask now."""
        return [page for page in self.form.declaration.layout.pages if self.is_shown(page)]

    def is_shown(self, page: Page) -> bool:
        """Whether a page has anything to ask now."""
        fields = [field.field for section in page.sections for field in section.fields]
        return any(self.outcome.visible.get(name) for name in fields)

    def blocks(self, page: Page, faults: Iterable[Fault] = ()) -> list[Block]:
        """A page's sections; `faults` are those that the person is told of."""
        said = {each.field: each.message for each in faults}
        return [
            Block(section, tuple(self._question(field.field, said) for field in section.fields))
            for section in page.sections
        ]

    def _question(self, name: str, said: Mapping[str, Words]) -> Question:
        field, computed = self.form.fields[name], name in self.form.value
        answers = self.outcome.values if computed or name in self.outcome.values else self.filling.answers
        terms = self.form.declaration.files.get(name)
        return Question(
            field=field,
            control=control_of(field, computed=computed),
            answer=answers.get(name),
            shown=bool(self.outcome.visible.get(name)),
            required=bool(self.outcome.required.get(name)),
            computed=computed,
            error=said.get(name),
            known=self.filling.known.get(name),
            files=tuple(each for each in self.files if each.field == name),
            accept=",".join(f".{each}" for each in terms.accept) if terms else "",
            rows=_rows_of(field, answers.get(name), said, shown=bool(self.outcome.visible.get(name))),
        )

    def faults_on(self, page: Page) -> list[Fault]:
        """What is wrong on a page."""
        names = {field.field for section in page.sections for field in section.fields}
        return [fault for fault in self.outcome.errors if fault.field.partition(".")[0] in names]

    def page_of(self, name: str) -> Page:
        """The page on which a field stands."""
        name = name.partition(".")[0]
        return next(page for page, _, field in self.form.declaration.placed if field.field == name)

    def title_of(self, name: str) -> Said:
        """What a fault's field is called: its title, in a row with the row's."""
        whole, _, rest = name.partition(".")
        field = self.form.fields[whole]
        number, _, cell = rest.partition(".")
        if not cell:
            return _said(field.layout.title)
        row, title = _row_title(field, int(number)), field.cells[cell].layout.title
        return Said(f"{row.zh}：{title.zh}", f"{row.en}: {title.said('en')}")

    def steps(self, now: str) -> Steps:
        """The way through: what is done, where one is, what remains."""
        last = Said("核对并提交", "Check and submit")
        titles = [(page.id, page.title) for page in self.pages] + [("check", last)]
        at = next((place for place, (name, _) in enumerate(titles) if name == now), 0)
        return Steps(
            steps=[
                Step(label=title, state="done" if place < at else "now" if place == at else "next")
                for place, (_, title) in enumerate(titles)
            ],
            label=Said("填写进度", "Progress"),
        )


def _said(words: Words) -> Said:
    return Said(words.zh, words.said("en"))


def _row_title(field: FormField, number: int) -> Said:
    row = _said(field.layout.row or field.layout.title)
    return Said(f"{row.zh} {number + 1}", f"{row.en} {number + 1}")


def _rows_of(
    field: FormField, answer: Answer, said: Mapping[str, Words], *, shown: bool
) -> tuple[QuestionRow, ...]:
    """The rows that there are; one to begin with where at least one is asked for."""
    if field.kind != ROWS:
        return ()
    rows = [each for each in answer if isinstance(each, dict)] if isinstance(answer, list) else []
    rows = rows or [{}] * min(int(field.schema.get("minItems", 0)), 1)
    return tuple(
        QuestionRow(
            number,
            _row_title(field, number),
            tuple(
                Question(
                    field=(here := cell.at(number, field.name)), control=control_of(cell, computed=False),
                    answer=row.get(name), shown=shown, required=cell.required, computed=False, error=said.get(here.name),
                )
                for name, cell in field.cells.items()
            ),
        )
        for number, row in enumerate(rows)
    )  # fmt: skip


def control_of(field: FormField, *, computed: bool) -> str:
    """Which control asks a question."""
    wanted = field.layout.control
    if computed:
        return "output"
    if field.kind in (CHOICES, FILES, DATE, ROWS):
        return {CHOICES: "checkbox", FILES: "file", DATE: "date", ROWS: "rows"}[field.kind]
    if field.kind == BOOLEAN:
        return "radio"
    if field.kind == CHOICE:
        return wanted or ("radio" if len(choices_of(field.schema)) <= FEW else "select")
    return "textarea" if wanted == "textarea" else "text"


def summary_of(sheet: Sheet, faults: Iterable[Fault]) -> ErrorSummary | None:
    """What must be put right, each with a link to its field."""
    fields = [Field(name=each.field, label=sheet.title_of(each.field), error=each.message) for each in faults]
    return ErrorSummary(fields=fields) if fields else None
