"""Pages of districts, states and planning regions: how many of each class, who is weakest, what has changed."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cohesion.areas import Area, AreaKind, areas, find_area
from cohesion.engine import Parameters
from cohesion.models import Assessment
from cohesion.regional import (
    Counts,
    Part,
    Rated,
    counted,
    counts_of_areas,
    counts_of_regions,
    parts,
    promising,
    rated,
    weakest,
)
from cohesion.trend import choices, trend, usual_choice
from cohesion.views.former_municipality import came_from_district, former_district
from cohesion.views.interplay import CLASSES, TIERS, UNKNOWN_TIER, Cell, Row
from cohesion.vocabulary import CohesionClass
from places import keys
from places.models import BoundaryEdition

MOST_ROWS = 200  # municipalities in the table of a page; of more, districts are shown, or the map


@dataclass(frozen=True)
class Line:
    """An area within another, or in the list of all."""

    area: Area
    counts: Counts

    @property
    def parts(self) -> list[Part]:
        return parts(self.counts)


@require_safe
def area_list(request: HttpRequest) -> HttpResponse:
    """All states with their districts, and the planning regions."""
    edition = BoundaryEdition.objects.current()
    assessment = Assessment.objects.of_edition(edition).newest() if edition else None
    context: dict[str, object] = {"assessment": assessment, "classes": CohesionClass.values}
    if edition:
        districts = _lines(AreaKind.DISTRICT, edition, assessment)
        context["states"] = [
            (state, [line for line in districts if line.area.state_key == state.area.key])
            for state in _lines(AreaKind.STATE, edition, assessment)
        ]
        planned = list(areas(AreaKind.PLANNING_REGION, edition))
        counts = counts_of_areas(planned, edition, assessment) if planned else {}
        context["planning_regions"] = [Line(area, counts[area.key]) for area in planned]
    return render(request, "cohesion/areas.html", context)


def _lines(kind: AreaKind, edition: BoundaryEdition, assessment: Assessment | None) -> list[Line]:
    counts = counts_of_regions(edition, assessment, kind)
    return [Line(area, counts[area.key]) for area in areas(kind, edition) if area.key in counts]


@require_safe
def area_page(request: HttpRequest, key: str, kind: AreaKind) -> HttpResponse:
    """One area in the newest assessment of the current edition, beside an earlier one (``?vergleich=<id>``)."""
    edition = BoundaryEdition.objects.current()
    area = find_area(kind, key, edition) if edition else None
    if area is None or edition is None:
        if kind == AreaKind.DISTRICT:
            return former_district(request, key)
        raise Http404
    assessment = Assessment.objects.of_edition(edition).newest()
    parameters = assessment.parameters_used() if assessment else Parameters()
    municipalities = rated(area, edition, assessment)
    counts = counted(municipalities)
    earlier = [each for each in choices() if assessment and each.as_of < assessment.as_of]
    asked = next((each for each in earlier if str(each.pk) == request.GET.get("vergleich")), None)
    compared = asked or (usual_choice(earlier, assessment) if assessment else None)
    return render(
        request,
        "cohesion/area.html",
        {
            "area": area,
            "crumbs": _crumbs(area, edition),
            "came_from": came_from_district(request, key),
            "assessment": assessment,
            "parameters": parameters,
            "counts": counts,
            "total": counts.total,
            "parts": parts(counts),
            "table": _table(area, counts),
            "class_totals": [(name.value, counts.of_class(name).municipalities) for name in CLASSES],
            "unassessed_total": counts.of_class(CohesionClass.UNASSESSED).municipalities,
            "weakest": weakest(municipalities),
            "promising": promising(municipalities, parameters),
            "trend": trend(area, compared, assessment) if compared and assessment else None,
            "earlier": earlier,
            "districts": [
                line
                for line in _lines(AreaKind.DISTRICT, edition, assessment)
                if kind == AreaKind.STATE and line.area.state_key == area.key
            ],
            "municipalities": municipalities if len(municipalities) <= MOST_ROWS else None,
            "classes": CohesionClass.values,
            "map_url": _map(area, municipalities),
            "table_url": _download(area),
        },
    )


district = partial(area_page, kind=AreaKind.DISTRICT)
state = partial(area_page, kind=AreaKind.STATE)
planning_region = partial(area_page, kind=AreaKind.PLANNING_REGION)


def _crumbs(area: Area, edition: BoundaryEdition) -> list[tuple[str, str]]:
    above = find_area(AreaKind.STATE, area.state_key, edition) if area.state_key else None
    steps = [(_("Karte"), reverse("map")), (_("Kreise, Länder, Regionen"), reverse("areas"))]
    if above:
        steps.append((str(above), above.get_absolute_url()))
    return [*steps, (str(area), "")]


def _table(area: Area, counts: Counts) -> list[Row]:
    """A row for each tier; for the unknown tier only where there is one."""

    def cell(cohesion_class: CohesionClass, tier: str) -> Cell:
        tally = Counts({at: tally for at, tally in counts.cells.items() if at == (cohesion_class.value, tier)}).total
        query = {"class": cohesion_class.value, "tier": tier or UNKNOWN_TIER, "q": area.key}
        url = f"{reverse('map')}?{urlencode(query)}" if area.is_one_key else ""
        return Cell(cohesion_class.value, tier, tally.municipalities, tally.residents, url)

    rows = []
    for tier in (*(tier.value for tier in TIERS), ""):
        cells = [cell(name, tier) for name in CLASSES]
        unassessed = cell(CohesionClass.UNASSESSED, tier)
        if tier or counts.of_tier("").municipalities:
            rows.append(Row(tier, cells, unassessed, counts.of_tier(tier).municipalities))
    return rows


def _map(area: Area, municipalities: list[Rated]) -> str:
    if area.is_one_key:
        return f"{reverse('map')}?{urlencode({'q': area.key})}"
    return f"{reverse('map')}?{urlencode({'ags': municipalities[0].ags})}" if municipalities else reverse("map")


def _download(area: Area) -> str:
    """All its municipalities with their figures as a table, from the API."""
    by = {keys.STATE_DIGITS: "state", keys.DISTRICT_DIGITS: "district"}.get(len(area.key)) if area.is_one_key else None
    query = {**({by: area.key} if by else {}), "format": "csv", "delimiter": ";", "page_size": "1000"}
    return f"{reverse('api:municipality-list')}?{urlencode(query)}" if by else ""
