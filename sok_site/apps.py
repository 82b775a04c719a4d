"""The app that assembles: pages without data of their own, checks, the demo."""

from django.apps import AppConfig
from django.db.models.signals import post_save


class SiteConfig(AppConfig):
    name = "sok_site"
    verbose_name = "SOK-Atlas"

    def ready(self) -> None:
        from sok_site import checks  # noqa: F401  (registers itself)
        from sok_site.exports.tasks import prepare_after_assessment

        post_save.connect(prepare_after_assessment, sender="cohesion.Assessment", dispatch_uid="prepare_exports")
