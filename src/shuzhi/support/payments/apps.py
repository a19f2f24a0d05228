from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "shuzhi.support.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.payments import jobs, offers, permissions
        from shuzhi.support.payments.types import OrderPaid
        from shuzhi.support.workflow.processes import registry

        policy.declare(permissions.PERMISSIONS)
        subscribe(OrderPaid, jobs.on_paid)
        for name, service in offers.SERVICES.items():
            registry.offer(name, service)
