"""Writes of the library: matters as packs give them."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from django.db import transaction
from pydantic import BaseModel

from shuzhi.business.matters import models
from shuzhi.business.matters.library.vocabulary import VocabularyDeclaration
from shuzhi.business.matters.types import MatterDeclaration
from shuzhi.pillars.security import audit
from shuzhi.pillars.security.types import Actor


@transaction.atomic
def install_matter(*, declaration: MatterDeclaration, pack: str, by: Actor, at: datetime) -> str:
    """Make the matter what the pack says; returns the digest that cases keep."""
    declared = declaration.model_dump(mode="json")
    digest = digest_of(declaration)
    models.Matter.objects.update_or_create(
        id=declaration.matter,
        defaults={
            "declared": declared,
            "digest": digest,
            "pack": pack,
            "installed_at": at,
            "is_active": True,
        },
    )
    audit.record("matters.installed", target=f"matter/{declaration.matter}", by=by, at=at, version=digest)
    return digest


@transaction.atomic
def retire_matter(*, matter: str, by: Actor, at: datetime) -> None:
    """Offer the matter no more; cases on their way go on."""
    if models.Matter.objects.filter(id=matter, is_active=True).update(is_active=False):
        audit.record("matters.retired", target=f"matter/{matter}", by=by, at=at)


@transaction.atomic
def install_vocabulary(*, declaration: VocabularyDeclaration, pack: str, by: Actor, at: datetime) -> None:
    """Find matters by these everyday words from now on."""
    name, declared = declaration.vocabulary, declaration.model_dump(mode="json")
    digest = digest_of(declaration)
    models.Vocabulary.objects.update_or_create(
        id=name, defaults={"declared": declared, "digest": digest, "pack": pack, "is_active": True}
    )
    audit.record("matters.vocabulary_installed", target=f"vocabulary/{name}", by=by, at=at, version=digest)


@transaction.atomic
def retire_vocabulary(*, vocabulary: str, by: Actor, at: datetime) -> None:
    """Find matters without these words."""
    if models.Vocabulary.objects.filter(id=vocabulary, is_active=True).update(is_active=False):
        audit.record("matters.vocabulary_retired", target=f"vocabulary/{vocabulary}", by=by, at=at)


def digest_of(declaration: BaseModel) -> str:
    """The version of a declaration."""
    text = json.dumps(declaration.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
