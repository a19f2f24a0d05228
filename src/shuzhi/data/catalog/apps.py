from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "shuzhi.data.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.catalog import permissions
        from shuzhi.pillars.security import policy

        policy.declare(permissions.PERMISSIONS)
