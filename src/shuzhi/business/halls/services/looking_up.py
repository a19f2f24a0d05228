"""Looking a case up without signing in (凭码查询): by its number and a proof, a few tries a day."""

from __future__ import annotations

import hmac
from datetime import datetime

from django.db.models import F

from shuzhi.business.halls import models, standings
from shuzhi.business.halls.errors import ProofWrong, TooManyProofs
from shuzhi.foundation.clock import day_of
from shuzhi.foundation.text import storable
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.masking.keys import derived
from shuzhi.pillars.security.types import Actor

MOST_TRIES = 5
CODE_DIGITS = 8
LAST_OF_ID = 6


def code_of(number: str) -> str:
    """The code of a case (查询码), shown to its applicant beside the number; it is nowhere stored."""
    secret = derived(masking_key(), "halls.look-up", number)
    return f"{int.from_bytes(secret[:8], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def look_up(*, number: str, proof: str, by: Actor, at: datetime) -> standings.Standing:
    """Where a case stands: `proof` is its code, or the last six characters of the applicant's identity number.

    A firm's code is public, so a firm's case is opened by the case's own code alone. A number that is unknown and a
    proof that is wrong are answered alike; every try counts before it is looked at, so that no guessing at the
    same moment gets more of them.

    Raises:
        ProofWrong: number and proof don't belong together.
        TooManyProofs: this number was tried too often today.
    """
    number, proof = storable(number).strip().upper(), storable(proof).strip().upper()
    found = standings.find(number, at=at)
    if found is None:
        raise ProofWrong
    known = found.standing.number
    tries, _ = models.LookUp.objects.get_or_create(number=known, day=day_of(at))
    mine = models.LookUp.objects.filter(id=tries.id)
    if not mine.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise TooManyProofs
    if not _proves(found, number, proof):
        raise ProofWrong
    mine.update(tries=F("tries") - 1)
    audit.record("halls.case_looked_up", target=f"case/{known}", by=by, at=at)
    return found.standing


def _proves(found: standings.Found, asked: str, proof: str) -> bool:
    """The code of the number that was asked for, too: a form's receipt has it, and a case may have begun since."""
    codes = {code_of(asked), code_of(found.standing.number)}
    right = [*codes, *(each[-LAST_OF_ID:].upper() for each in found.residents if each)]
    return any(hmac.compare_digest(proof.encode(), each.encode()) for each in right)
