"""Notices in the inbox of an office that uses an interface (使用通知): short loops that it closes by what it did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shuzhi.foundation.words import Words
from shuzhi.pillars.security.types import Actor, system
from shuzhi.support.workflow import queries as workflow
from shuzhi.support.workflow import services as workflow_services
from shuzhi.support.workflow.errors import NoSuchLoop

LOOP = "interface-notice"


def open_notice(
    *, office: str, subject: str, title: Words, facts: dict[str, Any], by: Actor, at: datetime
) -> int | None:
    """Put a notice into an office's inbox, unless the same one is still open there; returns its dossier.

    None on a node whose packs know no such loop: what it tells stands on the subscription's page all the same.
    """
    open_ones = workflow.dossiers(loop=LOOP, subject=subject, open_only=True)
    if open_ones:
        return open_ones[0].id
    try:
        workflow.loop(LOOP)
    except NoSuchLoop:
        return None
    dossier = workflow_services.open_dossier(
        loop=LOOP, subject=subject, title=title, office=office, requester=by.office, by=by, at=at, facts=facts
    )
    return dossier.id


def settle(*, subject: str, by: Actor, at: datetime) -> None:
    """What the notice was about is done: close it."""
    for dossier in workflow.dossiers(loop=LOOP, subject=subject, open_only=True):
        note = f"{by.title or by.name}"
        workflow_services.act(dossier=dossier.id, action="close", by=system("exchange"), at=at, note=note)
