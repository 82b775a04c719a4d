"""The map page. Points of entries: map_entries.py; the tiles that it draws: places/tiles."""

from dataclasses import fields
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cohesion.models import Assessment, Score
from cohesion.querysets import with_scores
from cohesion.sureness import UNCERTAIN_BELOW
from cohesion.tasks import is_being_assessed
from cohesion.views.former_municipality import moved_on
from cohesion.views.map_classes import MANY_MUNICIPALITIES
from cohesion.views.map_entries import LAYERS, MANY_ENTRIES, MARKS, lines, number_of, result_words
from cohesion.views.overview import TIERS, UNKNOWN_TIER, Asked, Overview, Row
from cohesion.vocabulary import CohesionClass
from places.models import BoundaryEdition, Municipality
from places.vocabulary import Kind, Status, ZokTier

# What the address of the map says, as static/js/map/state.js reads and writes it.
VIEW = {
    *("class", "tier", "q", "places", "support", "spaces", "kind", "sort", "list", "view"),
    *("ags", "place", "entry", "z", "lat", "lon"),
}
CHOSEN = ("ags", "place", "entry")  # what the card tells of
LOCALES = {"en": "en-GB"}  # for the browser's Intl: day before month, as in sok_site/formats/en


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """All municipalities on a map and in a table with one filter; the table reads without JavaScript."""
    return _map(request, "cohesion/map.html")


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
def embed(request: HttpRequest) -> HttpResponse:
    """The same map for a frame on any other page. It only shows: there is nothing on it that a click could change."""
    return _map(request, "cohesion/embed.html")


def same_view(name: str, query: QueryDict) -> str:
    """The address of a page of this name with the view and the filters of the map that ``query`` asks for."""
    kept = query.copy()
    for parameter in set(query) - VIEW:
        del kept[parameter]
    return f"{reverse(name)}?{kept.urlencode()}" if kept else reverse(name)


def _map(request: HttpRequest, template: str) -> HttpResponse:
    edition = BoundaryEdition.objects.current()
    if edition is None:
        return render(request, "cohesion/map_empty.html")
    moved = moved_on(request)
    if isinstance(moved, HttpResponse):
        return moved
    assessment = Assessment.objects.of_edition(edition).newest()
    asked = Asked.read(request.GET)
    rows = _rows(edition, assessment)
    overview = Overview.of(rows, asked)
    counts = {layer: number_of(layer) for layer in LAYERS}
    return render(
        request,
        template,
        {
            "page": request.path,
            "embedded": request.path != reverse("map"),
            "atlas_url": same_view("map", request.GET),
            "embedding_url": same_view("api:docs", request.GET),
            "edition": edition,
            "moved": moved,
            "assessment": assessment,
            "is_being_assessed": is_being_assessed(),
            "asked": asked,
            "has_chosen": any(map(request.GET.get, CHOSEN)),
            "shown_view": request.GET.get("view") if request.GET.get("view") in ("map", "table") else "",
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
            "counts": counts,
            "has_unincorporated": Municipality.objects.of_edition(edition).filter(is_unincorporated=True).exists(),
            "has_uncertain": Score.objects.filter(assessment=assessment, stability__lt=UNCERTAIN_BELOW).exists(),
            "lists": _lists(),
            "lines": lines(asked.list, rows, asked, assessment) if asked.list else None,
            "columns": _columns(asked),
            "symbols": [(layer.page, mark) for layer in LAYERS.values() for mark in ("", *MARKS)],
            "uncertain_below": f"{UNCERTAIN_BELOW:.0%}".replace("%", "\u202f%"),
            "config": _config(edition, len(rows), counts),
        },
    )


def _rows(edition: BoundaryEdition, assessment: Assessment | None) -> list[Row]:
    own = ("supply", "supply_after_loss", "renewal")
    columns = [f"score__{field.name}" if field.name in own else field.name for field in fields(Row)]
    municipalities = Municipality.objects.of_edition(edition).incorporated()
    return [Row(*values) for values in with_scores(municipalities, assessment).order_by().values_list(*columns)]


def _tier_label(value: str) -> str:
    return _("Stufe nicht bekannt") if value == UNKNOWN_TIER else str(ZokTier(value).label)


def _lists() -> list[tuple[str, str]]:
    """What the table can show: the value in the address, the word."""
    return [
        ("", _("Gemeinden")),
        ("places", _("Orte")),
        ("support", _("Unterstützung")),
        ("spaces", _("Räume")),
    ]


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


def _config(edition: BoundaryEdition, municipalities: int, counts: dict[str, int]) -> dict[str, Any]:
    """What the browser needs to know; every word comes from here, so that JavaScript has no language of its own."""
    leaflet: dict[str, Any] = settings.LEAFLET_CONFIG
    drawn = (edition.date, edition.tiles_digest)
    return {
        "language": LOCALES.get(get_language(), get_language()),
        "urls": {
            "scores": reverse("api:scores"),
            "cells": {layer: reverse("map_cells", args=[layer]) for layer in LAYERS if counts[layer] > MANY_ENTRIES},
            "classes": reverse("map_classes") if municipalities > MANY_MUNICIPALITIES else None,
            **{layer: reverse("map_points", args=[layer]) for layer in LAYERS},
        },
        "tiles": {"url": reverse("tiles", args=drawn), "head": edition.tiles_head} if edition.tiles_digest else None,
        "workers": {name: static(f"js/map/{name}_worker.js") for name in ("ground", "published")},
        "font": static("source-sans-3/source-sans-3-latin-wght-normal.woff2"),
        "uncertainBelow": UNCERTAIN_BELOW,
        # Patterns: the browser puts key and readable end in their places.
        "addresses": {
            "municipality": reverse("municipality", args=["00000000", "slug"]),
            **{layer.page: reverse(layer.page, args=[0, "slug"]) for layer in LAYERS.values()},
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
        "kinds": {layer.page: layer.kinds for layer in LAYERS.values()},
        "statuses": dict(Status.choices),
        "unincorporated": _("gemeindefreies Gebiet, ohne Bewertung"),
        "uncertain": _("unsicher: nur in {share} der Ziehungen diese Klasse"),
        "figures": {
            "supply": _("Versorgung"),
            "supply_after_loss": _("nach dem schwersten Verlust"),
            "renewal": _("Erneuerungskraft"),
        },
        "counts": {"all": _("{all} Gemeinden"), "some": _("{shown} von {all} Gemeinden")},
        "more": _("Weitere {count} Gemeinden zeigen"),
        "lists": result_words(),
        "moreEntries": _("Weitere {count} Einträge zeigen"),
        "marks": {"unconfirmed": _("unbestätigt"), "uncounted": _("zählt nicht")},
        "size": _("{number} m²"),
        "until": _("bis {date}"),
        "showOnMap": _("{name} auf der Karte zeigen"),
        "search": {
            "found": _("Vorschläge: {count}. Mit den Pfeiltasten wählen."),
            "nothing": _("Nichts gefunden"),
        },
        "map": {
            "zoomIn": _("Vergrößern"),
            "zoomOut": _("Verkleinern"),
            "whole": _("Alles zeigen"),
            "clusters": {
                "place": _("{count} Soziale Orte: vergrößern"),
                "support": _("{count} Unterstützungsstrukturen: vergrößern"),
                "space": _("{count} Möglichkeitsräume: vergrößern"),
            },
        },
        "panel": {
            "population": _("{count} Einwohnerinnen und Einwohner"),
            "stability": _("In {share} der Ziehungen dieselbe Klasse."),
            "places": _("Soziale Orte"),
            "noPlaces": _("Hier ist noch kein Sozialer Ort eingetragen."),
            "morePlaces": _("und {count} weitere"),
            "why": _("Warum diese Klasse?"),
            "municipality": _("Gemeinde:"),
            "confirmed": _("Zuletzt bestätigt am {date}."),
            "neverConfirmed": _("Noch nie bestätigt."),
            "counts": _("Zählt in der Bewertung."),
            "countsNot": _("Zählt in der Bewertung nicht mit."),
            "toPlace": _("Mehr über diesen Ort"),
            "types": {"support": _("Unterstützung"), "space": _("Möglichkeitsraum")},
            "toEntry": _("Mehr darüber"),
            "from": _("Verfügbar ab {date}."),
            "until": _("Verfügbar bis {date}."),
        },
    }
