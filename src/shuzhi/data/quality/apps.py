from django.apps import AppConfig


class QualityConfig(AppConfig):
    name = "shuzhi.data.quality"
    label = "quality"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.quality import jobs, permissions
        from shuzhi.data.sources.types import BatchCollected
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(BatchCollected, jobs.on_batch_collected)
        subscribe(DossierMoved, jobs.on_dossier_moved)
