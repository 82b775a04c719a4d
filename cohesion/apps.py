"""The app of what it means."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohesionConfig(AppConfig):
    name = "cohesion"
    verbose_name = _("Kohäsion")

    def ready(self) -> None:
        from cohesion.tasks import assess_after_change
        from places.signals import inputs_changed

        inputs_changed.connect(assess_after_change, dispatch_uid="assess_after_change")
