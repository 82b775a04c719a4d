"""A support structure (Unterstützungsstruktur): advice, funds, a network, and the areas it serves."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from places import keys
from places.models.entry import Entry
from places.querysets import SupportQuerySet
from places.vocabulary import SupportKind


class Support(Entry):
    """Somebody who helps Soziale Orte; its location is where it sits, its areas say whom it serves."""

    entry_kind: ClassVar[str] = "support"

    kind = models.CharField(_("Art"), max_length=40, choices=SupportKind.choices)
    provider = models.CharField(_("Träger"), max_length=200, blank=True)

    objects = SupportQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("Unterstützungsstruktur")
        verbose_name_plural = _("Unterstützungsstrukturen")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=SupportKind.values), name="support_kind_known"),
        ]


class ServedArea(models.Model):
    """One area that a support structure serves: a key of 2, 5 or 8 digits, or "" for all of Germany."""

    support = models.ForeignKey(Support, on_delete=models.CASCADE, related_name="areas")
    area = models.CharField(_("Schlüssel des Gebiets"), max_length=keys.AGS_DIGITS, blank=True)

    class Meta:
        verbose_name = _("Wirkungsgebiet")
        verbose_name_plural = _("Wirkungsgebiete")
        ordering = ("area",)
        constraints = [
            models.UniqueConstraint(fields=("support", "area"), name="served_area_once"),
            models.CheckConstraint(
                condition=Q(area__regex=r"^([0-9]{2}|[0-9]{5}|[0-9]{8})?$"), name="served_area_2_5_or_8_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.area
