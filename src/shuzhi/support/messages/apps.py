from django.apps import AppConfig


class MessagesConfig(AppConfig):
    name = "shuzhi.support.messages"
    label = "notices"  # django.contrib.messages has the label `messages`
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.messages import offers, permissions
        from shuzhi.support.workflow.processes import registry

        policy.declare(permissions.PERMISSIONS)
        for name, service in offers.SERVICES.items():
            registry.offer(name, service)
