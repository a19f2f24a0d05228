from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from shuzhi.foundation.database import prepared
from shuzhi.foundation.declarations import read_stored
from shuzhi.pillars.security.data_policy import Channel, Reader, compile_policy, decide
from shuzhi.pillars.security.data_policy.declaring import NO_POLICY
from shuzhi.pillars.security.masking import masking_key
from shuzhi.pillars.security.subjects import node_reference
from shuzhi.pillars.security.types import Actor
from shuzhi.support.credentials import facts as contents
from shuzhi.support.credentials import models, trust
from shuzhi.support.credentials.errors import NoSuchCredential, NoSuchKind, SubjectWrong
from shuzhi.support.credentials.formats import sdjwt, statuslist
from shuzhi.support.credentials.formats.coding import decode_json
from shuzhi.support.credentials.formats.statuslist import StatusList
from shuzhi.support.credentials.types import (
    Credential,
    KindDeclaration,
    ReuseFigures,
    State,
    Use,
    UseState,
)


def kinds() -> list[KindDeclaration]:
    """Every kind that is issued, by title."""
    rows = models.Kind.objects.filter(is_active=True)
    return sorted(map(declared, rows), key=lambda kind: kind.title.zh)


def kind(name: str) -> KindDeclaration:
    """One kind.

    Raises:
        NoSuchKind: none of this name is issued.
    """
    found = prepared.look("SELECT declared FROM credentials_kind WHERE id = %s AND is_active", [name[:60]])
    if not found:
        raise NoSuchKind(kind=name[:60])
    return read_stored(KindDeclaration, found[0][0])


def declared(row: models.Kind) -> KindDeclaration:
    """A kind as it was declared."""
    return read_stored(KindDeclaration, row.declared)


def credential(number: str) -> Credential:
    """One credential.

    Raises:
        NoSuchCredential: there is none of this number.
    """
    return credential_of(_row(number))


def signed(number: str) -> sdjwt.SignedCredential:
    """A credential as it was signed, with everything that it can show.

    Raises:
        NoSuchCredential: there is none of this number.
    """
    row = _row(number)
    return sdjwt.SignedCredential(row.token, tuple(row.disclosures))


def kind_of(number: str) -> KindDeclaration:
    """The kind of a credential, also of one that is issued no more.

    Raises:
        NoSuchCredential: there is none of this number.
    """
    return declared(_row(number).kind)


def seen_by(found: Credential, *, by: Actor, at: datetime) -> dict[str, Any]:
    """A credential's facts as a clerk gets them on a page, by the grades of its fields."""
    kind = kind_of(found.number)
    policy = compile_policy(
        thing=f"credential/{kind.credential}", owner=found.office, fields=kind.fields, uses=NO_POLICY
    )
    whole = {each.id: found.facts.get(each.id) for each in kind.fields}
    return decide(policy, Reader(by), Channel.PAGE, at).row(whole, key=masking_key())


def credentials_of(scheme: str, holder: str) -> list[Credential]:
    """What somebody holds, the newest first."""
    return [credential_of(row) for row in rows_of(scheme, holder)[:200]]


def credentials(
    *, kind: str = "", office: str = "", number: str = "", state: str = "", first: int = 0, most: int = 50
) -> tuple[list[Credential], int]:
    """A page of issued credentials, the newest first, and how many there are."""
    rows = models.Credential.objects.select_related("kind")
    asked = {"kind_id": kind, "office": office, "number__startswith": number, "state": state}
    rows = rows.filter(**{name: value for name, value in asked.items() if value})
    found = rows.order_by("-issued_at", "-id")[first : first + most]
    return [credential_of(row) for row in found], rows.count()


def rows_of(scheme: str, holder: str) -> QuerySet[models.Credential]:
    """The same as rows."""
    rows = models.Credential.objects.select_related("kind").filter(scheme=scheme, holder=holder.upper())
    return rows.order_by("-issued_at", "-id")


def newest_valid(kind_id: str, subject: str, at: datetime) -> models.Credential | None:
    """The newest credential of a kind that a holder can use now.

    Raises:
        NoSuchKind: as it says.
    """
    wanted = kind(kind_id)
    try:
        holder = contents.holder(wanted, subject)
    except SubjectWrong:
        return None
    rows = rows_of(wanted.scheme, holder).filter(kind_id=kind_id, state=State.VALID)
    return rows.filter(Q(until=None) | Q(until__gt=at)).first()


def shown_on_code(scheme: str, holder: str) -> dict[str, list[str]]:
    """What a holder's one code shows: fields by number."""
    rows = models.ShownOnCode.objects.filter(credential__scheme=scheme, credential__holder=holder)
    return {row.credential.number: list(row.fields) for row in rows.select_related("credential")}


def uses_of(number: str) -> list[Use]:
    """Who used or asked for a credential, the newest first."""
    rows = models.Use.objects.select_related("credential__kind").filter(credential__number=number)
    return [use_of(row) for row in rows.order_by("-asked_at", "-id")[:100]]


def asked_of(scheme: str, holder: str, at: datetime) -> list[Use]:
    """What waits for a holder's answer."""
    rows = models.Use.objects.select_related("credential__kind").filter(
        credential__scheme=scheme, credential__holder=holder, state=UseState.ASKED, until__gt=at
    )
    return [use_of(row) for row in rows.order_by("asked_at", "id")]


def uses_by(office: str, *, most: int = 50) -> list[Use]:
    """What an office asked for, the newest first."""
    rows = models.Use.objects.select_related("credential__kind").filter(office=office)
    return [use_of(row) for row in rows.order_by("-asked_at", "-id")[:most]]


def reuse_figures(*, since: datetime, until: datetime) -> ReuseFigures:
    """How often credentials spared paper in a time (免证办成效)."""
    rows = models.Use.objects.filter(asked_at__gte=since, asked_at__lt=until)
    used = rows.filter(state=UseState.USED)
    kinds = used.values_list("credential__kind_id").annotate(count=Count("id"))
    offices = used.values_list("office").annotate(count=Count("id"))
    return ReuseFigures(rows.count(), used.count(), dict(kinds.order_by()), dict(offices.order_by()))


def status_list(which: int, *, at: datetime) -> str:
    """A status list of this moment, signed. Nothing is kept: what was revoked before this call is in it."""
    key_id, key = trust.signer(at=at)
    return statuslist.publish(
        trust.list_address(which), _ended(which), issuer=trust.issuer(), key_id=key_id, key=key, at=at
    )


class ListsOfNow(Mapping[str, StatusList]):
    """The node's own lists as they are this moment, each made when it is asked for."""

    def __init__(self, at: datetime) -> None:
        """As of this moment."""
        self._at, self._prefix = at, trust.list_address(0)[:-1]

    def __getitem__(self, uri: str) -> StatusList:
        which = uri.removeprefix(self._prefix)
        if which == uri or not (which.isascii() and which.isdecimal() and len(which) < 7):  # noqa: PLR2004
            raise KeyError(uri)
        return _as_list(int(which), self._at)

    def __iter__(self) -> Iterator[str]:
        return iter([trust.list_address(which) for which in range(lists())])

    def __len__(self) -> int:
        return lists()


def lists() -> int:
    """How many status lists there are."""
    newest = models.Credential.objects.order_by("-id").values_list("id", flat=True).first() or 0
    return newest // statuslist.SIZE + 1


def credential_of(row: models.Credential, kind: KindDeclaration | None = None) -> Credential:
    """A credential as it stands; `kind` is its own, where it was just read."""
    return Credential(
        number=row.number,
        kind=row.kind_id,
        title=(kind or declared(row.kind)).title,
        office=row.office,
        scheme=row.scheme,
        holder=row.holder,
        facts=facts_of(row),
        state=State(row.state),
        issued_at=row.issued_at,
        until=row.until,
        reason=row.reason,
        place=row.id,
    )


def facts_of(row: models.Credential) -> dict[str, Any]:
    """What a credential says, without its holder's number."""
    told = (decode_json(each) for each in row.disclosures)
    return {name: value for _, name, value in told if name != "holder"}


def use_of(row: models.Use) -> Use:
    """A use as it stands."""
    return Use(
        id=row.id,
        credential=row.credential.number,
        kind=row.credential.kind_id,
        title=declared(row.credential.kind).title,
        office=row.office,
        purpose=row.purpose,
        matter=row.matter,
        fields=tuple(row.fields),
        state=UseState(row.state),
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        used_at=row.used_at,
        via=row.via,
        until=row.until,
    )


def references_of_numbers(numbers: Sequence[str]) -> list[str]:
    """Whom the audit log means by the holders of these credentials."""
    rows = models.Credential.objects.filter(number__in=list(numbers)).values_list("scheme", "holder")
    return sorted({node_reference(scheme, holder) for scheme, holder in rows})


def _row(number: str) -> models.Credential:
    row = models.Credential.objects.select_related("kind").filter(number=number[:40]).first()
    if row is None:
        raise NoSuchCredential
    return row


def _ended(which: int) -> list[tuple[int, State]]:
    """Places of a list that are not valid."""
    first = which * statuslist.SIZE
    rows = models.Credential.objects.filter(id__gte=first, id__lt=first + statuslist.SIZE)
    secret = trust.places_secret()
    ended = rows.exclude(state=State.VALID).values_list("id", "state")
    return [(statuslist.place_of(number, secret)[1], State(state)) for number, state in ended]


def _as_list(which: int, at: datetime) -> StatusList:
    bits = bytearray(statuslist.LONGEST)
    for place, state in _ended(which):
        bits[place // statuslist.A_BYTE] |= statuslist.CODES[state] << (
            place % statuslist.A_BYTE * statuslist.BITS
        )
    now = at.astimezone(UTC)
    return StatusList(trust.list_address(which), bytes(bits), statuslist.BITS, now, now + statuslist.GOOD_FOR)
