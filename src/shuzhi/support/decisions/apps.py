from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "shuzhi.support.decisions"
    label = "decisions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.decisions import permissions

        policy.declare(permissions.PERMISSIONS)
