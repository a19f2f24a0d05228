"""Form fields and the summary of what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Literal

from shuzhi.terminals.design.types.chips import Source
from shuzhi.terminals.design.types.said import Words

if TYPE_CHECKING:
    from django.forms import BoundField

Control = Literal[
    "text",
    "search",
    "password",
    "email",
    "tel",
    "number",
    "date",
    "textarea",
    "select",
    "radio",
    "checkbox",
    "file",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose."""

    value: str
    label: Words
    hint: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A question: its name, a hint before it, what is wrong, and where a known answer comes from."""

    template: ClassVar[str] = "design/field.html"
    name: str
    label: Words
    control: Control = "text"
    value: object = ""
    hint: Words = ""
    error: Words = ""
    choices: Sequence[Choice] = ()
    required: bool = True
    short: bool = False
    known: Source | None = None
    object_url: str = ""
    autocomplete: str = ""
    inputmode: str = ""
    in_filter: bool = False

    @property
    def id(self) -> str:
        """The control's id in the page."""
        return f"field-{self.name}"

    @property
    def described_by(self) -> str:
        """Ids of the texts that a screen reader reads with the control."""
        parts = [(self.hint, "hint"), (self.error, "error"), (self.known, "known")]
        return " ".join(f"{self.id}-{part}" for there, part in parts if there)

    @property
    def values(self) -> set[str]:
        """The chosen values as text."""
        if isinstance(self.value, (list, tuple, set)):
            return {str(each) for each in self.value}
        return {str(self.value)}

    def bound(self, field: BoundField) -> Field:
        """This field with the value and the first error of a Django form's field."""
        error = str(field.errors[0]) if field.errors else self.error
        return replace(self, name=field.html_name, value=field.value() or "", error=error)


@dataclass(frozen=True, slots=True)
class ErrorSummary:
    """What must be put right, each with a link to its field; stands above the form."""

    template: ClassVar[str] = "design/errors.html"
    fields: Sequence[Field] = ()
    others: Sequence[Words] = ()

    @property
    def wrong(self) -> list[Field]:
        """The fields with an error."""
        return [field for field in self.fields if field.error]
