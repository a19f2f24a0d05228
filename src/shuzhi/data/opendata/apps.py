from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    name = "shuzhi.data.opendata"
    label = "opendata"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.opendata import permissions, queries
        from shuzhi.foundation.files.keeping import needed_by
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
        needed_by(queries.needs_file)
