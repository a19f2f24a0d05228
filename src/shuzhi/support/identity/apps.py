from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "shuzhi.support.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.pillars.security.crypto import resealing
        from shuzhi.support.identity import permissions, second_factor

        resealing.declare(second_factor.PURPOSE, second_factor.reseal)
        policy.declare(permissions.PERMISSIONS)
