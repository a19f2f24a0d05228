from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    name = "shuzhi.business.registration"
    label = "registration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.registration import permissions, queries
        from shuzhi.business.registration.services.following import on_process_moved
        from shuzhi.foundation.files.keeping import needed_by
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.workflow.processes.types import ProcessMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(ProcessMoved, on_process_moved)
        needed_by(queries.needs_file)
