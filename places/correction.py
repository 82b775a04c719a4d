"""What an administrator corrects: a place, found in its municipality by its coordinates, every change on record."""

from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places.locating import municipality_at
from places.models import Change, Municipality, Place
from places.permissions import User, may_correct_places
from places.signals import inputs_changed
from places.vocabulary import Verb

NOT_RECORDED = {"id", "created_at", "updated_at"}


def municipality_of(location: Point) -> Municipality:
    """The municipality a place at ``location`` lies in. Raises ValidationError where there is none."""
    found = municipality_at(location.x, location.y)
    if found is None:
        raise ValidationError(_("Dieser Punkt liegt in keiner Gemeinde."))
    return found


@transaction.atomic
def correct_place(place: Place, *, by: User) -> None:
    """Store a new or a changed place with the municipality its location lies in, and record what differs.

    Raises PermissionDenied for anybody but an administrator, ValidationError outside every municipality.
    """
    if not may_correct_places(by):
        raise PermissionDenied
    before = Place.objects.select_for_update(of=("self",)).filter(pk=place.pk).first()
    place.municipality = municipality_of(place.location)
    place.save()
    old, new = (_values(before) if before else {}), _values(place)
    changed = [name for name, value in new.items() if old.get(name) != value]
    if changed:
        Change.objects.create(
            user_id=by.pk,
            verb=Verb.CORRECTED_PLACE,
            place=place,
            ags=place.municipality.ags,
            before={name: old.get(name) for name in changed},
            after={name: new[name] for name in changed},
        )
    inputs_changed.send(sender=Place)


def _values(place: Place) -> dict[str, Any]:
    """Every field as JSON can hold it."""
    names = (field.attname for field in Place._meta.concrete_fields if field.attname not in NOT_RECORDED)
    return {name: _plain(getattr(place, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Point):
        return [round(value.x, 7), round(value.y, 7)]
    return value
