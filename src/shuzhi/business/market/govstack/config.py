"""Configuration by an organisation: policies, agreements, individuals."""

from __future__ import annotations

from typing import Any

from shuzhi.business.market import models, services
from shuzhi.business.market.govstack import documents, shapes
from shuzhi.business.market.govstack.asking import Asked, Document, one
from shuzhi.business.market.govstack.errors import BadInput
from shuzhi.business.market.services.agreements import Terms
from shuzhi.pillars.organization import queries as organization


def policies() -> Any:
    """The policies that are in use."""
    return models.Policy.objects.select_related("revision").filter(is_deleted=False).order_by("made_at", "id")


def agreements() -> Any:
    """The agreements that are not deleted."""
    rows = models.Agreement.objects.select_related("revision").filter(is_deleted=False)
    return rows.order_by("made_at", "id")


def policy_create(asked: Asked) -> Document:
    """A new policy with its first revision."""
    content = asked.body("policy", shapes.Policy).told()
    return _policy(services.save_policy(content=content, by=asked.by, at=asked.at))


def policy_read(asked: Asked, name: str) -> Document:
    """A policy as it stands; with `revisionId`, as that revision said."""
    row = one(policies(), name, "policy")
    number = asked.query("revisionId")
    return _policy(row) if number is None else _revised("Policy", row, number)


def policy_update(asked: Asked, name: str) -> Document:
    """A new revision of a policy; agreements keep the one that they name."""
    content = asked.body("policy", shapes.Policy).told()
    one(policies(), name, "policy")
    return _policy(services.save_policy(content=content, by=asked.by, at=asked.at, name=name))


def policy_delete(asked: Asked, name: str) -> Document:
    """Take a policy out of use, unless an active agreement stands under it."""
    one(policies(), name, "policy")
    return {"revision": documents.revision(services.delete_policy(name=name, by=asked.by, at=asked.at))}


def policy_revisions(asked: Asked, name: str) -> Document:
    """The current policy, and a page of its revisions, the newest first."""
    row = one(policies(), name, "policy")
    found = models.Revision.objects.filter(schema="Policy", object=row.id).order_by("-place")
    return {
        "policy": documents.policy(row),
        "revisions": [documents.revision(each) for each in asked.page(found)],
    }


def policy_list(asked: Asked) -> Document:
    """A page of policies; with `revisionId`, the one that this revision is of."""
    rows, number = policies(), asked.query("revisionId")
    if number is not None:
        revision = one(models.Revision.objects.filter(schema="Policy"), number, "revision")
        rows = rows.filter(id=revision.object)
    return {"policies": [documents.policy(row) for row in asked.page(rows)]}


def agreement_create(asked: Asked) -> Document:
    """A new agreement with its first revision."""
    content = _agreement_content(asked)
    return agreement_told(
        services.save_agreement(content=content, terms=_terms(content), by=asked.by, at=asked.at)
    )


def agreement_read(asked: Asked, name: str) -> Document:
    """An agreement as it stands."""
    del asked
    return agreement_told(one(agreements(), name, "data agreement"))


def agreement_update(asked: Asked, name: str) -> Document:
    """A new revision of an agreement; consents given to earlier ones stand as they were given."""
    content = _agreement_content(asked)
    _not_a_packs(one(agreements(), name, "data agreement"))
    row = services.save_agreement(content=content, terms=_terms(content), by=asked.by, at=asked.at, name=name)
    return agreement_told(row)


def agreement_delete(asked: Asked, name: str) -> Document:
    """Take an agreement out of use; what was agreed to ends."""
    _not_a_packs(one(agreements(), name, "data agreement"))
    made = services.delete_agreement(name=name, by=asked.by, at=asked.at)
    return {"revision": documents.revision(made)}


def agreement_list(asked: Asked) -> Document:
    """A page of agreements, under the contract's own name and under the plural that its other lists have."""
    told = [documents.agreement(row) for row in asked.page(agreements())]
    return {"dataAgreement": told, "dataAgreements": told}


def individual_create(asked: Asked) -> Document:
    """A person or firm that this system speaks for."""
    return _registered(asked, None)


def individual_read(asked: Asked, name: str) -> Document:
    """One of those whom this system registered."""
    return {"individual": documents.individual(asked.own_individual(name))}


def individual_update(asked: Asked, name: str) -> Document:
    """Correct who it is; not once there are consents, which would become another's."""
    row = asked.own_individual(name)
    if models.ConsentRecord.objects.filter(individual=row).exists():
        given = asked.body("individual", shapes.Individual)
        if ((given.externalId or "").strip().upper(), given.externalIdType or "") != (row.value, row.scheme):
            raise BadInput(problem="the individual has consents: its identity can't change")
    return _registered(asked, name)


def individual_list(asked: Asked) -> Document:
    """A page of those whom this system registered."""
    rows = models.Individual.objects.filter(office=asked.office).order_by("made_at", "id")
    return {"individuals": [documents.individual(row) for row in asked.page(rows)]}


def agreement_told(row: models.Agreement) -> Document:
    """An agreement with its revision."""
    return {"dataAgreement": documents.agreement(row), "revision": documents.revision(row.revision)}


def _registered(asked: Asked, name: str | None) -> Document:
    given = asked.body("individual", shapes.Individual)
    made = services.register_individual(
        scheme=given.externalIdType or "",
        value=given.externalId or "",
        provider=given.identityProviderId or "",
        office=asked.office,
        by=asked.by,
        at=asked.at,
        name=name,
    )
    return {"individual": documents.individual(models.Individual.objects.get(id=made.id))}


def _policy(row: models.Policy) -> Document:
    return {"policy": documents.policy(row), "revision": documents.revision(row.revision)}


def _revised(schema: str, row: models.Policy, number: str) -> Document:
    found = one(models.Revision.objects.filter(schema=schema, object=row.id), number, "revision")
    return {"policy": documents.content_of(found), "revision": documents.revision(found)}


def _agreement_content(asked: Asked) -> Document:
    content = asked.body("dataAgreement", shapes.DataAgreement).told()
    named = content.get("policy")
    if named is not None:
        one(policies(), named["id"], "policy")
    for number, each in enumerate(content.get("dataAttributes", ()), start=1):
        each["id"] = each.get("id") or str(number)
    return content


def _terms(content: Document) -> Terms:
    """What it means at the gate: its controller is the receiver, if it is an office of this node."""
    controller = (content.get("controller") or {}).get("id") or ""
    receivers = (controller,) if controller and organization.office(controller) else ()
    fields = tuple(each["name"] for each in content.get("dataAttributes", ()))
    return Terms(content["purpose"], receivers, fields)


def _not_a_packs(row: models.Agreement) -> None:
    if row.pack is not None:
        raise BadInput(problem="this agreement is a pack's: it changes with the pack")
