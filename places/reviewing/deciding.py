"""What all decisions of a reviewer share: held rows, conflicts, closing what was submitted, letters to stewards."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from places.care.edits import latest_change
from places.facts import without_names
from places.letters import write_to
from places.models import Entry, Submission
from places.permissions import User, may_review
from places.record import locked
from places.vocabulary import SubmissionState


class OutdatedError(Exception):
    """Somebody acted in the meantime: whoever decides has to look again first. The message says so."""


def require_unchanged(entry: Entry, seen: int | None) -> None:
    """Raise OutdatedError where the record has gone on since line ``seen``; None does not ask."""
    if seen is not None and latest_change(entry) != seen:
        raise OutdatedError(_("Der Eintrag hat sich inzwischen geändert. Bitte sehen Sie noch einmal hin."))


def require_reviewer(by: User, entry: Entry, today: date) -> None:
    """Raise PermissionDenied for whoever has no mandate where ``entry`` lies."""
    if not may_review(by, entry.municipality, today):
        raise PermissionDenied


def require_reach(by: User, entry: Entry, today: date) -> None:
    """Raise ValidationError where ``entry``, moved by its new location, has left what ``by`` may review."""
    if not may_review(by, entry.municipality, today):
        raise ValidationError(
            _("Die neue Lage gehört zu %s. Dort haben Sie keinen Prüfauftrag; entscheiden kann nur, wer beide hat.")
            % entry.municipality
        )


def require_words(text: str, otherwise: str) -> str:
    """``text`` without blanks around it. Raises ValidationError with ``otherwise`` where nothing is left."""
    if not text.strip():
        raise ValidationError(otherwise)
    return text.strip()


def held(submission: Submission) -> tuple[Submission, Entry]:
    """A submission that is not decided yet, and its entry, both as they stand now and held until the end of the
    transaction. Raises OutdatedError where it has been decided or withdrawn."""
    entry = locked(submission.entry)
    current = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    if current.state not in (SubmissionState.WAITING, SubmissionState.ASKED_BACK):
        raise OutdatedError(_("Hierüber ist schon entschieden."))
    return current, entry


def close(submission: Submission, state: SubmissionState, *, by: User, today: date, reason: str) -> None:
    """Store what was decided, when, by whom and why; persons are named only while it waits."""
    submission.state = state
    submission.decided_on = today
    submission.decided_by_id = by.pk
    submission.reason = reason
    submission.values, submission.base = without_names(submission.values), without_names(submission.base)
    submission.save(update_fields=["state", "decided_on", "decided_by", "reason", "values", "base"])


def write_to_stewards(entry: Entry, letter: str, **context: Any) -> None:
    """The letter of this name to everybody who looks after ``entry``."""
    for user in get_user_model().objects.filter(**{f"stewardships__{entry.entry_kind}": entry.pk}):
        write_to(user, letter, entry=entry, **context)
