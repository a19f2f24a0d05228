from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ExchangeConfig(AppConfig):
    name = "shuzhi.data.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.exchange import jobs, permissions, services
        from shuzhi.data.exchange.services.consents import take_back_files
        from shuzhi.data.exchange.vault import PURPOSE
        from shuzhi.data.registers.types import RegisterChanged, RegisterDeclared
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import consents, policy
        from shuzhi.pillars.security.crypto import resealing
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        resealing.declare(PURPOSE, services.reseal_credentials)
        consents.follow_ends(take_back_files)
        subscribe(DossierMoved, services.follow_dossier)
        subscribe(DossierMoved, services.follow_objection)
        subscribe(RegisterDeclared, services.follow_register)
        subscribe(RegisterChanged, jobs.on_register_changed)
        # The gateway's rights are on tables, so they are given whenever tables may have come.
        post_migrate.connect(_grant, sender=self, dispatch_uid="exchange.grants")


def _grant(using: str, **_: Any) -> None:
    from django.db import connections

    from shuzhi.data.exchange import grants

    grants.grant_gateway(connections[using])
