"""What scenarios do with forms: fill one in, save it, submit it, and look at what it asks and knows."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.forms import queries, services
from shuzhi.support.forms.engine import evaluate
from shuzhi.support.forms.types import Channel, Filling, Submission

FILL = "fill in form"


class Beginning(BaseModel):
    """Which form, with which answers; at a window, for whom."""

    model_config = ConfigDict(extra="forbid")

    form: str
    answers: dict[str, Any] = Field(default_factory=dict)
    channel: Channel = Channel.PUBLIC
    subject: str | None = None


class Submitting(BaseModel):
    """Which filling, by default the one begun last; answers that are still given; the statement confirmed or not."""

    model_config = ConfigDict(extra="forbid")

    filling: str | None = None
    answers: dict[str, Any] = Field(default_factory=dict)
    confirmed: bool = True


class OfFilling(BaseModel):
    """A filling by its number; by default the one begun last."""

    model_config = ConfigDict(extra="forbid")

    filling: str | None = None


def fill_in(said: Beginning, stage: Stage) -> dict[str, Any]:
    """Begin a form and keep answers; what registers know is filled in already."""
    begun = services.open_form(
        form=said.form, by=stage.by, at=stage.at, channel=said.channel, subject=said.subject
    )
    if said.answers:
        begun = services.save_draft(number=begun.number, answers=said.answers, by=stage.by, at=stage.at)
    return _told(begun, stage)


def submit(said: Submitting, stage: Stage) -> dict[str, Any]:
    """Submit a form; a second time gives the first time's submission."""
    number = _number(said.filling, stage)
    if said.answers:
        services.save_draft(number=number, answers=said.answers, by=stage.by, at=stage.at)
    done = services.submit(number=number, by=stage.by, at=stage.at, confirmed=said.confirmed)
    return _submitted(done)


def look(said: OfFilling, stage: Stage) -> dict[str, Any]:
    """A filling as whoever fills it in sees it: answers, what is known, what is still wrong, which registers are down."""
    return _told(queries.filling(_number(said.filling, stage), by=stage.by), stage)


def look_at_submission(said: OfFilling, stage: Stage) -> dict[str, Any]:
    """What was submitted, as the step's actor may read it."""
    return _submitted(queries.submission(_number(said.filling, stage), by=stage.by, at=stage.at))


def _number(given: str | None, stage: Stage) -> str:
    begun = stage.latest(FILL)
    return given or (str(begun["number"]) if begun else "")


def _told(filling: Filling, stage: Stage) -> dict[str, Any]:
    outcome = evaluate(queries.form_of(filling), filling.answers, facts=filling.facts, at=stage.at)
    return {
        "number": filling.number,
        "form": filling.form,
        "state": filling.state.value,
        "answers": dict(filling.answers),
        "known": {name: each.value for name, each in filling.known.items()},
        "typed": sorted(filling.corrected),
        "asks": [
            name
            for name, needed in outcome.required.items()
            if needed and outcome.values.get(name) in (None, "", [])
        ],
        "wrong": [fault.field for fault in outcome.errors],
        "down": list(filling.down),
    }


def _submitted(done: Submission) -> dict[str, Any]:
    return {
        "number": done.number, "form": done.form, "document": dict(done.document), "corrected": dict(done.corrected),
        "by": done.by,
    }  # fmt: skip


VERBS = (
    Verb(FILL, Words(zh="填写表单", en="fill in a form"), Beginning, fill_in, names={"form": "forms"}),
    Verb("submit form", Words(zh="提交表单", en="submit a form"), Submitting, submit),
    Verb("filling", Words(zh="查看填报", en="look at a filling"), OfFilling, look, looks=True),
    Verb(
        "submission",
        Words(zh="查看提交件", en="look at a submission"),
        OfFilling,
        look_at_submission,
        looks=True,
    ),
)
