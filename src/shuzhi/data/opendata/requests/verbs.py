"""What scenarios do around open data: speak to owners, follow, hold a contest and enter it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.data.opendata.requests import contests, voices
from shuzhi.data.opendata.requests.types import Announcement, Prize
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words


class Speaking(BaseModel):
    """What somebody says of a data set."""

    model_config = ConfigDict(extra="forbid")

    dataset: str
    text: str


class Following(BaseModel):
    """A data set to hear of, or to hear of no more."""

    model_config = ConfigDict(extra="forbid")

    dataset: str
    stop: bool = False


class Announcing(BaseModel):
    """A contest that begins today and takes entries for so many days."""

    model_config = ConfigDict(extra="forbid")

    contest: str
    title: Words
    text: Words
    days: int = Field(default=30, ge=1, le=366)
    datasets: tuple[str, ...] = ()
    prizes: tuple[Prize, ...]


class Showing(BaseModel):
    """A use case, for a contest where one is named."""

    model_config = ConfigDict(extra="forbid")

    title: str
    summary: str
    url: str = ""
    datasets: tuple[str, ...] = ()
    contest: str = ""


class OfContest(BaseModel):
    """A contest."""

    model_config = ConfigDict(extra="forbid")

    contest: str


class Awarding(OfContest):
    """Prizes by the titles of entries."""

    prizes: dict[str, str]


def speak(said: Speaking, stage: Stage) -> dict[str, Any]:
    """Tell a data set's owner what is wrong or missing."""
    number = voices.give_feedback(dataset=said.dataset, text=said.text, by=stage.by, at=stage.at)
    return {"dossier": number}


def follow(said: Following, stage: Stage) -> dict[str, Any]:
    """Be told of changes, or no more."""
    if said.stop:
        voices.unfollow(dataset=said.dataset, by=stage.by)
    else:
        voices.follow(dataset=said.dataset, by=stage.by, at=stage.at)
    return {"dataset": said.dataset, "follows": said.dataset in voices.followed(stage.by)}


def announce(said: Announcing, stage: Stage) -> dict[str, Any]:
    """Announce a contest."""
    today = day_of(stage.at)
    facts = said.model_dump(exclude={"days"}) | {"since": today, "until": today + timedelta(days=said.days)}
    made = contests.announce_contest(
        announcement=Announcement.model_validate(facts), by=stage.by, at=stage.at
    )
    return {"contest": made.id, "until": made.announced.until}


def show(said: Showing, stage: Stage) -> dict[str, Any]:
    """Show what one made of open data, for a contest where one is named."""
    number = voices.send_use_case(
        title=said.title, summary=said.summary, url=said.url, datasets=list(said.datasets), contest=said.contest,
        by=stage.by, at=stage.at,
    )  # fmt: skip
    return {"dossier": number}


def award(said: Awarding, stage: Stage) -> dict[str, Any]:
    """Award the prizes of a contest that is over."""
    numbers = {one.title: one.number for one in contests.entries(said.contest)}
    prizes = {numbers.get(title, -1): prize for title, prize in said.prizes.items()}
    done = contests.award_contest(contest=said.contest, prizes=prizes, by=stage.by, at=stage.at)
    return {"contest": done.id, "awarded": done.awarded_at is not None}


def look(said: OfContest, stage: Stage) -> list[dict[str, Any]]:
    """The listed entries, prizes first."""
    del stage
    return [{"title": one.title, "prize": one.prize} for one in contests.entries(said.contest)]


SETS = {"dataset": "datasets"}
VERBS = (
    Verb("give feedback", Words(zh="对数据提意见", en="speak of a data set"), Speaking, speak, names=SETS),
    Verb("follow data", Words(zh="关注数据集", en="follow a data set"), Following, follow, names=SETS),
    Verb("announce contest", Words(zh="公告大赛", en="announce a contest"), Announcing, announce),
    Verb("show use case", Words(zh="提交应用案例", en="show a use case"), Showing, show),
    Verb("award contest", Words(zh="大赛评奖", en="award a contest"), Awarding, award),
    Verb("entries", Words(zh="查看参赛作品", en="look at a contest's entries"), OfContest, look, looks=True),
)
