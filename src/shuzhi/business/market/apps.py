from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "shuzhi.business.market"
    label = "market"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.market import permissions
        from shuzhi.business.market.govstack import hooks
        from shuzhi.business.market.services.duties import on_consent_changed, on_dossier_moved
        from shuzhi.business.market.types import ConsentGiven, ConsentWithdrawn
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.pillars.security.crypto import resealing
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(ConsentGiven, on_consent_changed)
        subscribe(ConsentWithdrawn, on_consent_changed)
        subscribe(DossierMoved, on_dossier_moved)
        resealing.declare(hooks.PURPOSE, hooks.reseal_secrets)
        for event in hooks.EVENTS:
            subscribe(event, hooks.subscriber_of(event.__name__))
