from django.apps import AppConfig


class MediatorConfig(AppConfig):
    name = "shuzhi.support.mediator"
    label = "mediator"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.mediator import permissions

        policy.declare(permissions.PERMISSIONS)
