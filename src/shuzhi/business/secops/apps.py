from django.apps import AppConfig


class SecopsConfig(AppConfig):
    name = "shuzhi.business.secops"
    label = "secops"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.secops import permissions, services
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(DossierMoved, services.follow_dossier)
