from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "shuzhi.business.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.indicators import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
