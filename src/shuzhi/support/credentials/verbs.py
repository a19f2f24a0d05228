"""What scenarios do with credentials: issue, end, check, ask for one instead of paper, agree, use, count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shuzhi.foundation.verbs import Stage, Verb
from shuzhi.foundation.words import Words
from shuzhi.support.credentials import queries, services
from shuzhi.support.credentials.services.codes import codes
from shuzhi.support.credentials.types import Credential, Use

MONTH = timedelta(days=30)


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Issuing(_Said):
    """What is issued to whom by which office."""

    kind: str
    subject: str
    office: str
    facts: dict[str, Any]
    reference: str | None = None


class OfCredential(_Said):
    """A credential by its number; the last one that was issued, where none is named."""

    number: str | None = None


class Ending(OfCredential):
    """What becomes of it, and why."""

    to: Literal["suspended", "valid", "revoked"]
    reason: str = ""


class Checking(OfCredential):
    """A check of a credential that shows some fields only."""

    showing: list[str] = Field(default_factory=list)


class Asking(_Said):
    """Which facts of whose credential are needed, for what."""

    kind: str
    subject: str
    fields: list[str]
    purpose: str


class Answering(_Said):
    """The answer of the holder, who is named by scheme and number, to the last request."""

    holder: str
    agrees: bool = True


class Showing(_Said):
    """What the holder lets the code show: fields by the kind of credential; with nothing, the code shows nothing more."""

    holder: str
    shown: dict[str, list[str]]


class OfHolder(_Said):
    """The holder, by scheme and number."""

    holder: str


class Scanning(_Said):
    """A code that somebody shows; the one shown last, where none is named."""

    code: str | None = None


class Nothing(_Said):
    """Nothing more to say."""


def issue(said: Issuing, stage: Stage) -> dict[str, Any]:
    """Issue a credential."""
    return _told(services.issue(**said.model_dump(), by=stage.by, at=stage.at))


def end(said: Ending, stage: Stage) -> dict[str, Any]:
    """Suspend, resume or revoke."""
    acts = {"suspended": services.suspend, "valid": services.resume, "revoked": services.revoke}
    done = acts[said.to](number=_number(said.number, stage), reason=said.reason, by=stage.by, at=stage.at)
    return _told(done)


def check(said: Checking, stage: Stage) -> dict[str, Any]:
    """Check it as anybody may."""
    signed = queries.signed(_number(said.number, stage))
    found = services.verify(document=signed.showing(said.showing).compact, at=stage.at)
    return {"number": found.number, "kind": found.kind, "shows": dict(found.shows)}


def ask(said: Asking, stage: Stage) -> dict[str, Any]:
    """Ask for a credential instead of paper."""
    return _used(services.ask(**said.model_dump(), by=stage.by, at=stage.at))


def answer(said: Answering, stage: Stage) -> dict[str, Any]:
    """The holder's answer."""
    scheme, _, number = said.holder.partition("/")
    service = services.agree if said.agrees else services.refuse
    return _used(
        service(use=stage.latest("ask credential")["use"], holder=(scheme, number), by=stage.by, at=stage.at)
    )


def use(said: Nothing, stage: Stage) -> dict[str, Any]:
    """Read what the holder agreed to."""
    del said
    used, facts = services.use(use=stage.latest("ask credential")["use"], by=stage.by, at=stage.at)
    return _used(used) | {"facts": dict(facts)}


def choose_for_code(said: Showing, stage: Stage) -> dict[str, Any]:
    """Choose what the one code shows."""
    holder = _holder(said.holder)
    own = {each.kind: each.number for each in queries.credentials_of(*holder) if each.state.value == "valid"}
    shown = {own.get(kind, kind): fields for kind, fields in said.shown.items()}
    services.show_on_code(holder=holder, shown=shown, by=stage.by, at=stage.at)
    return {"shown": sorted(said.shown)}


def show_code(said: OfHolder, stage: Stage) -> dict[str, Any]:
    """The code as the holder's phone shows it now."""
    made = codes(holder=_holder(said.holder), at=stage.at, many=1)[0]
    return {"code": made.text, "until": made.until}


def read_code(said: Scanning, stage: Stage) -> dict[str, Any]:
    """Read a code as a clerk does; the second time the same clerk is refused."""
    code = said.code or str((stage.latest("show code") or {}).get("code", ""))
    found = services.read_code(code=code, by=stage.by, at=stage.at)
    return {each.kind.replace("-", "_"): dict(each.shows) for each in found.parts}


def _holder(said: str) -> tuple[str, str]:
    scheme, _, number = said.partition("/")
    return scheme, number


def figures(said: Nothing, stage: Stage) -> dict[str, Any]:
    """How often credentials spared paper in the last thirty days."""
    del said
    found = queries.reuse_figures(since=stage.at - MONTH, until=stage.at + timedelta(seconds=1))
    return {"asked": found.asked, "used": found.used, "by_kind": dict(found.by_kind)}


def _number(number: str | None, stage: Stage) -> str:
    return number or str((stage.latest("issue credential") or {}).get("number", ""))


def _told(found: Credential) -> dict[str, Any]:
    return {
        "number": found.number,
        "kind": found.kind,
        "state": found.state.value,
        "until": found.until.isoformat() if found.until else None,
    }


def _used(found: Use) -> dict[str, Any]:
    return {"use": found.id, "state": found.state.value, "fields": list(found.fields)}


KIND = {"kind": "credentials"}
VERBS = (
    Verb(
        "issue credential", Words(zh="签发证照", en="issue a credential"), Issuing, issue,
        names=KIND | {"office": "offices"},
    ),
    Verb("end credential", Words(zh="变更证照状态", en="change a credential's state"), Ending, end),
    Verb("check credential", Words(zh="核验证照", en="check a credential"), Checking, check, looks=True),
    Verb("ask credential", Words(zh="申请调用证照", en="ask for a credential"), Asking, ask, names=KIND),
    Verb("answer for credential", Words(zh="持证人答复", en="the holder's answer"), Answering, answer),
    Verb("use credential", Words(zh="调用证照", en="use a credential"), Nothing, use),
    Verb("choose for code", Words(zh="选择亮码内容", en="choose what the one code shows"), Showing, choose_for_code),
    Verb("show code", Words(zh="亮码", en="show the one code"), OfHolder, show_code),
    Verb("read code", Words(zh="扫码核验", en="read a code"), Scanning, read_code),
    Verb("reuse", Words(zh="免证办成效", en="paper spared"), Nothing, figures, looks=True),
)  # fmt: skip
