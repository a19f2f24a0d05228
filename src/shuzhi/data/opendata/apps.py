from django.apps import AppConfig


class OpenDataConfig(AppConfig):
    name = "shuzhi.data.opendata"
    label = "opendata"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.opendata import permissions, queries
        from shuzhi.data.opendata.requests import demands, news, voices
        from shuzhi.data.opendata.types import DataSetOpened, DataSetWithdrawn
        from shuzhi.foundation.files.keeping import needed_by
        from shuzhi.foundation.outbox.services import subscribe
        from shuzhi.pillars.security import policy
        from shuzhi.support.workflow.types import DossierMoved

        policy.declare(permissions.PERMISSIONS)
        subscribe(DossierMoved, demands.follow_dossier)
        subscribe(DossierMoved, voices.follow_dossier)
        subscribe(DataSetOpened, news.on_opened)
        subscribe(DataSetWithdrawn, news.on_withdrawn)
        needed_by(queries.needs_file)
