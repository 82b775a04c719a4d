"""What the public pages of places, support structures and spaces share: who sees them, where a former one went, the
context of templates/places/entry.html. What only one kind has is in place.py, support.py and space.py."""

from datetime import date
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from places import clock
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import Entry, Photo, Place
from places.permissions import is_steward, may_edit, may_review
from places.small_map import COUNTED, HERE, UNCOUNTED, SmallMap, small_map
from places.structured import entry_data
from places.vocabulary import Publication

_Entry = TypeVar("_Entry", bound=Entry)


def public_entry(request: HttpRequest, model: type[_Entry], pk: int) -> _Entry | HttpResponse:
    """The published entry with its territory, or what is answered in its place.

    A merged one leads to the other, one that looks after an unpublished one to its care, a withdrawn one is gone; an
    address with another name in it leads to the right one. Raises Http404 for all else.
    """
    entries = model._default_manager.select_related("municipality__district", "municipality__state")
    found = entries.filter(pk=pk).first()
    if found is None:
        raise Http404
    if successor := found.successor():
        return redirect(successor, permanent=True)
    if not found.is_published:
        return _instead(request, found)
    if request.path != found.get_absolute_url():
        return redirect(found, permanent=True)
    return found


def _instead(request: HttpRequest, found: Entry) -> HttpResponse:
    if may_edit(request.user, found, clock.today()):
        return redirect("care", found.entry_kind, found.pk)
    if found.publication == Publication.ARCHIVED:
        return render(request, "places/gone.html", {"municipality": found.municipality}, status=410)
    raise Http404


def entry_context(request: HttpRequest, found: Entry) -> dict[str, Any]:
    """What templates/places/entry.html needs, whatever the entry is."""
    today = clock.today()
    return {
        "entry": found,
        "municipality": found.municipality,
        "crumbs": _crumbs(found),
        "is_fresh": found.is_fresh(today, DEFAULT_FRESHNESS_MONTHS),
        "structured": entry_data(found),
        "photos": Photo.of(found).all(),
        "map": _map(found, today),
        "is_steward": is_steward(request.user, found),
        "may_edit": may_edit(request.user, found, today),
        "may_review": may_review(request.user, found.municipality, today),
    }


def _crumbs(found: Entry) -> list[tuple[str, str]]:
    above = [(found.municipality.name, found.municipality.get_absolute_url())] if found.municipality else []
    return [(_("Karte"), reverse("map")), *above, (found.name, "")]


def _map(found: Entry, today: date) -> SmallMap | None:
    """Its municipality with all published places, the entry itself marked."""
    beside = Place.objects.published().exclude(municipality=None).filter(municipality=found.municipality_id)
    if isinstance(found, Place):
        beside = beside.exclude(pk=found.pk)
    tones: list[tuple[Entry, str]] = [
        (other, COUNTED if other.is_counted(today, DEFAULT_FRESHNESS_MONTHS) else UNCOUNTED) for other in beside
    ]
    return small_map(found.municipality.geometry if found.municipality else None, [*tones, (found, HERE)])
