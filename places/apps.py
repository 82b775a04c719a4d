"""The app of what exists."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    name = "places"
    verbose_name = _("Orte und Gebiete")

    # What the public reads: every change of these is a new version of the data (data_version.py).
    published = (
        *("BoundaryEdition", "Region", "Municipality", "PopulationGrid", "Place", "Support", "ServedArea", "Space"),
        *("Succession", "PlanningRegion", "Actor", "Involvement", "Photo", "Change"),
    )

    def ready(self) -> None:
        from places.data_version import watch

        post_migrate.connect(watch, sender=self, dispatch_uid="watch_places")
        from places.care import photographs  # noqa: F401 - from now on files go with their photographs
