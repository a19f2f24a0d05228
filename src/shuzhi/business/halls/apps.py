from django.apps import AppConfig


class HallsConfig(AppConfig):
    name = "shuzhi.business.halls"
    label = "halls"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.halls import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
