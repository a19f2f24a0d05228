from __future__ import annotations

from shuzhi.foundation.parts import Declaration, Installation, Part
from shuzhi.pillars.organization import models
from shuzhi.pillars.organization.types import OfficeDeclaration


def install_office(declaration: Declaration[OfficeDeclaration], installation: Installation) -> None:
    """Make the office and its posts what the pack says."""
    office = declaration.value
    models.Office.objects.update_or_create(
        id=office.office,
        defaults={
            "title_zh": office.title.zh,
            "title_en": office.title.en,
            "division": office.division,
            "tier": office.tier.value,
            "pack": installation.pack,
        },
    )
    gone = models.Post.objects.filter(office_id=office.office).exclude(
        slug__in=[post.id for post in office.posts]
    )
    gone.delete()
    for post in office.posts:
        models.Post.objects.update_or_create(
            office_id=office.office,
            slug=post.id,
            defaults={
                "title_zh": post.title.zh,
                "title_en": post.title.en,
                "role": post.role.value,
                "duties_zh": post.duties.zh,
                "duties_en": post.duties.en,
            },
        )


OFFICES = Part(folder="offices", schema=OfficeDeclaration, key="office", install=install_office)
