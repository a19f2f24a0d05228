from django.apps import AppConfig


class SecurityConfig(AppConfig):
    name = "shuzhi.pillars.security"
    label = "security"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import permissions, policy

        policy.declare(permissions.PERMISSIONS)
