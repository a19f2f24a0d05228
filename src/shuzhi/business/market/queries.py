from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from shuzhi.business.market import models
from shuzhi.business.market.errors import (
    NoDataAccount,
    NoSuchAgreement,
    NoSuchConsent,
    NoSuchContract,
    NoSuchStatement,
)
from shuzhi.business.market.sharing import SUBJECTS
from shuzhi.business.market.types import (
    SIGNED,
    Agreement,
    Balance,
    Contract,
    Duty,
    Forgotten,
    Grant,
    Individual,
    ProductDeclaration,
    Statement,
    UseLine,
)
from shuzhi.foundation.words import Words
from shuzhi.pillars.security import queries as security
from shuzhi.pillars.security import subjects
from shuzhi.pillars.security.consents import spelt
from shuzhi.pillars.security.queries import LoggedAct, Use
from shuzhi.pillars.security.types import Actor
from shuzhi.support.identity import queries as identity
from shuzhi.support.workflow import queries as workflow

MOST_DUTIES = 500
EXPIRING = timedelta(days=30)


SCHEMES = ("resident_id", "uscc")


def holder_of(by: Actor) -> Individual | None:
    """The person or firm that this account has proven to be; a person before a firm that it also acts for."""
    proven = identity.proofs(by.name) if by.name.startswith("account/") else {}
    for scheme in sorted(proven, key=lambda one: (one not in SCHEMES, one)):
        if (found := individual_known_by(scheme, proven[scheme])) is not None:
            return found
    return None


def require_holder(by: Actor) -> Individual:
    """The same, where there must be one.

    Raises:
        NoDataAccount: the account is bound to nobody.
    """
    found = holder_of(by)
    if found is None:
        raise NoDataAccount
    return found


def individual_known_by(scheme: str, value: str) -> Individual | None:
    """The platform's own individual of an identifier."""
    rows = models.Individual.objects.filter(scheme=scheme, value=spelt(value), office="")
    found = rows.order_by("made_at").first()
    return None if found is None else _individual(found)


def agreements(*, active_only: bool = True) -> list[Agreement]:
    """The agreements that mean something at the gate, by title."""
    rows = models.Agreement.objects.select_related("revision").filter(is_deleted=False).exclude(fields=[])
    rows = rows.filter(is_active=True) if active_only else rows
    return sorted(map(agreement_of, rows), key=lambda each: (each.title.zh, each.id))


def count_consents(*, agreement: str) -> int:
    """How many consents to an agreement are in force."""
    return models.ConsentRecord.objects.filter(agreement=agreement, is_given=True, ended_at=None).count()


def is_in_use(name: str) -> bool:
    """Whether there is an agreement of this name that has not been taken out of use."""
    return models.Agreement.objects.filter(id=name, is_deleted=False).exists()


def agreement(name: str) -> Agreement:
    """One agreement.

    Raises:
        NoSuchAgreement: there is none of this name.
    """
    row = models.Agreement.objects.select_related("revision").filter(id=name, is_deleted=False).first()
    if row is None:
        raise NoSuchAgreement(agreement=name[:60])
    return agreement_of(row)


def grant_for(consent: str, *, office: str | None) -> Grant:
    """One consent, for an office that receives by it; none: for the bureau.

    Raises:
        NoSuchConsent: there is none, or not for this office.
    """
    rows = models.ConsentRecord.objects.select_related("agreement__revision", "agreed_revision").filter(
        id=consent
    )
    row = (rows if office is None else rows.filter(receivers__contains=[office])).first()
    if row is None:
        raise NoSuchConsent
    return grant_of(row)


def grants_of(individual: str) -> list[Grant]:
    """The consents that somebody gave, those in force first, the newest first."""
    rows = models.ConsentRecord.objects.select_related("agreement__revision", "agreed_revision").filter(
        individual_id=individual
    )
    return [grant_of(row) for row in rows.order_by("-is_given", "-since", "id")]


def seen_by_others(individual: Individual, *, page: int = 1, size: int = 50) -> list[LoggedAct]:
    """Who saw somebody's data (谁看过我的数据), the newest first; for themselves."""
    references = subjects.references_of(individual.scheme, individual.value)
    return security.acts_about(references, page=page, size=size)


def agreement_of(row: models.Agreement) -> Agreement:
    """An agreement as it stands."""
    title, text = _words(row.declared, row.content)
    return Agreement(
        id=row.id,
        title=title,
        text=text,
        purpose=row.purpose,
        version=str(row.content.get("version", "")),
        revision=row.revision_id,
        digest=row.revision.digest,
        receivers=tuple(row.receivers),
        fields=tuple(row.fields),
        days=row.days,
        basis=tuple(each["title"] for each in (row.declared or {}).get("basis", ())),
        is_active=row.is_active,
        labels=_labels(row.declared),
    )


def grant_of(row: models.ConsentRecord) -> Grant:
    """A consent, with the text that was agreed to."""
    agreed = _snapshot(row.agreed_revision)
    title, text = _words(agreed.get("declared") or row.agreement.declared, agreed)
    return Grant(
        id=row.id,
        agreement=row.agreement_id,
        title=title,
        revision=row.agreed_revision_id,
        version=str(agreed.get("version", "")),
        text=text,
        individual=row.individual_id,
        receivers=tuple(row.receivers),
        purpose=row.purpose,
        fields=tuple(row.fields),
        since=row.since,
        until=row.until,
        state=row.state,
        is_given=row.is_given,
        via=row.via,
        ended_at=row.ended_at,
        labels=_labels(agreed.get("declared") or row.agreement.declared),
    )


def forgettings_of(individual: str) -> list[Forgotten]:
    """What somebody had forgotten, the newest first."""
    rows = models.Forgetting.objects.filter(individual_id=individual).order_by("-at", "-id")
    return [Forgotten(row.consents, row.drafts, row.files, row.others, row.at) for row in rows]


def use_statement(individual: Individual, *, since: datetime, until: datetime) -> list[UseLine]:
    """Who was given somebody's data, for what, how often, and by which consent of theirs; the latest first."""
    references = subjects.references_of(individual.scheme, individual.value)
    uses = security.uses_about(references, since=since, until=until)
    grants = grants_of(individual.id)
    return [
        UseLine(
            _by_consent(use, grants),
            use.office,
            use.purpose,
            use.action,
            use.times,
            use.first_at,
            use.last_at,
            use.fields,
        )
        for use in uses
    ]


def _by_consent(use: Use, grants: list[Grant]) -> Words | None:
    for grant in grants:
        ended = grant.ended_at or grant.until
        for_it = use.office in grant.receivers and use.purpose == grant.purpose
        if for_it and grant.since <= use.last_at and use.first_at < ended:
            return grant.title
    return None


def duties(
    *, office: str | None = None, individual: str | None = None, open_only: bool = False
) -> list[Duty]:
    """Deletion duties of an office, or after somebody's consents; open ones first, the oldest first."""
    rows = models.DeletionDuty.objects.select_related(
        "consent__agreement__revision", "consent__agreed_revision"
    )
    rows = rows.filter(office=office) if office is not None else rows
    rows = rows.filter(consent__individual_id=individual) if individual is not None else rows
    rows = rows.filter(outcome="open") if open_only else rows
    found = list(rows.order_by("closed_at", "opened_at", "id")[:MOST_DUTIES])
    found.sort(key=lambda row: row.outcome != "open")
    due = {one.id: one.due_on for one in workflow.dossiers(loop="data-deletion")} if found else {}
    return [_duty_of(row, due.get(row.dossier or 0)) for row in found]


def _duty_of(row: models.DeletionDuty, due_on: date | None) -> Duty:
    grant = grant_of(row.consent)
    return Duty(
        row.consent_id, grant.title, row.office, tuple(row.fields), grant.labels, row.deliveries, row.last_delivery_at,
        row.opened_at, due_on, row.dossier, row.outcome, row.note, row.closed_at,
    )  # fmt: skip


def consents_for(
    office: str | None, *, at: datetime, state: str, page: int = 1, size: int = 50
) -> list[Grant]:
    """Consents by which an office is given data: `current`, `expiring` within 30 days, `ended`. None: of all offices."""
    rows = _consents(office, at=at, state=state).select_related("agreement__revision", "agreed_revision")
    order = ("-ended_at", "id") if state == "ended" else ("until", "id")
    return [grant_of(row) for row in rows.order_by(*order)[(page - 1) * size : page * size]]


def count_consents_for(office: str | None, *, at: datetime, state: str) -> int:
    """How many."""
    return _consents(office, at=at, state=state).count()


def _consents(office: str | None, *, at: datetime, state: str) -> QuerySet[models.ConsentRecord]:
    rows = models.ConsentRecord.objects.all()
    rows = rows.filter(receivers__contains=[office]) if office is not None else rows
    if state == "ended":
        return rows.filter(Q(is_given=False) | Q(until__lte=at))
    rows = rows.filter(is_given=True, state=SIGNED, since__lte=at, until__gt=at)
    return rows.filter(until__lte=at + EXPIRING) if state == "expiring" else rows


def products() -> list[ProductDeclaration]:
    """The data products on offer, by id."""
    rows = models.Product.objects.exclude(pack=None).order_by("id")
    return [ProductDeclaration.model_validate(row.declared) for row in rows]


def contracts(*, office: str | None = None) -> list[Contract]:
    """Contracts, the newest first; of an office that sells or buys."""
    found = [contract_of(row) for row in models.Contract.objects.order_by("-signed_at", "-id")]
    return [one for one in found if office in (None, one.buyer, one.terms.owner)]


def contract_of(row: models.Contract) -> Contract:
    """A table row as the value that other rooms see."""
    terms = ProductDeclaration.model_validate(row.terms)
    return Contract(
        row.id,
        row.product_id,
        terms.title,
        terms.interface,
        row.buyer,
        row.subscription,
        row.since,
        row.until,
        terms,
    )


def contract(number: int, *, office: str | None) -> Contract:
    """One contract, for the office that sells or buys by it; none: for the bureau.

    Raises:
        NoSuchContract: there is none, or it is others'.
    """
    row = models.Contract.objects.filter(id=number).first()
    found = contract_of(row) if row is not None else None
    if found is None or office not in (None, found.buyer, found.terms.owner):
        raise NoSuchContract(contract=number)
    return found


def statement(number: str, *, office: str | None) -> Statement:
    """One statement or credit note, for the offices of its contract and those that have a share; none: for the bureau.

    Raises:
        NoSuchStatement: there is none, or it is others'.
    """
    row = models.Statement.objects.select_related("contract").filter(number=number[:40]).first()
    if row is None or (office is not None and office not in _offices_of(row)):
        raise NoSuchStatement(statement=number[:40])
    return statement_of(row)


def statements(
    *, contract: int | None = None, office: str | None = None, month: date | None = None
) -> list[Statement]:
    """Statements and credit notes, by month and number; of an office that pays, sells or has a share."""
    rows = models.Statement.objects.select_related("contract")
    rows = rows.filter(contract_id=contract) if contract is not None else rows
    rows = rows.filter(month=month.replace(day=1)) if month is not None else rows
    return [
        statement_of(row)
        for row in rows.order_by("-month", "number")
        if office is None or office in _offices_of(row)
    ]


def _offices_of(row: models.Statement) -> set[str]:
    return {row.contract.buyer, row.contract.terms["owner"], *row.lines}


def balances(month: date, *, office: str | None = None) -> list[Balance]:
    """What a month's statements and credit notes leave each party to be paid and to pay (收支相抵).

    Persons are one party, `subjects`. Offices that give data for data set off one against the other. All nets add up to nought.
    """
    comes: Counter[str] = Counter()
    pays: Counter[str] = Counter()
    for one in statements(month=month):
        pays[one.buyer] += one.fen
        for name, fen in one.lines.items():
            comes[SUBJECTS if name.startswith("individual/") else name] += fen
    names = sorted({*comes, *pays})
    return [Balance(name, comes[name], pays[name]) for name in names if office in (None, name)]


def open_dispute(statement: str) -> int | None:
    """The dossier of an objection that is not answered yet."""
    found = workflow.dossiers(loop="settlement-dispute", subject=f"statement/{statement}", open_only=True)
    return found[0].id if found else None


def revenue_of(individual: str) -> list[tuple[Statement, int]]:
    """What statements and credit notes give somebody for the use of their data, in fen, the newest first."""
    name = f"individual/{individual}"
    rows = models.Statement.objects.select_related("contract").filter(lines__has_key=name)
    return [(statement_of(row), int(row.lines[name])) for row in rows.order_by("-month", "number")]


def statement_of(row: models.Statement) -> Statement:
    """A table row as the value that other rooms see."""
    title = ProductDeclaration.model_validate(row.contract.terms).title
    return Statement(
        row.number, row.contract_id, title, row.contract.buyer, row.month, row.corrects_id, row.deliveries, row.fen,
        row.lines, row.reason, row.made_at,
    )  # fmt: skip


def _snapshot(revision: models.Revision) -> dict[str, Any]:
    import json

    content: dict[str, Any] = json.loads(revision.snapshot)["objectData"]
    return content


def _words(declared: dict[str, Any] | None, content: dict[str, Any]) -> tuple[Words, Words]:
    """Title and text; of an agreement that no pack declared, its purpose is both."""
    if declared:
        return Words(**declared["title"]), Words(**declared["text"])
    purpose = str(content.get("purpose", ""))
    return Words(zh=purpose, en=purpose), Words(zh=purpose, en=purpose)


def _labels(declared: dict[str, Any] | None) -> dict[str, Words]:
    """What fields are called."""
    return {name: Words(**said) for name, said in (declared or {}).get("fields", {}).items()}


def _individual(row: models.Individual) -> Individual:
    return Individual(row.id, row.scheme, row.value)
