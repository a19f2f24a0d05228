from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "shuzhi.business.incidents"
    label = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.incidents import jobs, permissions, queries
        from shuzhi.business.incidents.services.handling import follow_dossier
        from shuzhi.data.sources.types import BatchCollected
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.ratings import subjects
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(DossierMoved, follow_dossier)
        subjects.declare_desk(queries.desk_of_dossier)
        subscribe(BatchCollected, jobs.on_batch_collected)
