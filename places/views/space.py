"""The page of a space of possibility: where, how large, whose, until when."""

from datetime import date
from enum import StrEnum

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from places import clock
from places.models import Space
from places.views.entry import entry_context, public_entry
from places.vocabulary import Status


class Availability(StrEnum):
    """Whether a space can be had."""

    NOW = "now"
    LATER = "later"
    PAST = "past"
    NOT = "not"


def space(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """One published space; what else may be answered: ``public_entry``."""
    found = public_entry(request, Space, pk)
    if isinstance(found, HttpResponse):
        return found
    availability = availability_of(found, clock.today())
    return render(request, "places/space.html", {**entry_context(request, found), "availability": availability.value})


def availability_of(found: Space, today: date) -> Availability:
    """Whether ``found`` can be had today; twin of ``SpaceQuerySet.available``, which counts a later beginning too."""
    if found.status != Status.ACTIVE:
        return Availability.NOT
    if found.available_until and found.available_until < today:
        return Availability.PAST
    if found.available_from and found.available_from > today:
        return Availability.LATER
    return Availability.NOW
