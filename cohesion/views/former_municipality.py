"""The address of a municipality or a district that is gone: the way to its successor, or the choice between several."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cohesion.series import Series
from places.keys import DISTRICT_DIGITS
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
