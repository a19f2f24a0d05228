"""What verifying can find (查验发现), in both languages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.errors import AuditBroken


class Reason(StrEnum):
    """Why an entry, a place or a head does not fit."""

    CHANGED = "changed"
    MISSING = "missing"
    MOVED = "moved"
    INSERTED = "inserted"
    EMPTY = "empty"
    NOT_SHOWN = "not_shown"
    SHOWN_OTHERWISE = "shown_otherwise"
    HASH = "hash"
    REWRITTEN = "rewritten"
    HEAD_MISSING = "head_missing"
    SIGNATURE = "signature"
    LINK = "link"
    FORGOTTEN = "forgotten"


WORDS = {
    Reason.CHANGED: Words(zh="记录内容被改动", en="the entry's content was changed"),
    Reason.MISSING: Words(zh="记录缺失", en="the entry is missing"),
    Reason.MOVED: Words(zh="记录被调换位置", en="the entry was moved"),
    Reason.INSERTED: Words(
        zh="记录不在日志内，系事后插入", en="the entry has no place in the log: it was put in"
    ),
    Reason.EMPTY: Words(zh="该位置无记录登记", en="no entry is listed for this place"),
    Reason.NOT_SHOWN: Words(
        zh="块内记录未在查询表中", en="the block's entry is missing where it is searched"
    ),
    Reason.SHOWN_OTHERWISE: Words(
        zh="查询表中的记录与块内原文不符", en="the entry reads otherwise where it is searched"
    ),
    Reason.HASH: Words(zh="树中的散列被改动", en="a hash of the tree was changed"),
    Reason.REWRITTEN: Words(
        zh="记录与散列一并被改写，与已签名的树头不符",
        en="entries and hashes were rewritten together; the signed head does not fit",
    ),
    Reason.HEAD_MISSING: Words(zh="缺少已签名的树头", en="a signed head is missing"),
    Reason.SIGNATURE: Words(zh="树头签名不符", en="the head is not signed by this node"),
    Reason.LINK: Words(zh="旧链的链接不符", en="the link of the former chain does not follow"),
    Reason.FORGOTTEN: Words(zh="先前记下的树头不在本日志中", en="the head noted earlier is not in this log"),
}


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: the place in the log, from 0, and the entry's name, as far as known."""

    reason: Reason
    place: int | None = None
    entry: str | None = None
    detail: str = ""

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        words = WORDS[self.reason]
        return {**asdict(self), "message": words.en, "message_zh": words.zh}


def broken(findings: list[Finding]) -> AuditBroken:
    """The refusal that names the first finding and carries all."""
    first, words = findings[0], WORDS[findings[0].reason]
    error = AuditBroken(
        entry=first.entry or "–",
        place="–" if first.place is None else first.place,
        reason=words.en,
        reason_zh=words.zh,
        count=len(findings),
    )
    error.findings = findings
    return error
