from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "shuzhi.data.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.registers import jobs, permissions, prefilling, queries, serving
        from shuzhi.data.sources.types import BatchCollected
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy, subjects
        from shuzhi.support.forms.prefilling import look_up_by
        from shuzhi.support.workflow.processes import registry

        policy.declare(permissions.PERMISSIONS)
        subjects.resolve_by(queries.identities_of)
        look_up_by(prefilling.look_up)
        registry.offer("registers.find", serving.find)
        subscribe(BatchCollected, jobs.on_batch_collected)
