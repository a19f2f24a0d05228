from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "shuzhi.support.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.identity import permissions

        policy.declare(permissions.PERMISSIONS)
