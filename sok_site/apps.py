"""The app that assembles: pages without data of their own, checks, the demo."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "sok_site"
    verbose_name = "SOK-Atlas"

    def ready(self) -> None:
        from sok_site import checks  # noqa: F401  (registers itself)
