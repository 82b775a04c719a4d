"""What each collection is: its rows, its properties, its geometry, its time. How it is asked: parameters.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.gis.db.models import Extent, GeometryField, Union
from django.contrib.gis.db.models.functions import GeomOutputGeoFunc
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import BooleanField, Case, DateField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Length
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cohesion.api.assessed import SHARE_DECIMALS, AssessedReading
from cohesion.querysets import in_classes, with_scores
from cohesion.vocabulary import CohesionClass, PopulationBasis
from places import clock, keys
from places.api.parts import EntryReading
from places.api.places import PlaceReading
from places.api.spaces import SpaceReading
from places.api.supports import SupportReading
from places.freshness import DEFAULT_FRESHNESS_MONTHS, months_before
from places.geo import WGS84
from places.models import BoundaryEdition, Municipality, Region
from places.reading import Reading
from places.vocabulary import RATINGS, Criterion, Kind, Sector, SpaceKind, Status, SupportKind, ZokTier

Choices = type[Any]  # a TextChoices
SOME_KEY = "00000000"  # fits every address of a page


class Multi(GeomOutputGeoFunc):
    """A union as several polygons, also where it is one: a layer has geometries of one type."""

    function = "ST_Multi"


@dataclass(frozen=True)
class Property:
    """One property of a feature: what it is called, where the database has it, what may be in it."""

    name: str
    title: str | Promise
    type: str = "string"  # of JSON: string, integer, number, boolean
    format: str = ""  # date, date-time
    source: str = ""  # a path in the rows; else the name
    choices: Choices | None = None
    decimals: int | None = None
    equals: Callable[[str], Q] | None = None  # which rows have a value, where that is asked otherwise than of the path

    @property
    def path(self) -> str:
        """Where the rows have it."""
        return self.source or self.name

    @property
    def kind(self) -> str:
        """What its values are: text, truth, number, day or moment."""
        kinds = {"boolean": "truth", "integer": "number", "number": "number", "date": "day", "date-time": "moment"}
        return kinds.get(self.format or self.type, "text")

    @property
    def schema(self) -> dict[str, Any]:
        """As JSON schema."""
        stated: dict[str, Any] = {"title": str(self.title), "type": self.type}
        if self.format:
            stated["format"] = self.format
        if self.choices:
            stated["enum"] = list(self.choices.values)
        return stated


@dataclass(frozen=True)
class Rows:
    """The rows of a collection as they stand now, and when they changed last."""

    queryset: QuerySet[Any]
    reading: Reading

    @cached_property
    def changed_at(self) -> datetime | None:
        return self.reading.changed_at()

    def beside(self) -> dict[str, Any]:
        """Whom to name, and the notice while places are invented."""
        return self.reading.beside()


@dataclass(frozen=True)
class Collection:
    """A collection of features."""

    id: str
    title: str | Promise
    description: str | Promise
    key: str  # the path that identifies a feature
    page: str  # the name of a feature's page for people
    rows: Callable[[], Rows]
    properties: tuple[Property, ...]
    columns: tuple[str, ...]  # what the table for people shows beside the name
    time: tuple[str, str]  # paths of the first and the last day, the same path where it is one day
    time_text: str | Promise
    geometry: Any = "location"
    is_point: bool = True
    touching: Callable[[GEOSGeometry], Q] = field(default=lambda box: Q(location__intersects=box))
    extent: Callable[[QuerySet[Any]], tuple[float, float, float, float] | None] = field(
        default=lambda rows: rows.aggregate(extent=Extent("location"))["extent"]
    )

    @cached_property
    def by_name(self) -> dict[str, Property]:
        """Its properties by their names."""
        return {each.name: each for each in self.properties}

    def key_is_possible(self, text: str) -> bool:
        """Whether ``text`` can identify a feature at all."""
        return text.isascii() and text.isdigit() and len(text) <= 18

    @cached_property
    def page_around(self) -> tuple[str, str]:
        """What stands before and after the key in the path of a feature's page for people."""
        head, tail = reverse(self.page, args=[SOME_KEY]).split(SOME_KEY)
        return head, tail

    def page_path(self, key: object) -> str:
        """The path of a feature's page for people; "" where it has none."""
        return f"{self.page_around[0]}{key}{self.page_around[1]}" if self.page else ""


# --- Municipalities and districts -----------------------------------------------------------------------------------


def _share(name: str, title: Promise) -> Property:
    return Property(name, title, "number", source=f"score__{name}", decimals=SHARE_DECIMALS)


MUNICIPALITY_PROPERTIES = (
    Property("ags", _("AGS")),
    Property("ars", _("ARS")),
    Property("name", _("Name")),
    Property("designation", _("Bezeichnung")),
    Property("district", _("Schlüssel des Kreises"), source="district__key"),
    Property("district_name", _("Kreis"), source="district__name"),
    Property("state", _("Schlüssel des Landes"), source="state__key"),
    Property("state_name", _("Land"), source="state__name"),
    Property("is_unincorporated", _("gemeindefreies Gebiet"), "boolean"),
    Property("population", _("Einwohnerzahl"), "integer"),
    Property("population_on", _("Einwohnerzahl vom"), format="date"),
    Property("area_km2", _("Fläche in km²"), "number", decimals=2),
    Property("zok_tier", _("zentralörtliche Stufe"), choices=ZokTier),
    Property("zok_detail", _("Einstufung im Wortlaut")),
    Property(
        "class",
        _("Kohäsionsklasse"),
        source="cohesion_class",
        choices=CohesionClass,
        equals=lambda value: in_classes([value]),
    ),
    _share("supply", _("Versorgung")),
    _share("supply_after_loss", _("Versorgung nach dem schwersten Verlust")),
    _share("renewal", _("Erneuerungskraft")),
    _share("stability", _("Stabilität der Klasse")),
    Property(
        "population_basis",
        _("Grundlage der Einwohnerpunkte"),
        source="score__population_basis",
        choices=PopulationBasis,
    ),
    Property("assessed_on", _("Stichtag"), format="date"),
    Property("inventory_completed_on", _("Bestand vollständig erfasst am"), format="date"),
)


def _municipalities() -> Rows:
    reading = AssessedReading()
    reading.asked = {}
    municipalities = Municipality.objects.filter(edition=reading.edition).order_by("ags")
    scored = with_scores(municipalities, reading.assessment)
    # The day is the same for all that have a score; a join to where it is written would cross that of the scores.
    day = Value(reading.assessment.as_of if reading.assessment else None, output_field=DateField())
    return Rows(scored.annotate(assessed_on=Case(When(score__pk__isnull=False, then=day))), reading)


def _districts() -> Rows:
    reading = Reading()
    reading.asked = {}
    regions = Region.objects.filter(edition=reading.edition).annotate(digits=Length("key"))
    return Rows(regions.filter(digits=keys.DISTRICT_DIGITS).order_by("key"), reading)


def _in_district() -> QuerySet[Municipality]:
    return Municipality.objects.filter(district=OuterRef("pk")).order_by()


def _extent_of_municipalities(_rows: QuerySet[Any]) -> Any:
    edition = BoundaryEdition.objects.current()
    return Municipality.objects.filter(edition=edition).aggregate(extent=Extent("geometry"))["extent"]


# --- Entries --------------------------------------------------------------------------------------------------------


def _entries(reading_of: type[EntryReading]) -> Callable[[], Rows]:
    def rows() -> Rows:
        reading, today = reading_of(), clock.today()
        reading.asked = {}
        holds = Q(confirmed_on__gte=months_before(today, DEFAULT_FRESHNESS_MONTHS), confirmed_on__lte=today)
        confirmed = Case(When(holds, then=Value(True)), default=Value(False), output_field=BooleanField())
        entries = reading_of.model._default_manager.published().annotate(is_confirmed=confirmed).order_by("pk")
        return Rows(entries, reading)

    return rows


def _entry_properties(kinds: Choices, *own: Property) -> tuple[Property, ...]:
    return (
        Property("name", _("Name")),
        Property("kind", _("Art"), choices=kinds),
        Property("status", _("Zustand"), choices=Status),
        Property("is_fictional", _("frei erfunden (Demo)"), "boolean"),
        Property("municipality", _("AGS"), source="municipality__ags"),
        Property("municipality_name", _("Gemeinde"), source="municipality__name"),
        Property("district", _("Schlüssel des Kreises"), source="municipality__district__key"),
        Property("district_name", _("Kreis"), source="municipality__district__name"),
        Property("street", _("Straße und Hausnummer")),
        Property("postcode", _("Postleitzahl")),
        Property("city", pgettext_lazy("Anschrift", "Ort")),
        Property("description", _("Beschreibung")),
        Property("participation", _("So kann man mitmachen")),
        Property("website", _("Website")),
        *own,
        Property("confirmed_on", _("zuletzt bestätigt am"), format="date"),
        Property("is_confirmed", _("Bestätigung gilt noch"), "boolean"),
        Property("source", _("Quelle")),
        Property("licence", _("Lizenz")),
        Property("updated_at", _("geändert am"), format="date-time"),
    )


# --- All ------------------------------------------------------------------------------------------------------------

CONFIRMED = ("confirmed_on", "confirmed_on")
CONFIRMED_TEXT = _("datetime wählt nach dem Tag der letzten Bestätigung.")
ENTRY_COLUMNS = ("kind", "status", "municipality_name", "confirmed_on")

COLLECTIONS: dict[str, Collection] = {
    collection.id: collection
    for collection in (
        Collection(
            id="municipalities",
            title=_("Gemeinden"),
            description=_("Gemeinden mit ihren Fakten, ihrer zentralörtlichen Stufe und ihrer Kohäsion."),
            key="ags",
            page="municipality_by_ags",
            rows=_municipalities,
            properties=MUNICIPALITY_PROPERTIES,
            columns=("ags", "district_name", "class", "zok_tier", "population"),
            time=("assessed_on", "assessed_on"),
            time_text=_("datetime wählt nach dem Stichtag der Bewertung."),
            geometry="geometry",
            is_point=False,
            touching=lambda box: Q(geometry__intersects=box),
            extent=_extent_of_municipalities,
        ),
        Collection(
            id="places",
            title=_("Orte"),
            description=_("Die veröffentlichten Sozialen Orte mit Kriterien und Einschätzungen."),
            key="pk",
            page="place_by_id",
            rows=_entries(PlaceReading),
            properties=_entry_properties(
                Kind,
                Property("opening_hours", _("Öffnungszeiten (OSM-Schreibweise)")),
                Property("founded_on", _("gegründet am"), format="date"),
                *(Property(name.value, name.label, "boolean") for name in Criterion),
                *(Property(name.value, name.label, "integer") for name in RATINGS),
            ),
            columns=ENTRY_COLUMNS,
            time=CONFIRMED,
            time_text=CONFIRMED_TEXT,
        ),
        Collection(
            id="support",
            title=_("Unterstützungsstrukturen"),
            description=_("Wer Sozialen Orten hilft: Beratung, Förderung, Netzwerke."),
            key="pk",
            page="support_by_id",
            rows=_entries(SupportReading),
            properties=_entry_properties(SupportKind, Property("provider", _("Träger"))),
            columns=ENTRY_COLUMNS,
            time=CONFIRMED,
            time_text=CONFIRMED_TEXT,
        ),
        Collection(
            id="spaces",
            title=_("Möglichkeitsräume"),
            description=_("Räume, aus denen ein Sozialer Ort werden könnte."),
            key="pk",
            page="space_by_id",
            rows=_entries(SpaceReading),
            properties=_entry_properties(
                SpaceKind,
                Property("area_m2", _("Fläche in m²"), "integer"),
                Property("owner_sector", _("Wem er gehört"), choices=Sector),
                Property("owner", _("Name der Eigentümerin oder des Eigentümers")),
                Property("available_from", _("verfügbar ab"), format="date"),
                Property("available_until", _("verfügbar bis"), format="date"),
            ),
            columns=ENTRY_COLUMNS,
            time=("available_from", "available_until"),
            time_text=_("datetime wählt nach der Zeit, in der ein Raum verfügbar ist."),
        ),
        Collection(
            id="districts",
            title=_("Kreise"),
            description=_("Kreise und kreisfreie Städte; ihr Gebiet ist das ihrer Gemeinden."),
            key="key",
            page="",
            rows=_districts,
            properties=(
                Property("key", _("Schlüssel")),
                Property("name", _("Name")),
                Property("designation", _("Bezeichnung")),
                Property("boundaries_on", _("Gebietsstand"), format="date", source="edition__date"),
            ),
            columns=("key", "designation", "boundaries_on"),
            time=("edition__date", "edition__date"),
            time_text=_("datetime wählt nach dem Gebietsstand."),
            geometry=Subquery(
                _in_district().values("district").annotate(whole=Multi(Union("geometry"))).values("whole"),
                output_field=GeometryField(srid=WGS84),
            ),
            is_point=False,
            touching=lambda box: Q(Exists(_in_district().filter(geometry__intersects=box))),
            extent=_extent_of_municipalities,
        ),
    )
}
