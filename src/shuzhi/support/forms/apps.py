from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "shuzhi.support.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.forms import jobs, permissions  # noqa: F401 — the worker finds its tasks

        policy.declare(permissions.PERMISSIONS)
