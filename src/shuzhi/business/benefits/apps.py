from django.apps import AppConfig


class BenefitsConfig(AppConfig):
    name = "shuzhi.business.benefits"
    label = "benefits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.benefits import jobs, permissions, telling
        from shuzhi.business.benefits.services.appealing import follow_dossier
        from shuzhi.business.benefits.types import (
            BenefitAppealDecided,
            BenefitMoved,
            BenefitReserved,
            BenefitWaiting,
        )
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(DossierMoved, follow_dossier)
        subscribe(BenefitMoved, jobs.on_moved)
        subscribe(BenefitReserved, telling.on_reserved)
        subscribe(BenefitWaiting, telling.on_waiting)
        subscribe(BenefitMoved, telling.on_moved)
        subscribe(BenefitAppealDecided, telling.on_appeal_decided)
