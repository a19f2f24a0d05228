from django.apps import AppConfig


class LedgersConfig(AppConfig):
    name = "shuzhi.data.ledgers"
    label = "ledgers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.ledgers import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
