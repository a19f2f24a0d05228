from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "shuzhi.data.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.registers import jobs, permissions
        from shuzhi.data.sources.types import BatchCollected
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
        subscribe(BatchCollected, jobs.on_batch_collected)
