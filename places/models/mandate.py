"""Who may review where: a mandate binds a reviewer to an area for a time. What she does with it: places/reviewing."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from places import keys
from places.querysets import MandateQuerySet


class Mandate(models.Model):
    """A user's mandate for all municipalities whose AGS begins with ``area``: a state, a district, a municipality."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mandates", verbose_name=_("Person")
    )
    area = models.CharField(
        _("Schlüssel des Gebiets"),
        max_length=keys.AGS_DIGITS,
        help_text=_("2 Ziffern: Land, 5: Kreis, 8: Gemeinde"),
    )
    starts_on = models.DateField(_("gilt ab"))
    ends_on = models.DateField(_("gilt bis einschließlich"), null=True, blank=True)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("Prüfauftrag")
        verbose_name_plural = _("Prüfaufträge")
        ordering = ("area", "starts_on")
        constraints = [
            models.CheckConstraint(
                condition=Q(area__regex=r"^([0-9]{2}|[0-9]{5}|[0-9]{8})$"), name="mandate_area_2_5_or_8_digits"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="mandate_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.area}"
