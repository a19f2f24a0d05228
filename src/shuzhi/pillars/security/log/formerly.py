"""The former hash chain (旧链): no longer written, but still there for whoever noted its head.

`link(n) = SHA-256(link(n-1) ‖ digest(n))`, `link(0)` = 64 zeros.
"""

from __future__ import annotations

from shuzhi.pillars.security import models
from shuzhi.pillars.security.canonical import START, next_link
from shuzhi.pillars.security.log.findings import Finding, Reason

_AT_ONCE = 10_000


def check_chain() -> tuple[set[str], list[Finding]]:
    """All links, and what does not follow. That the entries still give their digests is checked elsewhere."""
    links: set[str] = set()
    link, seq = START, 0
    while True:
        rows = models.AuditSeal.objects.filter(seq__gt=seq).order_by("seq")[:_AT_ONCE]
        page = list(rows.values_list("seq", "entry_id", "entry__digest", "link"))
        for number, entry, digest, stored in page:
            link = next_link(link, digest) if digest else ""
            if number != seq + 1 or link != stored:
                return links, [Finding(Reason.LINK, entry=f"e{entry}", detail=f"seq {number}")]
            links.add(link)
            seq = number
        if len(page) < _AT_ONCE:
            return links, []
