"""The address of a municipality or a district that is gone: the way to its successor, or the choice between several."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cohesion.series import Series
from places.keys import AGS_DIGITS, DISTRICT_DIGITS
from places.successors import DistrictFate, Fate, fate_of, fate_of_district

FROM = "von"  # in the address of the successor: the key that was asked for
MOST_YEARS = 12


def former_municipality(request: HttpRequest, ags: str) -> HttpResponse:
    """Leads to the only successor, which says why; of several the reader chooses. Raises Http404 for a key that nobody
    ever had, or of which nothing is known."""
    fate = fate_of(ags)
    if fate is None or not fate.heirs:
        raise Http404
    if fate.sole is not None:
        return redirect(f"{fate.sole.municipality.get_absolute_url()}?{FROM}={ags}", permanent=True)
    context = {
        "fate": fate,
        "crumbs": [(_("Karte"), reverse("map")), (fate.predecessor.name, "")],
        "history": Series(ags)[:MOST_YEARS],
    }
    return render(request, "cohesion/former_municipality.html", context, status=410)


def came_from(request: HttpRequest, ags: str) -> Fate | None:
    """Why somebody who asked for another municipality is on the page of this one; None where nobody did."""
    asked = request.GET.get(FROM, "")
    fate = fate_of(asked) if len(asked) == 8 and asked.isascii() and asked.isdigit() else None
    return fate if fate is not None and fate.sole is not None and fate.sole.municipality.ags == ags else None


@dataclass(frozen=True)
class MovedOn:
    """Why the map is not what its address asked for: in words, and where to look instead."""

    why: str
    parameter: str  # of the address of the map
    instead: tuple[tuple[str, str], ...]  # values of it, with their names; none where the map shows the only one


def moved_on(request: HttpRequest) -> HttpResponse | MovedOn | None:
    """What to do where the address of the map names a municipality or a district that is gone (``ags``, or a key as
    ``q``): lead to the only successor, or say who they are. None where it names none."""
    for parameter, digits in (("ags", (AGS_DIGITS,)), ("q", (AGS_DIGITS, DISTRICT_DIGITS))):
        asked = request.GET.get(parameter, "").strip()
        came = request.GET.get(FROM, "")
        for key in (asked, came):
            if not (len(key) in digits and key.isascii() and key.isdigit()):
                continue
            fate = fate_of(key) if len(key) == AGS_DIGITS else fate_of_district(key)
            if fate is None or not fate.heirs:
                continue
            heirs = _keys_and_names(fate)
            if fate.sole is None and key == asked:
                return MovedOn(fate.in_words(), parameter, tuple(heirs))
            if fate.sole is not None and key == asked:
                query = request.GET.copy()
                query[parameter], query[FROM] = heirs[0][0], key
                return redirect(f"{request.path}?{query.urlencode()}")
            if fate.sole is not None and asked == heirs[0][0]:
                return MovedOn(fate.in_words(), parameter, ())
    return None


def _keys_and_names(fate: Fate | DistrictFate) -> list[tuple[str, str]]:
    if isinstance(fate, DistrictFate):
        return [(region.key, region.full_name()) for region, _ in fate.heirs]
    return [(heir.municipality.ags, heir.municipality.name) for heir in fate.heirs]


def former_district(request: HttpRequest, key: str) -> HttpResponse:
    """The same for a district. Raises Http404 for a key that no district ever had, or of which nothing is known."""
    fate = fate_of_district(key)
    if fate is None or not fate.heirs:
        raise Http404
    if fate.sole is not None:
        return redirect(f"{reverse('district', args=[fate.sole.key])}?{FROM}={key}", permanent=True)
    crumbs = [(_("Karte"), reverse("map")), (_("Kreise, Länder, Regionen"), reverse("areas"))]
    context = {"fate": fate, "crumbs": [*crumbs, (fate.predecessor.full_name(), "")]}
    return render(request, "cohesion/former_district.html", context, status=410)


def came_from_district(request: HttpRequest, key: str) -> DistrictFate | None:
    """Why somebody who asked for another district is on the page of this one; None where nobody did."""
    asked = request.GET.get(FROM, "")
    fate = fate_of_district(asked) if len(asked) == DISTRICT_DIGITS and asked.isascii() and asked.isdigit() else None
    return fate if fate is not None and fate.sole is not None and fate.sole.key == key else None
