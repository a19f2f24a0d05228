"""Forgetting what somebody began to fill in and never submitted (遗忘草稿): rows, files, and the key of all copies."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q

from shuzhi.pillars.security.erasing import erasable_keys
from shuzhi.pillars.security.types import Actor
from shuzhi.support.forms import draft_files, models
from shuzhi.support.forms.services.filling import note
from shuzhi.support.forms.types import Channel, Forgotten, State
from shuzhi.support.identity import queries as identity


@transaction.atomic
def forget_drafts(*, by: Actor, at: datetime) -> Forgotten:
    """Forget every draft of the actor's own, and those that a window began for them; what was submitted stays.

    The key that sealed the answers is destroyed once this stands: dumps of the database and copies of the folder say
    nothing any more, as far as nobody copied the keys. The same holds for files, each under a key of its own.
    """
    proven = list(identity.proofs(by.name).values())
    held = models.Filling.objects.select_for_update(of=("self",)).filter(
        Q(account=by.name) | Q(subject__in=proven, channel=Channel.WINDOW),
        state__in=[State.DRAFT, State.WITHDRAWN],
    )
    rows = list(held.select_related("definition").order_by("id"))
    drafts, hashes = 0, set[str]()
    for row in rows:
        files = set(row.files.values_list("sha256", flat=True))
        draft_files.forget(row, files)
        row.files.all().delete()
        hashes |= files
        drafts += row.state == State.DRAFT
        row.state, row.saved_at, row.down = State.WITHDRAWN, at, []
        row.answers, row.known, row.facts, row.lost = {}, {}, {}, {}
        row.save()
        note("forms.forgotten", row, by=by, at=at)
    for whose in {by.name, *proven, *(row.subject or row.account for row in rows)}:
        transaction.on_commit(partial(_end_key, whose), robust=True)
    return Forgotten(drafts, len(hashes))


def _end_key(whose: str) -> None:
    keys = erasable_keys()
    keys.erase(keys.id_of(models.owner_of(whose)))
