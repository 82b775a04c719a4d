"""Entries on the map page: columns of points for the browser, rows of a table for everybody. Municipalities: map.py."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Avg, Count, Exists, F, FloatField, Func, OuterRef, QuerySet
from django.db.models.functions import Floor
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohesion.models import Assessment
from cohesion.views.overview import PAGE_SIZE, Asked, Row, fold, found_by
from places import clock, keys
from places.freshness import DEFAULT_FRESHNESS_MONTHS, is_fresh
from places.models import Municipality, Place, Space, Support
from places.vocabulary import Kind, SpaceKind, Status, SupportKind

COORDINATE_DECIMALS = 5  # about one metre
SHARED = ("id", "name", "kind", "status", "ags", "longitude", "latitude", "confirmed_on")


MANY_ENTRIES = 5000  # of more the browser reads at first only how many there are in each cell
CELLS_PER_DEGREE = (3, 5)  # of longitude, of latitude: about 22 km, a cluster at the zoom where entries come

MARKS = ("uncounted", "unconfirmed")


@dataclass(frozen=True)
class Layer:
    """One kind of entry on the map."""

    page: str  # the name of its pages
    entries: Callable[[Assessment | None], QuerySet[Any]]
    own: tuple[str, ...]  # columns that only it has
    kinds: dict[str, Any]


def _places(assessment: Assessment | None) -> QuerySet[Any]:
    """All that are published; whether one counts is a matter of the assessment."""
    day = assessment.as_of if assessment else clock.today()
    months = assessment.parameters_used().freshness_months if assessment else DEFAULT_FRESHNESS_MONTHS
    counted = Place.objects.counted(day, months).filter(pk=OuterRef("pk"))
    return Place.objects.published().annotate(counted=Exists(counted))


def _supports(assessment: Assessment | None) -> QuerySet[Any]:
    return Support.objects.published().exclude(status=Status.CLOSED)


def _spaces(assessment: Assessment | None) -> QuerySet[Any]:
    return Space.objects.available(clock.today())


LAYERS = {
    "places": Layer("place", _places, ("counted",), dict(Kind.choices)),
    "support": Layer("support", _supports, (), dict(SupportKind.choices)),
    "spaces": Layer("space", _spaces, ("area_m2", "available_from", "available_until"), dict(SpaceKind.choices)),
}


@require_safe
def map_points(request: HttpRequest, layer: str) -> JsonResponse:
    """All entries of a layer in columns: as many as there are in one answer, which the browser clusters."""
    if layer not in LAYERS:
        raise Http404
    assessment = Assessment.objects.newest()
    columns = (*SHARED, *LAYERS[layer].own, "confirmed")
    table: dict[str, list[Any]] = {name: [] for name in columns}
    for point in _points(layer, assessment):
        for name in columns:
            value = point[name]
            table[name].append(round(value, COORDINATE_DECIMALS) if isinstance(value, float) else value)
    response = JsonResponse({"as_of": assessment and assessment.as_of, "columns": columns, **table})
    response["Cache-Control"] = "no-cache"  # kept, but asked for again: ConditionalGetMiddleware answers 304
    return response


@require_safe
def map_cells(request: HttpRequest, layer: str) -> JsonResponse:
    """How many entries of a layer there are in each cell of a grid, and where: enough for a map from afar."""
    if layer not in LAYERS:
        raise Http404
    longitude, latitude = (Func(F("location"), function=name, output_field=FloatField()) for name in ("ST_X", "ST_Y"))
    cells = (
        LAYERS[layer]
        .entries(None)
        .order_by()
        .annotate(column=Floor(longitude * CELLS_PER_DEGREE[0]), row=Floor(latitude * CELLS_PER_DEGREE[1]))
        .values("column", "row")
        .annotate(count=Count("pk"), longitude=Avg(longitude), latitude=Avg(latitude))
    )
    columns = ("count", "longitude", "latitude")
    rows = sorted((cell["row"], cell["column"], *(cell[name] for name in columns)) for cell in cells)
    table = {
        "count": [row[2] for row in rows],
        "longitude": [round(row[3], 2) for row in rows],
        "latitude": [round(row[4], 2) for row in rows],
    }
    response = JsonResponse({"columns": columns, **table})
    response["Cache-Control"] = "no-cache"
    return response


def number_of(layer: str) -> int:
    """How many entries of the layer are public."""
    return LAYERS[layer].entries(None).order_by().count()


def _points(layer: str, assessment: Assessment | None) -> Iterator[dict[str, Any]]:
    today = clock.today()
    entries = (
        LAYERS[layer]
        .entries(assessment)
        .annotate(
            ags=F("municipality__ags"),
            # ST_X and ST_Y: no geometry object per entry; the same on both databases.
            longitude=Func(F("location"), function="ST_X", output_field=FloatField()),
            latitude=Func(F("location"), function="ST_Y", output_field=FloatField()),
        )
    )
    for point in entries.order_by("pk").values(*SHARED, *LAYERS[layer].own).iterator(chunk_size=5000):
        yield {**point, "confirmed": is_fresh(point["confirmed_on"], today, DEFAULT_FRESHNESS_MONTHS)}


# --- The table ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An entry in the table. The browser writes the same: static/js/map/entries.js."""

    name: str
    url: str
    kind: str
    municipality: str
    mark: str  # "unconfirmed", "uncounted" or nothing
    note: str


@dataclass(frozen=True)
class Lines:
    """One page of entries."""

    type: str  # whose symbol stands beside a mark
    rows: list[Line]
    result: str  # how many there are
    page: int
    pages: int

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def following(self) -> int:
        return self.page + 1


def result_words() -> dict[str, dict[str, str]]:
    """How many entries of a layer there are, in words with blanks; the browser fills the same."""
    return {
        "places": {"all": _("{all} Soziale Orte"), "some": _("{shown} von {all} Sozialen Orten")},
        "support": {
            "all": _("{all} Unterstützungsstrukturen"),
            "some": _("{shown} von {all} Unterstützungsstrukturen"),
        },
        "spaces": {"all": _("{all} Möglichkeitsräume"), "some": _("{shown} von {all} Möglichkeitsräumen")},
    }


def lines(layer: str, municipalities: Sequence[Row], asked: Asked, assessment: Assessment | None) -> Lines:
    """The entries of a layer as ``asked``, by name: found by their own name or by their municipality's."""
    by_ags = {row.ags: row for row in municipalities}
    published = list(_points(layer, assessment))
    points = [point for point in published if _is_shown(point, by_ags.get(point["ags"] or ""), asked)]
    points.sort(key=lambda point: (fold(point["name"])[1], point["id"]))
    pages = max(1, -(-len(points) // PAGE_SIZE))
    page = min(asked.page, pages)
    shown = points[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    wanted = {point["ags"] for point in shown}
    names = dict(Municipality.objects.current().filter(ags__in=wanted).values_list("ags", "name"))
    rows = [_line(layer, point, names.get(point["ags"], "")) for point in shown]
    sentence = result_words()[layer]["some" if asked.is_filtered else "all"]
    result = sentence.format(shown=localize(len(points)), all=localize(len(published)))
    return Lines(LAYERS[layer].page, rows, result, page, pages)


def _is_shown(point: dict[str, Any], row: Row | None, asked: Asked) -> bool:
    if asked.classes and (row is None or row.cohesion_class not in asked.classes):
        return False
    if asked.tiers and (row is None or row.tier not in asked.tiers):
        return False
    if not asked.text or (row is not None and found_by(asked.text, row)):
        return True
    return any(wanted in name for wanted, name in zip(fold(asked.text), fold(point["name"]), strict=True))


def _line(layer: str, point: dict[str, Any], municipality: str) -> Line:
    return Line(
        name=point["name"],
        url=reverse(LAYERS[layer].page, args=[point["id"], keys.slug(point["name"]) or "ort"]),
        kind=str(LAYERS[layer].kinds[point["kind"]]),
        municipality=municipality,
        mark=_mark(point),
        note=_note(point),
    )


def _mark(point: dict[str, Any]) -> str:
    if not point["confirmed"] and point["status"] == Status.ACTIVE:
        return "unconfirmed"
    return "" if point.get("counted", True) else "uncounted"


def _note(point: dict[str, Any]) -> str:
    """How large a space is, and until when it can be had."""
    until: date | None = point.get("available_until")
    size = _("{number} m²").format(number=localize(point["area_m2"])) if point.get("area_m2") else ""
    end = _("bis {date}").format(date=date_format(until, "SHORT_DATE_FORMAT")) if until else ""
    return ", ".join(filter(None, (size, end)))
