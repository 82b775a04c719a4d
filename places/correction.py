"""What an administrator corrects: an entry, found in its municipality by its coordinates, every change on record."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from places.facts import differences, facts_of
from places.locating import municipality_of
from places.models import Place
from places.permissions import User, may_correct_places
from places.record import write_change
from places.signals import inputs_changed
from places.vocabulary import ActedAs, Verb


@transaction.atomic
def correct_place(place: Place, *, by: User, save_actors: Callable[[], object] = lambda: None) -> None:
    """Store a new or a changed place with the municipality its location lies in, then who takes part in it
    (``save_actors``), and record what differs.

    Raises PermissionDenied for anybody but an administrator, ValidationError outside every municipality.
    """
    if not may_correct_places(by):
        raise PermissionDenied
    stored = Place.objects.select_for_update(of=("self",)).filter(pk=place.pk).first()
    before = facts_of(stored) if stored else {}
    place.municipality = municipality_of(place.location)
    place.save()
    save_actors()
    old, new = differences(before, facts_of(place))
    if new:
        write_change(place, Verb.CORRECTED_PLACE, by=by, acted_as=ActedAs.ADMINISTRATOR, before=old, after=new)
    inputs_changed.send(sender=Place)
