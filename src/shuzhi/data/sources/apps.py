from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "shuzhi.data.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.sources import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
