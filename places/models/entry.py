"""What every entry has, whatever it is: a Sozialer Ort, a support structure, a space. Who looks after it: care.py."""

from datetime import date
from typing import ClassVar, Self, cast

from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places import keys
from places.freshness import is_fresh
from places.geo import WGS84
from places.models.territory import Municipality
from places.vocabulary import Publication, Status


class Entry(models.Model):
    """An entry of the inventory, published or not. Its municipality follows from its location, never from typing."""

    # How other tables and addresses call it; each subclass says.
    entry_kind: ClassVar[str]
    # What a steward may only propose; everything else of it is live at once.
    reviewed_facts: ClassVar[frozenset[str]] = frozenset({"location"})

    external_id = models.CharField(_("Kennung der Quelle"), max_length=200, unique=True, null=True, blank=True)
    name = models.CharField(_("Name"), max_length=200)
    status = models.CharField(_("Zustand"), max_length=20, choices=Status.choices, default=Status.ACTIVE)
    publication = models.CharField(
        _("Veröffentlichung"), max_length=20, choices=Publication.choices, default=Publication.DRAFT
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="merged",
        verbose_name=_("aufgegangen in"),
    )
    description = models.TextField(_("Beschreibung"), blank=True)
    participation = models.TextField(_("So kann man mitmachen"), blank=True)
    is_fictional = models.BooleanField(_("frei erfunden (Demo)"), default=False)

    location = models.PointField(_("Lage"), srid=WGS84)
    # NULL only where a newer edition has no municipality at this spot; relocate() in places/locating.py says so.
    municipality = models.ForeignKey(
        Municipality, on_delete=models.SET_NULL, related_name="%(class)ss", verbose_name=_("Gemeinde"), null=True
    )
    street = models.CharField(_("Straße und Hausnummer"), max_length=200, blank=True)
    postcode = models.CharField(_("Postleitzahl"), max_length=5, blank=True)
    city = models.CharField(pgettext_lazy("Anschrift", "Ort"), max_length=200, blank=True)
    website = models.URLField(_("Website"), max_length=500, blank=True)
    confirmed_on = models.DateField(_("zuletzt bestätigt am"), null=True, blank=True)
    source = models.CharField(_("Quelle"), max_length=500, blank=True)
    licence = models.CharField(_("Lizenz"), max_length=100, blank=True)
    created_at = models.DateTimeField(_("angelegt am"), auto_now_add=True)
    updated_at = models.DateTimeField(_("geändert am"), auto_now=True)

    class Meta:
        abstract = True
        ordering = ("name", "id")
        indexes = [
            models.Index(fields=("publication", "status"), name="%(class)s_publication_status"),
            models.Index(fields=("is_fictional",), condition=Q(is_fictional=True), name="%(class)s_fictional"),
        ]
        # The range of the location is held by the database too: guard_location in migrations 0002 and 0005.
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="%(class)s_status_known"),
            models.CheckConstraint(condition=Q(publication__in=Publication.values), name="%(class)s_publication_known"),
            models.CheckConstraint(condition=~Q(name=""), name="%(class)s_has_name"),
            models.CheckConstraint(condition=Q(postcode__regex=r"^([0-9]{5})?$"), name="%(class)s_postcode_5_digits"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(self.entry_kind, args=[self.pk, keys.slug(self.name) or "ort"])

    @property
    def is_published(self) -> bool:
        """Whether the public sees it."""
        return self.publication == Publication.PUBLISHED

    def successor(self) -> Self | None:
        """The entry it went into, the last of the chain where that one was merged too; None where it was not."""
        found, passed = self.merged_into, {self.pk}
        while found is not None and found.merged_into is not None and found.pk not in passed:
            passed.add(found.pk)
            found = found.merged_into
        return cast("Self | None", found)

    def is_fresh(self, as_of: date, freshness_months: int) -> bool:
        """Whether it was confirmed no longer than ``freshness_months`` before ``as_of``."""
        return is_fresh(self.confirmed_on, as_of, freshness_months)
