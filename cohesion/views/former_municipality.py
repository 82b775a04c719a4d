"""The address of a municipality that is gone: the way to its successor, or the choice between several."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cohesion.series import Series
from places.successors import Fate, fate_of

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
