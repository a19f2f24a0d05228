"""Notify and commit (告知承诺): decided at once on a signed commitment, checked later; who broke one is not trusted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from shuzhi.business.matters import models
from shuzhi.business.matters.cases.errors import CommitmentNotAllowed
from shuzhi.business.matters.cases.gathering import Gathered
from shuzhi.business.matters.cases.judging import judge
from shuzhi.business.matters.cases.reading import number_of
from shuzhi.business.matters.cases.services.granting import grant, refuse
from shuzhi.business.matters.cases.services.instant import accept_at_once, to_a_person
from shuzhi.business.matters.cases.services.moving import PLATFORM, move
from shuzhi.business.matters.cases.types import Action, CommitmentBroken, Had, State
from shuzhi.business.matters.types import Material, MatterDeclaration, Source
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.outbox.services import publish
from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.credentials import queries as issued
from shuzhi.support.credentials import services as credentials
from shuzhi.support.credentials.types import State as Standing
from shuzhi.support.forms import documents
from shuzhi.support.workflow import services as loops

CHECK_LOOP = "commitment-check"
CHECKED_WITHIN = 30  # working days, where a matter says nothing
STATEMENT = Words(
    zh="我已阅知办理条件和法律责任，承诺{materials}属实、符合条件；如承诺不实，愿意接受撤销决定并承担相应责任。",
    en="I have read the conditions and what follows from a false statement. I commit that what I state ({materials}) is true "
    "and meets the conditions; if it is not, the decision may be revoked and I am liable.",
)


def statement(declared: MatterDeclaration, titles: Sequence[Words] = ()) -> Words:
    """What the applicant signs."""
    named = titles or [each.title for each in declared.materials if _may_commit(each)]
    named = named or [declared.title]
    return Words(
        zh=STATEMENT.zh.format(materials="、".join(each.zh for each in named)),
        en=STATEMENT.en.format(materials=", ".join(each.en or each.zh for each in named)),
    )


def grant_on_commitment(
    row: models.Case, declared: MatterDeclaration, gathered: Gathered, *, by: Actor, at: datetime
) -> None:
    """Decide at once on the commitment, and open its check.

    Raises:
        CommitmentNotAllowed: the matter knows none, or the applicant broke one.
    """
    _require_allowed(row, declared)
    row.commitment = _signed(row, declared, gathered, by, at)
    move(row, Action.COMMIT, by=by, at=at, also=("commitment",), digest=row.commitment["digest"])
    if gathered.missing:
        to_a_person(row, "缺少" + "、".join(each.title.zh for each in gathered.missing), at=at)
        return
    facts, granted, why = dict(gathered.facts), True, "申请人书面承诺符合条件"
    if declared.handling is not None and declared.handling.instant is not None:
        found = judge(declared.handling.instant, facts, at=at)
        row.verdict = dict(found.document)
        granted, facts = found.granted is not False, {**facts, **found.found}
        why = why if granted else found.because
    accept_at_once(row, declared, at=at)
    if not granted:
        refuse(row, note=why, by=system(PLATFORM), at=at)
        return
    row.check_dossier = _check(row, declared, at=at)
    grant(row, declared, facts=facts, by=system(PLATFORM), at=at, note=why)


def settle_check(row: models.Case, *, kept: bool, note: str, by: Actor, at: datetime) -> None:
    """What the later check found: kept, it is written down; broken, decision and credential are revoked."""
    if kept:
        move(row, Action.KEPT, by=by, at=at, note=note)
        return
    if row.credential and issued.credential(row.credential).state is not Standing.REVOKED:
        credentials.revoke(number=row.credential, reason=note or "承诺不实", by=system(PLATFORM), at=at)
    row.reason = note[:2000]
    row.closed_at = row.closed_at or at
    move(row, Action.BROKEN, State.REVOKED, by=by, at=at, note=note, also=("reason",))
    publish(CommitmentBroken(number_of(row), row.matter, day_of(at), at), at=at)


def has_broken(scheme: str, holder: str) -> bool:
    """Whether somebody broke a commitment before."""
    rows = models.Case.objects.filter(scheme=scheme, holder=holder, state=State.REVOKED.value)
    return rows.exists()


def _may_commit(material: Material) -> bool:
    return Source.COMMIT in (material.source, material.otherwise)


def _require_allowed(row: models.Case, declared: MatterDeclaration) -> None:
    if not declared.commitment.allowed:
        raise CommitmentNotAllowed(why="the matter has none", why_zh="该事项未实行告知承诺")
    if has_broken(row.scheme, row.holder):
        raise CommitmentNotAllowed(
            why="an earlier commitment was broken", why_zh="曾有承诺不实的记录，请按一般程序办理"
        )


def _signed(
    row: models.Case, declared: MatterDeclaration, gathered: Gathered, by: Actor, at: datetime
) -> dict[str, object]:
    titles = [each.title for each in gathered.materials if each.had is Had.COMMITTED]
    words = statement(declared, titles)
    text = documents.canonical({"answers": row.answers, "statement": words.zh})
    digest = documents.digest_of(text)
    signed = {
        "account": by.name, "at": at.isoformat(), "digest": digest, "filling": "", "form": f"matter/{row.matter}",
        "statement": words.zh,
    }  # fmt: skip
    return {
        "zh": words.zh, "en": words.en, "digest": digest, "by": by.name, "at": at.isoformat(),
        "signature": documents.sign(signed, at=at),
    }  # fmt: skip


def _check(row: models.Case, declared: MatterDeclaration, *, at: datetime) -> str:
    title, number = declared.title, number_of(row)
    opened = loops.open_dossier(
        loop=CHECK_LOOP, subject=f"case/{number}", office=row.office, requester=None,
        title=Words(zh=f"核查承诺：{title.zh}（{number}）", en=f"Check a commitment: {title.en} ({number})"),
        by=system(PLATFORM), at=at, facts={"case": number},
        working_days=declared.commitment.checked_within_days or CHECKED_WITHIN,
    )  # fmt: skip
    return f"dossier/{opened.id}"
