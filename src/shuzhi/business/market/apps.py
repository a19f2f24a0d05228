from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "shuzhi.business.market"
    label = "market"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.market import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
