"""What day it is. The one place that asks; the setting TODAY stands in where a year has to pass in a test."""

from datetime import date

from django.conf import settings
from django.utils import timezone


def today() -> date:
    """The day in Germany, or the one that the setting names."""
    set_by_hand: date | None = settings.TODAY
    return set_by_hand or timezone.localdate()
