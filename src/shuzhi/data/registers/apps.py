from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "shuzhi.data.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.registers import jobs, permissions, queries
        from shuzhi.data.sources.types import BatchCollected
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy, subjects

        policy.declare(permissions.PERMISSIONS)
        subjects.resolve_by(queries.identities_of)
        subscribe(BatchCollected, jobs.on_batch_collected)
