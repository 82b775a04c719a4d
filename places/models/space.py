"""A space of possibility (Möglichkeitsraum): an empty shop, a hall, a school that could become a Sozialer Ort."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from places.models.entry import Entry
from places.querysets import SpaceQuerySet
from places.vocabulary import Sector, SpaceKind


class Space(Entry):
    """Where, how large, whose, until when. The owner's name only where it is an organisation, or the person agreed."""

    entry_kind: ClassVar[str] = "space"

    kind = models.CharField(_("Art"), max_length=40, choices=SpaceKind.choices)
    area_m2 = models.PositiveIntegerField(_("Fläche in m²"), null=True, blank=True)
    owner_sector = models.CharField(_("Wem er gehört"), max_length=20, choices=Sector.choices, blank=True)
    owner = models.CharField(_("Name der Eigentümerin oder des Eigentümers"), max_length=200, blank=True)
    available_from = models.DateField(_("verfügbar ab"), null=True, blank=True)
    available_until = models.DateField(_("verfügbar bis"), null=True, blank=True)

    objects = SpaceQuerySet.as_manager()

    class Meta(Entry.Meta):
        verbose_name = _("Möglichkeitsraum")
        verbose_name_plural = _("Möglichkeitsräume")
        constraints = [
            *Entry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=SpaceKind.values), name="space_kind_known"),
            models.CheckConstraint(condition=Q(owner_sector__in=[*Sector.values, ""]), name="space_owner_sector_known"),
            models.CheckConstraint(
                condition=Q(available_from__isnull=True)
                | Q(available_until__isnull=True)
                | Q(available_until__gte=F("available_from")),
                name="space_available_until_after_from",
            ),
        ]
