from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "shuzhi.packs"
    label = "packs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.business.secops import assets
        from shuzhi.foundation.files.keeping import needed_by
        from shuzhi.packs import permissions, queries
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
        needed_by(queries.needs_file)
        assets.ask_pack_owners(queries.owners)
