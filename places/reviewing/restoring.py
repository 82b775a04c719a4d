"""Setting back to how it stood before a line of the record, and bringing back what was taken out of the public.

What stood when is reconstructed from the record, walking backwards from now. Publication is never set back that way.
"""

from datetime import date
from typing import cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from places.as_of import NOT_DONE, walked_back
from places.facts import OF_PUBLICATION, Facts, facts_of, write_facts
from places.models import Change, Entry, Municipality
from places.permissions import User, may_review
from places.record import locked, on_record
from places.reviewing.deciding import (
    require_reach,
    require_reviewer,
    require_unchanged,
    require_words,
    write_to_stewards,
)
from places.reviewing.municipal import rate_conditions, state_inventory
from places.vocabulary import ActedAs, Condition, Publication, Verb

# An act of its own, not a fact that an edit brings along: set back only where the line itself set it.
CONFIRMATION = "confirmed_on"
INVENTORY = "inventory_completed_on"


@transaction.atomic
def restore(change: Change, *, by: User, today: date, reason: str, seen: int | None = None) -> None:
    """Set the entry, or what was said of the municipality, back to how it stood before ``change``; what came later is
    set back with it. ``seen``: the last line of the record that ``by`` had read.

    Raises PermissionDenied without a mandate, OutdatedError where the record went on since ``seen``, ValidationError
    without a reason, where nothing stood before, and where nothing would change.
    """
    entry = entry_of(change)
    if entry is None:
        _restore_municipality(change, by, today, reason)
        return
    entry = locked(entry)
    require_reviewer(by, entry, today)
    require_unchanged(entry, seen)
    reason = require_words(reason, _("Bitte schreiben Sie, warum."))
    _before, facts = to_restore(change)
    if not facts:
        raise ValidationError(_("Der Eintrag steht schon so da wie vor dieser Änderung."))
    with on_record(entry, Verb.RESTORED, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
        write_facts(entry, facts)
    require_reach(by, entry, today)
    write_to_stewards(entry, "restored", reason=reason)


def to_restore(change: Change) -> tuple[Facts, Facts]:
    """The facts that setting back before ``change`` would write: as they stand now, and as they stood.

    Raises ValidationError for the line that made the entry: nothing stood before it.
    """
    entry = entry_of(change)
    if entry is None:
        return _municipal_facts(change)
    now = facts_of(entry)
    later = Change.of_entry(entry).filter(pk__gte=change.pk).order_by("-pk")
    stood = {**now, **walked_back(later)}
    if stood["name"] is None:
        raise ValidationError(_("Davor gab es den Eintrag noch nicht."))
    left_alone = OF_PUBLICATION if CONFIRMATION in change.after else OF_PUBLICATION | {CONFIRMATION}
    names = [name for name in now if name not in left_alone and stood[name] != now[name]]
    return {name: now[name] for name in names}, {name: stood[name] for name in names}


def entry_of(change: Change) -> Entry | None:
    """The entry that a line of the record is about; None where it is about a municipality, or a mandate."""
    return cast("Entry | None", change.place or change.support or change.space)


def is_restorable(change: Change) -> bool:
    """Whether a line changed facts that can be set back; not the one that made the entry."""
    made_it = "name" in change.before and change.before["name"] is None
    return change.verb not in NOT_DONE and not made_it and bool(change.before.keys() - OF_PUBLICATION)


@transaction.atomic
def republish(entry: Entry, *, by: User, today: date, reason: str) -> None:
    """Bring an entry back that was archived or rejected. One that had gone up in another stands by itself again; its
    stewards and photographs stay with the other.

    Raises PermissionDenied without a mandate, ValidationError without a reason or where there is nothing to bring back.
    """
    entry = locked(entry)
    require_reviewer(by, entry, today)
    reason = require_words(reason, _("Bitte schreiben Sie, warum."))
    if entry.publication not in (Publication.ARCHIVED, Publication.REJECTED):
        raise ValidationError(_("Dieser Eintrag ist weder abgelehnt noch aus der Öffentlichkeit genommen."))
    with on_record(entry, Verb.PUBLISHED, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
        entry.publication = Publication.PUBLISHED
        entry.merged_into = None
        entry.save(update_fields=["publication", "merged_into", "updated_at"])
    write_to_stewards(entry, "published", reason=reason)


def _restore_municipality(change: Change, by: User, today: date, reason: str) -> None:
    """Said again as it stood, by the verbs that say it: the record shows it as what it is, with the reason."""
    municipality = Municipality.objects.current().filter(ags=change.ags).first()
    if municipality is None or not may_review(by, municipality, today):
        raise PermissionDenied
    reason = require_words(reason, _("Bitte schreiben Sie, warum."))
    _before, facts = _municipal_facts(change)
    if not facts:
        raise ValidationError(_("Der Stand ist schon der von vor dieser Änderung."))
    reason = _("Zurückgesetzt auf den Stand vor dem %(day)s: %(reason)s") % {
        "day": date_format(change.at, "SHORT_DATETIME_FORMAT"),
        "reason": reason,
    }
    if INVENTORY in facts:
        day = facts[INVENTORY] and date.fromisoformat(facts[INVENTORY])
        state_inventory(municipality, by=by, completed_on=day, today=today, reason=reason)
    else:
        ratings = {Condition(name): rating for name, rating in facts.items()}
        rate_conditions(municipality, by=by, ratings=ratings, evidence=reason, today=today)


def _municipal_facts(change: Change) -> tuple[Facts, Facts]:
    """Inventory or conditions, whichever ``change`` is about."""
    municipality = Municipality.objects.current().get(ags=change.ags)
    stood = walked_back(Change.of(municipality).filter(pk__gte=change.pk).order_by("-pk"))
    subject = {INVENTORY} if INVENTORY in change.after else {condition.value for condition in Condition}
    now = {name: getattr(municipality, name) for name in stood if name in subject}
    if now.get(INVENTORY):
        now[INVENTORY] = now[INVENTORY].isoformat()
    names = [name for name in now if now[name] != stood[name]]
    return {name: now[name] for name in names}, {name: stood[name] for name in names}
