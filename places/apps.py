"""The app of what exists."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "places"
    verbose_name = _("Orte und Gebiete")

    def ready(self) -> None:
        from places.care import photographs  # noqa: F401 - from now on files go with their photographs
