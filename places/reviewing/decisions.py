"""What a reviewer decides of entries: submissions, reports, confirming, taking out. Each verb checks, changes, records
and writes letters in one transaction. Merging: merging.py, restoring: restoring.py, municipalities: municipal.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places import letters
from places.duplicates import likely_duplicates
from places.facts import Facts, actors_of, as_json, write_facts
from places.models import ENTRY_KINDS, Entry, Place, Report, Stewardship, Submission, Support, tie
from places.permissions import User, is_steward, may_review
from places.record import locked, on_record, write_change
from places.reviewing.deciding import (
    OutdatedError,
    close,
    held,
    require_reach,
    require_reviewer,
    require_unchanged,
    require_words,
    write_to_stewards,
)
from places.vocabulary import ActedAs, Publication, SubmissionKind, SubmissionState, Verb


@dataclass(frozen=True)
class Outcome:
    """What became of one of several: published, or why not."""

    submission: Submission
    obstacle: str

    @property
    def is_published(self) -> bool:
        return not self.obstacle


@transaction.atomic
def publish(submission: Submission, *, by: User, today: date, reason: str = "", seen: int | None = None) -> None:
    """Accept what was submitted: a new entry becomes public, a change is applied to the entry as it stands now,
    somebody who asked to look after it does. ``seen``: the last line of the record that ``by`` had read.

    Raises PermissionDenied without a mandate (a claim may be accepted by a fellow steward too), OutdatedError where
    the entry changed since ``seen`` or somebody has decided, ValidationError where the change cannot be applied.
    """
    current, entry = held(submission)
    reviews = may_review(by, entry.municipality, today)
    if not reviews and not (current.kind == SubmissionKind.CLAIM and is_steward(by, entry)):
        raise PermissionDenied
    require_unchanged(entry, seen)
    if current.kind == SubmissionKind.REGISTRATION:
        _publish_entry(entry, by, reason)
    elif current.kind == SubmissionKind.CHANGE:
        _apply(current, entry, by, today, reason)
    else:
        _let_in(current, entry, by, ActedAs.REVIEWER if reviews else ActedAs.STEWARD, today, reason)
    close(current, SubmissionState.ACCEPTED, by=by, today=today, reason=reason.strip())


@transaction.atomic
def ask_back(submission: Submission, *, by: User, question: str, today: date) -> None:
    """Ask those who submitted; it waits for them now.

    Raises PermissionDenied without a mandate, ValidationError without a question, OutdatedError once decided.
    """
    current, entry = held(submission)
    require_reviewer(by, entry, today)
    question = require_words(question, _("Bitte schreiben Sie Ihre Frage."))
    current.state = SubmissionState.ASKED_BACK
    current.reason = question
    current.save(update_fields=["state", "reason"])
    write_change(entry, Verb.ASKED_BACK, by=by, acted_as=ActedAs.REVIEWER, reason=question)
    _answer(current, entry, "asked_back", question=question)


@transaction.atomic
def reject(submission: Submission, *, by: User, reason: str, today: date) -> None:
    """Decline what was submitted; the entry of a registration stays invisible, everything else stays as it is.

    Raises PermissionDenied without a mandate, ValidationError without a reason, OutdatedError once decided.
    """
    current, entry = held(submission)
    require_reviewer(by, entry, today)
    reason = require_words(reason, _("Bitte schreiben Sie, warum. Die Begründung geht an die Betreuenden."))
    if current.kind == SubmissionKind.REGISTRATION:
        with on_record(entry, Verb.REJECTED, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
            entry.publication = Publication.REJECTED
            entry.save(update_fields=["publication", "updated_at"])
    else:
        write_change(entry, Verb.REJECTED, by=by, acted_as=ActedAs.REVIEWER, reason=reason)
    close(current, SubmissionState.REJECTED, by=by, today=today, reason=reason)
    _answer(current, entry, "claim_rejected" if current.kind == SubmissionKind.CLAIM else "rejected", reason=reason)


def publish_several(submissions: Iterable[Submission], *, by: User, today: date) -> list[Outcome]:
    """Publish those that nobody needs to look at closely, each in a transaction of its own; say why not the others."""
    return [Outcome(submission, _publish_safely(submission, by, today)) for submission in submissions]


def conflicts(submission: Submission, entry: Entry) -> list[str]:
    """The proposed facts that have changed in the published state since they were proposed."""
    now = _facts_now(entry, submission.values)
    return [name for name in submission.values if now[name] != submission.base.get(name)]


def obstacle(submission: Submission, entry: Entry) -> str:
    """Why this one should be looked at before it is published, in words; "" where it can go with several.

    Likely duplicates are not looked for here: ``publish_several`` and the queue do, in their own ways.
    """
    if submission.state != SubmissionState.WAITING:
        return _("eine Rückfrage ist offen")
    if submission.kind == SubmissionKind.CLAIM:
        return _("wer betreuen darf, entscheiden Sie einzeln")
    if conflicts(submission, entry):
        return _("der Eintrag hat sich seit dem Vorschlag geändert")
    return ""


@transaction.atomic
def confirm_entry(entry: Entry, *, by: User, today: date) -> None:
    """Say that a published entry that nobody looks after is still there and as described.

    Raises PermissionDenied without a mandate, ValidationError where somebody looks after it or it is not public.
    """
    entry = locked(entry)
    require_reviewer(by, entry, today)
    if not entry.is_published:
        raise ValidationError(_("Nur veröffentlichte Einträge werden bestätigt."))
    if Stewardship.of(entry).exists():
        raise ValidationError(_("Diesen Eintrag betreut jemand; die jährliche Frage geht dorthin."))
    with on_record(entry, Verb.CONFIRMED, by=by, acted_as=ActedAs.REVIEWER):
        entry.confirmed_on = today
        entry.save(update_fields=["confirmed_on", "updated_at"])


@transaction.atomic
def archive(entry: Entry, *, by: User, reason: str, today: date) -> None:
    """Take a published entry out of the public; it stays on record and can be brought back.

    Raises PermissionDenied without a mandate, ValidationError without a reason or where it is not public.
    """
    entry = locked(entry)
    require_reviewer(by, entry, today)
    reason = require_words(reason, _("Bitte schreiben Sie, warum. Die Begründung geht an die Betreuenden."))
    if not entry.is_published:
        raise ValidationError(_("Dieser Eintrag ist nicht veröffentlicht."))
    with on_record(entry, Verb.ARCHIVED, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
        entry.publication = Publication.ARCHIVED
        entry.save(update_fields=["publication", "updated_at"])
    for submission in Submission.objects.open().filter(**tie(entry)).select_for_update(of=("self",)):
        close(submission, SubmissionState.REJECTED, by=by, today=today, reason=reason)
        if submission.kind == SubmissionKind.CLAIM:
            _answer(submission, entry, "claim_rejected", reason=reason)
    write_to_stewards(entry, "archived", reason=reason)


@transaction.atomic
def handle_report(report: Report, *, by: User, outcome: str, today: date) -> None:
    """Close a report with what became of it. Whoever left an address reads it there; then the address is forgotten.

    Raises PermissionDenied without a mandate, ValidationError without an outcome, OutdatedError once handled.
    """
    entry = locked(report.entry)
    require_reviewer(by, entry, today)
    current = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if current.handled_on is not None:
        raise OutdatedError(_("Diese Meldung ist schon bearbeitet."))
    outcome = require_words(outcome, _("Bitte schreiben Sie, was daraus wurde."))
    if current.email:
        letters.write("report_answer", current.email, entry=entry, report=current, outcome=outcome)
    current.email = ""
    current.handled_on = today
    current.handled_by_id = by.pk
    current.outcome = outcome
    current.save(update_fields=["email", "handled_on", "handled_by", "outcome"])
    write_change(entry, Verb.HANDLED_REPORT, by=by, acted_as=ActedAs.REVIEWER, reason=outcome)


def _publish_entry(entry: Entry, by: User, reason: str) -> None:
    with on_record(entry, Verb.PUBLISHED, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
        entry.publication = Publication.PUBLISHED
        entry.save(update_fields=["publication", "updated_at"])
    write_to_stewards(entry, "published", reason=reason.strip())


def _apply(submission: Submission, entry: Entry, by: User, today: date, reason: str) -> None:
    with on_record(entry, Verb.ACCEPTED_CHANGE, by=by, acted_as=ActedAs.REVIEWER, reason=reason):
        write_facts(entry, submission.values)
    require_reach(by, entry, today)
    write_to_stewards(entry, "change_accepted", reason=reason.strip())


def _let_in(submission: Submission, entry: Entry, by: User, acted_as: ActedAs, today: date, reason: str) -> None:
    if submission.user is None:
        raise ValidationError(_("Das Konto, das betreuen wollte, gibt es nicht mehr. Bitte lehnen Sie ab."))
    Stewardship.of(entry).get_or_create(user=submission.user, defaults={"since": today, **tie(entry)})
    write_change(entry, Verb.JOINED, by=by, acted_as=acted_as, reason=reason)
    letters.write_to(submission.user, "claim_accepted", entry=entry, reason=reason.strip())


def _answer(submission: Submission, entry: Entry, letter: str, **context: Any) -> None:
    """To whoever asked to look after an entry; a new entry and a change concern everybody who looks after it."""
    if submission.kind != SubmissionKind.CLAIM:
        write_to_stewards(entry, letter, submission=submission, **context)
    elif submission.user is not None:
        letters.write_to(submission.user, letter, entry=entry, submission=submission, **context)


def _publish_safely(submission: Submission, by: User, today: date) -> str:
    """Why it was not published, or ""."""
    try:
        with transaction.atomic():
            current, entry = held(submission)
            require_reviewer(by, entry, today)
            if found := obstacle(current, entry) or _duplicates_of(current, entry):
                return found
            publish(current, by=by, today=today)
    except PermissionDenied:
        return _("Dafür haben Sie keinen Prüfauftrag.")
    except OutdatedError as error:
        return str(error)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _duplicates_of(submission: Submission, entry: Entry) -> str:
    if submission.kind != SubmissionKind.REGISTRATION:
        return ""
    ags = entry.municipality.ags if entry.municipality else ""
    found = likely_duplicates(
        ENTRY_KINDS[entry.entry_kind],
        name=entry.name,
        location=entry.location,
        municipality_ags=ags,
        exclude=entry.pk,
        limit=1,
    )
    return _("vielleicht ist er schon eingetragen") if found else ""


def _facts_now(entry: Entry, names: Iterable[str]) -> Facts:
    """Only the facts that are named: a list must not read the actors of every place."""
    facts: Facts = {}
    for name in names:
        if name == "actors" and isinstance(entry, Place):
            facts[name] = actors_of(entry)
        elif name == "areas" and isinstance(entry, Support):
            facts[name] = sorted(entry.areas.values_list("area", flat=True))
        else:
            field: Any = entry._meta.get_field(name)
            facts[name] = as_json(field.value_from_object(entry))
    return facts
