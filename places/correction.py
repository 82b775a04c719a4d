"""What an administrator corrects: an entry, found in its municipality by its coordinates, every change on record."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction

from places.facts import differences, facts_of
from places.locating import municipality_of
from places.models import Entry, Place
from places.permissions import User, may_correct
from places.record import write_change
from places.signals import inputs_changed
from places.vocabulary import ActedAs, Verb


@transaction.atomic
def correct_entry(entry: Entry, *, by: User, save_related: Callable[[], object] = lambda: None) -> None:
    """Store a new or a changed entry with the municipality its location lies in, then what belongs to it
    (``save_related``: the actors of a place, the areas of a support structure), and record what differs.

    Raises PermissionDenied for anybody but an administrator, ValidationError outside every municipality.
    """
    if not may_correct(by, entry):
        raise PermissionDenied
    stored = type(entry)._default_manager.select_for_update(of=("self",)).filter(pk=entry.pk).first()
    before = facts_of(stored) if stored else {}
    entry.municipality = municipality_of(entry.location)
    entry.save()
    save_related()
    old, new = differences(before, facts_of(entry))
    if new:
        write_change(entry, Verb.CORRECTED_PLACE, by=by, acted_as=ActedAs.ADMINISTRATOR, before=old, after=new)
    if isinstance(entry, Place):
        inputs_changed.send(sender=Place)
