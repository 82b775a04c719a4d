"""Two entries that mean the same become one: the other leads to it for ever, and the record of both is kept."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places.facts import OF_PUBLICATION, differences, facts_of, write_facts
from places.models import ENTRY_KINDS, Entry, Photo, Report, Stewardship, Submission, tie
from places.permissions import User
from places.record import locked, on_record
from places.reviewing.deciding import (
    close,
    require_reach,
    require_reviewer,
    require_words,
    write_to_stewards,
)
from places.vocabulary import ActedAs, Publication, SubmissionKind, SubmissionState, Verb


@transaction.atomic
def merge(kept: Entry, duplicate: Entry, *, by: User, reason: str, take: Collection[str], today: date) -> None:
    """Let ``duplicate`` go up in ``kept``, which takes the facts that are named from it, its stewards, photographs,
    open claims and reports. What already went up in ``duplicate`` leads to ``kept`` from now on.

    Raises PermissionDenied without a mandate for both, ValidationError where they cannot be merged so.
    """
    kept, duplicate = _both(kept, duplicate)
    require_reviewer(by, kept, today)
    require_reviewer(by, duplicate, today)
    reason = require_words(reason, _("Bitte schreiben Sie, warum beide dasselbe meinen."))
    refuse_impossible(kept, duplicate)
    differing = differing_facts(kept, duplicate)
    if unknown := set(take) - set(differing):
        raise ValidationError(_("Diese Angaben gibt es nicht zu übernehmen: %s") % ", ".join(sorted(unknown)))
    taken = facts_of(duplicate)

    with on_record(kept, Verb.MERGED, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
        write_facts(kept, {name: taken[name] for name in take})
    require_reach(by, kept, today)
    write_to_stewards(duplicate, "merged", kept=kept, reason=reason)
    with on_record(duplicate, Verb.MERGED, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
        duplicate.publication = Publication.ARCHIVED
        duplicate.merged_into = kept
        duplicate.save(update_fields=["publication", "merged_into", "updated_at"])
    ENTRY_KINDS[kept.entry_kind]._default_manager.filter(merged_into=duplicate.pk).update(merged_into=kept.pk)
    _move(kept, duplicate, by, today)


def refuse_impossible(kept: Entry, duplicate: Entry) -> None:
    """Raise ValidationError where ``duplicate`` cannot go up in ``kept``: say which way it can, if any."""
    if type(kept) is not type(duplicate):
        raise ValidationError(_("Nur Einträge derselben Art lassen sich zusammenführen."))
    if kept.pk == duplicate.pk:
        raise ValidationError(_("Ein Eintrag lässt sich nicht mit sich selbst zusammenführen."))
    if kept.merged_into or duplicate.merged_into:
        raise ValidationError(_("Einer der beiden ist schon in einem anderen Eintrag aufgegangen."))
    if Publication.DRAFT in (kept.publication, duplicate.publication):
        raise ValidationError(_("Einer der beiden ist noch ein Entwurf: Seine E-Mail-Adresse ist nicht bestätigt."))
    if kept.publication not in (Publication.PUBLISHED, Publication.SUBMITTED):
        raise ValidationError(_("Bleiben kann nur ein Eintrag, der veröffentlicht ist oder auf Prüfung wartet."))
    if duplicate.is_published and not kept.is_published:
        raise ValidationError(_("Bleiben muss der veröffentlichte Eintrag: Auf ihn zeigen schon Links."))


def differing_facts(kept: Entry, duplicate: Entry) -> list[str]:
    """The names of the facts in which the two differ and that can be taken over."""
    _before, after = differences(facts_of(kept), facts_of(duplicate))
    return [name for name in after if name not in OF_PUBLICATION]


def _both(kept: Entry, duplicate: Entry) -> tuple[Entry, Entry]:
    """Both as they stand now, held in the order of their ids, so that two who merge at once do not wait for ever."""
    if type(kept) is not type(duplicate) or kept.pk == duplicate.pk:
        return kept, duplicate  # refused later, in words
    if kept.pk < duplicate.pk:
        kept = locked(kept)
        return kept, locked(duplicate)
    duplicate = locked(duplicate)
    return locked(kept), duplicate


def _move(kept: Entry, duplicate: Entry, by: User, today: date) -> None:
    """What belongs to ``duplicate`` belongs to ``kept`` now; what waited for a decision about it is decided by this."""
    there = {duplicate.entry_kind: kept.pk}
    already = Stewardship.of(kept).values("user")
    Stewardship.of(duplicate).filter(user__in=already).delete()
    for model in (Stewardship, Photo, Report):
        model.of(duplicate).update(**there)
    opened = Submission.objects.open().filter(**tie(duplicate))
    opened.filter(kind=SubmissionKind.CLAIM).update(**there)
    note = _("Zusammengeführt mit „%s“.") % kept.name
    for submission in opened.exclude(kind=SubmissionKind.CLAIM).select_for_update(of=("self",)):
        close(submission, SubmissionState.ACCEPTED, by=by, today=today, reason=note)
