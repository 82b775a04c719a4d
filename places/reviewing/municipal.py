"""What a reviewer says of a municipality itself: its inventory, its conditions. Of entries: decisions.py."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places.facts import as_json
from places.models import Change, Municipality
from places.permissions import User, may_review
from places.signals import inputs_changed
from places.vocabulary import Condition, Rating, Verb


@transaction.atomic
def state_inventory(
    municipality: Municipality, *, by: User, completed_on: date | None, today: date, reason: str = ""
) -> None:
    """State that the inventory of places is complete as of a day, or, with None, take the statement back.

    Raises PermissionDenied without a mandate, ValidationError for a day to come.
    """
    current = _locked(municipality, by, today)
    if completed_on is not None and completed_on > today:
        raise ValidationError(_("Der Stand kann nicht in der Zukunft liegen."))
    verb = Verb.WITHDREW_INVENTORY if completed_on is None else Verb.COMPLETED_INVENTORY
    _record(current, {"inventory_completed_on": completed_on}, by, verb, reason)


@transaction.atomic
def rate_conditions(
    municipality: Municipality, *, by: User, ratings: Mapping[Condition, int | None], evidence: str, today: date
) -> None:
    """Rate the municipality's own conditions, 0..4 or None for not known, with a word of evidence.

    Raises PermissionDenied without a mandate, ValidationError for an impossible rating or missing evidence.
    """
    current = _locked(municipality, by, today)
    if any(rating is not None and rating not in Rating.values for rating in ratings.values()):
        raise ValidationError(_("Eine Einschätzung reicht von 0 bis 4."))
    if not evidence.strip():
        raise ValidationError(_("Bitte nennen Sie einen Beleg."))
    _record(current, {condition.value: rating for condition, rating in ratings.items()}, by, Verb.RATED, evidence)


def _locked(municipality: Municipality, by: User, today: date) -> Municipality:
    """The municipality as it stands now, held until the end of the transaction; refused without a mandate."""
    if not may_review(by, municipality, today):
        raise PermissionDenied
    return Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)


def _record(current: Municipality, fields: Mapping[str, Any], by: User, verb: Verb, reason: str) -> None:
    """Write the fields that differ and one line of record; nothing where nothing differs."""
    changed = {name: value for name, value in fields.items() if getattr(current, name) != value}
    if not changed:
        return
    before = {name: as_json(getattr(current, name)) for name in changed}
    for name, value in changed.items():
        setattr(current, name, value)
    current.save(update_fields=list(changed))
    after = {name: as_json(value) for name, value in changed.items()}
    Change.objects.create(user_id=by.pk, verb=verb, ags=current.ags, before=before, after=after, reason=reason.strip())
    inputs_changed.send(sender=Municipality)
