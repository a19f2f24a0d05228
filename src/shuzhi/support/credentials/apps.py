from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "shuzhi.support.credentials"
    label = "credentials"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.credentials import offers, permissions
        from shuzhi.support.workflow.processes import registry

        policy.declare(permissions.PERMISSIONS)
        for name, service in offers.SERVICES.items():
            registry.offer(name, service)
