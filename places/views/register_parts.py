"""What the pages of the questionnaire share: its wording, the addresses of its steps, what may be the same."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from places.duplicates import Duplicate
from places.entry_forms import LocationForm
from places.models import Draft, Municipality
from places.registering.registration import answered_forms, similar_entries

CHECK, LATER, SIMILAR = "pruefen", "spaeter", "aehnlich"


@dataclass(frozen=True)
class Wording:
    """What the questionnaire of one kind is called."""

    title: str | Promise
    lead: str | Promise
    mine: str | Promise
    another: str | Promise


WORDINGS = {
    "place": Wording(
        gettext_lazy("Einen Ort eintragen"),
        gettext_lazy("Ein Dorfladen, ein Vereinsheim, ein Gemeinschaftsgarten: ein Ort, an dem man sich trifft."),
        gettext_lazy("Das ist unserer: ich möchte ihn betreuen"),
        gettext_lazy("Nein, unser Ort ist ein anderer"),
    ),
    "support": Wording(
        gettext_lazy("Eine Unterstützung eintragen"),
        gettext_lazy("Beratung, Förderung, Netzwerke: wer Sozialen Orten hilft."),
        gettext_lazy("Das ist unsere: ich möchte sie betreuen"),
        gettext_lazy("Nein, unser Angebot ist ein anderes"),
    ),
    "space": Wording(
        gettext_lazy("Einen Raum eintragen"),
        gettext_lazy("Ein leerer Laden, ein Saal, eine Schule: ein Raum, aus dem ein Sozialer Ort werden könnte."),
        gettext_lazy("Das ist unserer: ich möchte ihn betreuen"),
        gettext_lazy("Nein, unser Raum ist ein anderer"),
    ),
}


def step_address(found: Draft, step: str, request: HttpRequest | None = None, **more: Any) -> str:
    """The address of a step; it keeps in mind that somebody came from the last page."""
    asked = {"schritt": step} if step else {}
    if request is not None and request.GET.get("dann"):
        asked["dann"] = CHECK
    query = urlencode(asked | more)
    return reverse("draft", args=[found.entry_kind, found.key]) + (f"?{query}" if query else "")


def similar_to(found: Draft) -> list[Duplicate]:
    """What may be the same as the draft: by its name and as far as its location is known."""
    location, ags = where_it_is(found)
    name = str(found.answers.get("name") or "")
    return similar_entries(found.entry_kind, name=name, location=location, municipality_ags=ags)


def where_it_is(found: Draft) -> tuple[Point | None, str]:
    where = answered_forms(found)["wo"]
    if not isinstance(where, LocationForm) or not where.is_valid():
        return None, ""
    location: Point = where.cleaned_data["location"]
    if where.is_approximate:
        municipality = Municipality.objects.current().filter(centre=location).values_list("ags", flat=True).first()
        return None, municipality or ""
    return location, ""
