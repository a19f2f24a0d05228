from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "shuzhi.support.workflow"
    label = "workflow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.forms.types import FormSubmitted
        from shuzhi.support.workflow import jobs, permissions  # noqa: F401 — the worker finds its tasks
        from shuzhi.support.workflow.processes import form_starts, forming, registry

        policy.declare(permissions.PERMISSIONS)
        subscribe(FormSubmitted, form_starts.on_form_submitted)
        subscribe(FormSubmitted, forming.on_form_submitted)
        registry.offer("workflow.earlier", form_starts.earlier)
