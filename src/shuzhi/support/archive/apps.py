from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "shuzhi.support.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.archive import following, offers, permissions
        from shuzhi.support.workflow.processes import registry
        from shuzhi.support.workflow.processes.types import ProcessEnded
        from shuzhi.support.workflow.types import DossierClosed

        policy.declare(permissions.PERMISSIONS)
        subscribe(DossierClosed, following.on_dossier_closed)
        subscribe(ProcessEnded, following.on_process_ended)
        for name, service in offers.SERVICES.items():
            registry.offer(name, service)
