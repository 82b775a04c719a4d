"""The app of what it means."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CohesionConfig(AppConfig):
    name = "cohesion"
    verbose_name = _("Kohäsion")
