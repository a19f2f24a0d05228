from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "shuzhi.business.matters"
    label = "matters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.matters import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
