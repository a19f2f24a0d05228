from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "shuzhi.support.forms"
    label = "forms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.foundation.files.keeping import needed_by
        from shuzhi.pillars.security import policy
        from shuzhi.support.forms import jobs, permissions, queries  # noqa: F401 — the worker finds its tasks

        policy.declare(permissions.PERMISSIONS)
        needed_by(queries.needs_file)
