from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "shuzhi.data.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.exports import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
