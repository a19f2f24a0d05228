from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "shuzhi.support.workflow"
    label = "workflow"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.workflow import jobs, permissions  # noqa: F401 — the worker finds its tasks

        policy.declare(permissions.PERMISSIONS)
