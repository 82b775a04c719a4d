"""The app that assembles: pages without data of their own, checks, the demo."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_save


class SiteConfig(AppConfig):
    name = "sok_site"
    verbose_name = "SOK-Atlas"

    def ready(self) -> None:
        connection_created.connect(_know_capitals, dispatch_uid="know_capitals")
        from sok_site import checks  # noqa: F401  (registers itself)
        from sok_site.exports.tasks import prepare_after_assessment

        post_save.connect(prepare_after_assessment, sender="cohesion.Assessment", dispatch_uid="prepare_exports")


def _know_capitals(connection: Any, **_sent: Any) -> None:
    """SQLite itself knows those of ASCII only."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "CASEFOLD", 1, lambda text: None if text is None else str(text).casefold(), deterministic=True
        )
