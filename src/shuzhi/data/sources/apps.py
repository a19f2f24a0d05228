from django.apps import AppConfig


class SourcesConfig(AppConfig):
    name = "shuzhi.data.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shuzhi.data.sources import inspecting, permissions, queries
        from shuzhi.foundation.files.keeping import needed_by
        from shuzhi.pillars.security import policy
        from shuzhi.support.forms.inspecting import inspect_archives_by

        policy.declare(permissions.PERMISSIONS)
        needed_by(queries.needs_file)
        inspect_archives_by(inspecting.archive_names)
