from django.apps import AppConfig


class RatingsConfig(AppConfig):
    name = "shuzhi.support.ratings"
    label = "ratings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.pillars.security import policy
        from shuzhi.support.ratings import permissions, subjects

        policy.declare(permissions.PERMISSIONS)
        for kind, lookup in subjects.OWN.items():
            subjects.declare(kind, lookup)
