"""The map page, and what it draws that the API does not give: outlines of municipalities, points of places."""

import gzip
import re
from dataclasses import fields
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, FloatField, Func, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import etag, require_safe

from cohesion.models import Assessment
from cohesion.querysets import with_scores
from cohesion.views.overview import TIERS, UNKNOWN_TIER, Asked, Overview, Row
from cohesion.vocabulary import CohesionClass
from places import clock
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import BoundaryEdition, Municipality, Place
from places.vocabulary import Kind, Status, ZokTier

COORDINATE_DECIMALS = 5  # about one metre
LOCALES = {"en": "en-GB"}  # for the browser's Intl: day before month, as in sok_site/formats/en


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """All municipalities on a map and in a table with one filter; the table reads without JavaScript."""
    edition = BoundaryEdition.objects.current()
    if edition is None:
        return render(request, "cohesion/map_empty.html")
    assessment = Assessment.objects.of_edition(edition).newest()
    asked = Asked.read(request.GET)
    overview = Overview.of(_rows(edition, assessment), asked)
    return render(
        request,
        "cohesion/map.html",
        {
            "edition": edition,
            "assessment": assessment,
            "asked": asked,
            "overview": overview,
            "classes": [
                (value, label, overview.class_counts[value], value in asked.classes)
                for value, label in CohesionClass.choices
            ],
            "tiers": [
                (value, _tier_label(value), overview.tier_counts[value], value in asked.tiers)
                for value in TIERS
                if value != UNKNOWN_TIER or overview.tier_counts[value] or value in asked.tiers
            ],
            "kinds": Kind.choices,
            "columns": _columns(asked),
            "config": _config(edition),
        },
    )


def _rows(edition: BoundaryEdition, assessment: Assessment | None) -> list[Row]:
    own = ("supply", "supply_after_loss", "renewal")
    columns = [f"score__{field.name}" if field.name in own else field.name for field in fields(Row)]
    municipalities = Municipality.objects.of_edition(edition).incorporated()
    return [Row(*values) for values in with_scores(municipalities, assessment).order_by().values_list(*columns)]


def _tier_label(value: str) -> str:
    return _("Stufe nicht bekannt") if value == UNKNOWN_TIER else str(ZokTier(value).label)


def _columns(asked: Asked) -> list[dict[str, str]]:
    """The heads of the table: column, word, how it is sorted now, and the sort that its button asks for."""
    words = {
        "name": _("Gemeinde"),
        "cohesion_class": _("Klasse"),
        "zok_tier": _("Stufe"),
        "supply": _("Versor|gung"),
        "supply_after_loss": _("nach Verlust"),
        "renewal": _("Erneue|rung"),
        "population": _("Einwoh|ner"),
    }
    directions = {"": "", asked.sort.removeprefix("-"): "descending" if asked.sort.startswith("-") else "ascending"}
    return [
        {
            "name": name,
            "word": word.replace("|", "\u00ad"),  # soft hyphen
            "direction": directions.get(name, ""),
            "next": f"-{name}" if asked.sort == name else name,
        }
        for name, word in words.items()
    ]


def _config(edition: BoundaryEdition) -> dict[str, Any]:
    """What the browser needs to know; every word comes from here, so that JavaScript has no language of its own."""
    leaflet: dict[str, Any] = settings.LEAFLET_CONFIG
    drawn = (edition.date, edition.outlines_digest)
    return {
        "language": LOCALES.get(get_language(), get_language()),
        "urls": {
            "scores": reverse("api:scores"),
            "places": reverse("map_places"),
            "outlines": reverse("outlines", args=drawn) if edition.outlines_digest else None,
        },
        # Patterns: the browser puts key and readable end in their places.
        "addresses": {
            "municipality": reverse("municipality", args=["00000000", "slug"]),
            "place": reverse("place", args=[0, "slug"]),
        },
        "map": {
            "extent": leaflet["SPATIAL_EXTENT"],
            "minZoom": leaflet["MIN_ZOOM"],
            "maxZoom": leaflet["MAX_ZOOM"],
            "tiles": [{"url": url, **options} for _name, url, options in leaflet["TILES"]],
        },
        "words": _words(),
    }


def _words() -> dict[str, Any]:
    return {
        "classes": dict(CohesionClass.choices),
        "tiers": {value: _tier_label(value) for value in TIERS},
        "kinds": dict(Kind.choices),
        "statuses": dict(Status.choices),
        "unincorporated": _("gemeindefreies Gebiet, ohne Bewertung"),
        "figures": {
            "supply": _("Versorgung"),
            "supply_after_loss": _("nach dem schwersten Verlust"),
            "renewal": _("Erneuerungskraft"),
        },
        "counts": {"all": _("{all} Gemeinden"), "some": _("{shown} von {all} Gemeinden")},
        "more": _("Weitere {count} Gemeinden zeigen"),
        "showOnMap": _("{name} auf der Karte zeigen"),
        "search": {
            "found": _("Vorschläge: {count}. Mit den Pfeiltasten wählen."),
            "nothing": _("Keine Gemeinde gefunden"),
        },
        "map": {
            "zoomIn": _("Vergrößern"),
            "zoomOut": _("Verkleinern"),
            "whole": _("Alles zeigen"),
            "cluster": _("{count} Soziale Orte: vergrößern"),
        },
        "panel": {
            "population": _("{count} Einwohnerinnen und Einwohner"),
            "stability": _("In {share} der Rechenvarianten dieselbe Klasse."),
            "places": _("Soziale Orte"),
            "noPlaces": _("Hier ist noch kein Sozialer Ort eingetragen."),
            "morePlaces": _("und {count} weitere"),
            "uncounted": _("zählt nicht"),
            "why": _("Warum diese Klasse?"),
            "municipality": _("Gemeinde:"),
            "confirmed": _("Zuletzt bestätigt am {date}."),
            "neverConfirmed": _("Noch nie bestätigt."),
            "counts": _("Zählt in der Bewertung."),
            "countsNot": _("Zählt in der Bewertung nicht mit."),
            "toPlace": _("Mehr über diesen Ort"),
        },
    }


def _outlines_etag(request: HttpRequest, day: date, digest: str) -> str:
    return f'W/"{digest}"'  # weak: the same outlines, packed or not


@require_safe
@etag(_outlines_etag)
def outlines(request: HttpRequest, day: date, digest: str) -> HttpResponse:
    """The generalised municipalities of an edition as GeoJSON. Under this address they never change."""
    edition = BoundaryEdition.objects.filter(date=day, outlines_digest=digest).only("outlines").first()
    if edition is None:
        raise Http404
    packed = bytes(edition.outlines)
    if re.search(r"\bgzip\b", request.headers.get("Accept-Encoding", "")):
        response = HttpResponse(packed, headers={"Content-Encoding": "gzip"})
    else:
        response = HttpResponse(gzip.decompress(packed))
    response["Content-Type"] = "application/geo+json"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@require_safe
def map_places(request: HttpRequest) -> JsonResponse:
    """All published places in columns: as many as there are in one answer, which the browser clusters."""
    assessment = Assessment.objects.newest()
    day = assessment.as_of if assessment else clock.today()
    months = assessment.parameters_used().freshness_months if assessment else DEFAULT_FRESHNESS_MONTHS
    rows = (
        Place.objects.published()
        .annotate(
            ags=F("municipality__ags"),
            # ST_X and ST_Y: no geometry object per place; the same on both databases.
            longitude=Func(F("location"), function="ST_X", output_field=FloatField()),
            latitude=Func(F("location"), function="ST_Y", output_field=FloatField()),
            counted=Exists(Place.objects.counted(day, months).filter(pk=OuterRef("pk"))),
        )
        .order_by("pk")
    )
    columns = ("id", "name", "kind", "status", "ags", "longitude", "latitude", "counted", "confirmed_on")
    table: dict[str, list[Any]] = {name: [] for name in columns}
    for row in rows.values_list(*columns).iterator(chunk_size=5000):
        for name, value in zip(columns, row, strict=True):
            table[name].append(round(value, COORDINATE_DECIMALS) if isinstance(value, float) else value)
    response = JsonResponse({"as_of": assessment and assessment.as_of, "columns": columns, **table})
    response["Cache-Control"] = "no-cache"  # kept, but asked for again: ConditionalGetMiddleware answers 304
    return response
