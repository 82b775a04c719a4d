"""Territory: editions of boundaries, regions and municipalities with their facts, residents. Classes are not here."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from places import keys
from places.geo import WGS84
from places.models.ratings import RatedConditions, rating_constraint
from places.querysets import BoundaryEditionQuerySet, MunicipalityQuerySet
from places.vocabulary import Condition, ZokTier


class BoundaryEdition(models.Model):
    """All boundaries as they stood on one day (Gebietsstand), with where they come from."""

    date = models.DateField(_("Gebietsstand"), unique=True)
    source = models.CharField(_("Quelle"), max_length=500, blank=True)
    attribution = models.CharField(_("Quellenvermerk mit Lizenz"), max_length=500, blank=True)
    imported_at = models.DateTimeField(_("eingelesen am"))
    # The one it was compared with: who succeeds whom is stored between these two (models/succession.py).
    follows = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("folgt auf"),
    )
    followed_at = models.DateTimeField(null=True, blank=True, editable=False)  # when it was compared with that one
    # What maps draw: an archive of vector tiles, cut once at import, and how many of its bytes to read at first
    # (places/tiles). It changes with the boundaries only, so it travels apart from the figures and is kept for ever.
    tiles_digest = models.CharField(max_length=64, blank=True, editable=False)
    tiles_head = models.PositiveIntegerField(default=0, editable=False)

    objects = BoundaryEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gebietsstand")
        verbose_name_plural = _("Gebietsstände")
        ordering = ("-date",)
        get_latest_by = "date"

    def __str__(self) -> str:
        return self.date.isoformat()


class Region(models.Model):
    """A district (Kreis, five digits) or a state (Land, two digits) of an edition."""

    edition = models.ForeignKey(BoundaryEdition, on_delete=models.CASCADE, related_name="regions")
    key = models.CharField(_("Schlüssel"), max_length=keys.DISTRICT_DIGITS)
    name = models.CharField(_("Name"), max_length=200, blank=True)
    designation = models.CharField(_("Bezeichnung"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("Kreis oder Land")
        verbose_name_plural = _("Kreise und Länder")
        ordering = ("key",)
        constraints = [
            models.UniqueConstraint(fields=("edition", "key"), name="region_once_per_edition"),
            models.CheckConstraint(condition=Q(key__regex=r"^([0-9]{2}|[0-9]{5})$"), name="region_key_2_or_5_digits"),
        ]

    def __str__(self) -> str:
        return self.name or self.key

    def full_name(self) -> str:
        """With its designation, "Landkreis Kassel", unless the name says it: "Schwalm-Eder-Kreis"."""
        says_it = any(word in self.name.lower() for word in ("kreis", "region"))
        return str(self) if says_it or not self.designation else f"{self.designation} {self}"


class Municipality(RatedConditions):
    """A municipality (Gemeinde) of one edition, or an unincorporated area, with the facts that planners read."""

    edition = models.ForeignKey(BoundaryEdition, on_delete=models.CASCADE, related_name="municipalities")
    ags = models.CharField(_("AGS"), max_length=keys.AGS_DIGITS)
    ars = models.CharField(_("ARS"), max_length=keys.ARS_DIGITS, blank=True)
    name = models.CharField(_("Name"), max_length=200, db_index=True)
    designation = models.CharField(_("Bezeichnung"), max_length=100, blank=True)
    district = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("Kreis"))
    state = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", verbose_name=_("Land"))
    is_unincorporated = models.BooleanField(_("gemeindefreies Gebiet"), default=False)
    geometry = models.MultiPolygonField(_("Gebiet"), srid=WGS84)
    centre = models.PointField(_("Punkt im Gebiet"), srid=WGS84)
    area_km2 = models.FloatField(_("Fläche in km²"))

    population = models.PositiveIntegerField(_("Einwohnerzahl"), null=True, blank=True)
    population_on = models.DateField(_("Einwohnerzahl vom"), null=True, blank=True)
    population_source = models.CharField(_("Quelle der Einwohnerzahl"), max_length=300, blank=True)
    # Empty means "not known", which is not the same as the tier "none".
    zok_tier = models.CharField(_("zentralörtliche Stufe"), max_length=20, choices=ZokTier.choices, blank=True)
    zok_detail = models.CharField(_("Einstufung im Wortlaut"), max_length=300, blank=True)
    zok_source = models.CharField(_("Quelle der Einstufung"), max_length=300, blank=True)
    inventory_completed_on = models.DateField(_("Bestand vollständig erfasst am"), null=True, blank=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("Gemeinde")
        verbose_name_plural = _("Gemeinden")
        ordering = ("ags",)
        indexes = [
            models.Index(fields=("ags",), name="municipality_ags"),
            # A page of a list finds its keys here, without a look at the rows and their geometries
            models.Index(fields=("edition", "ags", "id"), name="municipality_in_order"),
            models.Index(fields=("edition", "zok_tier"), name="municipality_tier"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("edition", "ags"), name="municipality_once_per_edition"),
            models.CheckConstraint(condition=Q(ags__regex=r"^[0-9]{8}$"), name="municipality_ags_8_digits"),
            models.CheckConstraint(condition=Q(ars__regex=r"^([0-9]{12})?$"), name="municipality_ars_12_digits"),
            models.CheckConstraint(condition=Q(area_km2__gt=0), name="municipality_area_positive"),
            models.CheckConstraint(condition=Q(zok_tier__in=["", *ZokTier.values]), name="municipality_tier_known"),
            models.CheckConstraint(
                condition=Q(is_unincorporated=False) | Q(population__isnull=True) | Q(population=0),
                name="municipality_unincorporated_no_residents",
            ),
            *(rating_constraint("municipality", condition) for condition in Condition),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("municipality", args=[self.ags, keys.slug(self.name)])


class PopulationGrid(models.Model):
    """Where the resident points of an edition come from."""

    edition = models.OneToOneField(BoundaryEdition, on_delete=models.CASCADE, related_name="population_grid")
    source = models.CharField(_("Quelle"), max_length=500)
    attribution = models.CharField(_("Quellenvermerk mit Lizenz"), max_length=500, blank=True)
    cell_size = models.PositiveIntegerField(_("Zellgröße in Metern"))
    imported_at = models.DateTimeField(_("eingelesen am"))

    class Meta:
        verbose_name = _("Bevölkerungsraster")
        verbose_name_plural = _("Bevölkerungsraster")

    def __str__(self) -> str:
        return self.source


class ResidentPoint(models.Model):
    """The residents of one census cell at its centre, EPSG:3035 metres (plain numbers: the engine reads millions)."""

    # No index of its own: that of the constraint begins with it
    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="resident_points", db_index=False
    )
    x = models.PositiveIntegerField(_("Ostwert"))
    y = models.PositiveIntegerField(_("Nordwert"))
    residents = models.PositiveIntegerField(_("Einwohnerinnen und Einwohner"))

    class Meta:
        verbose_name = _("Einwohnerpunkt")
        verbose_name_plural = _("Einwohnerpunkte")
        ordering = ("municipality_id", "x", "y")
        constraints = [
            models.UniqueConstraint(fields=("municipality", "x", "y"), name="resident_point_once"),
            models.CheckConstraint(condition=Q(residents__gt=0), name="resident_point_inhabited"),
        ]

    def __str__(self) -> str:
        return f"{self.x}, {self.y}: {self.residents}"
