from django.apps import AppConfig


class ClassificationConfig(AppConfig):
    name = "shuzhi.business.classification"
    label = "classification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.classification import jobs, permissions, services
        from shuzhi.data.sources.types import BatchCollected
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(BatchCollected, jobs.on_batch_collected)
        subscribe(DossierMoved, services.follow_dossier)
