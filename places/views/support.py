"""The page of a support structure: what it gives, whom it serves, how to get it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from places import keys
from places.models import BoundaryEdition, Municipality, Region, Support
from places.views.entry import entry_context, public_entry


def support(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """One published support structure; what else may be answered: ``public_entry``."""
    found = public_entry(request, Support, pk)
    if isinstance(found, HttpResponse):
        return found
    served = [area.area for area in found.areas.all()]
    return render(request, "places/support.html", {**entry_context(request, found), "areas": served_areas(served)})


@dataclass(frozen=True)
class Area:
    """An area that is served: its name, and the page of a municipality."""

    name: str
    url: str = ""


def served_areas(served: list[str]) -> list[Area]:
    """The areas by their names, the widest first; a key that the current edition does not know stands for itself."""
    edition = BoundaryEdition.objects.current()
    regions = {region.key: region for region in Region.objects.filter(edition=edition, key__in=served)}
    municipalities = {found.ags: found for found in Municipality.objects.current().filter(ags__in=served).with_names()}
    areas = []
    for key in sorted(served, key=lambda key: (len(key), key)):
        if key == "":
            areas.append(Area(_("ganz Deutschland")))
        elif key in municipalities:
            areas.append(Area(municipalities[key].name, municipalities[key].get_absolute_url()))
        elif key in regions:
            areas.append(Area(regions[key].full_name()))
        else:
            areas.append(Area(keys.STATE_NAMES.get(key, key)))
    return areas
