"""What whoever looks after an entry does with it: change, confirm, answer, take back. Reviewers change here too.

Who joins and leaves: invitations.py. Held against what others changed: edits.py. What waits: proposals.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places.care.edits import Sight, latest_change, my_changes
from places.care.proposals import close, mark_withdrawn, one_more_word, open_proposal, open_submission, propose
from places.fact_checks import check_facts
from places.facts import Facts, write_facts
from places.locating import municipality_at
from places.models import Entry, Question, Submission
from places.permissions import User, is_steward, may_edit, may_review
from places.record import locked, on_record, write_change
from places.vocabulary import ActedAs, Answer, Publication, Status, SubmissionKind, SubmissionState, Verb

UNPUBLISHED = (Publication.DRAFT, Publication.SUBMITTED)
# What somebody may say of an entry that is there: "planned" is for registering.
CHOSEN_STATUSES = (Status.ACTIVE, Status.DORMANT, Status.CLOSED)


@dataclass(frozen=True)
class Outcome:
    """What became of a change: the names of the facts that are live, and what waits for the reviewers."""

    live: tuple[str, ...]
    waiting: Submission | None = None
    taken_back: bool = False  # an open proposal proposed nothing any more
    replied: bool = False


@transaction.atomic
def update_entry(
    entry: Entry,
    *,
    by: User,
    facts: Facts,
    seen: int,
    today: date,
    message: str = "",
    seen_proposal: int | None = None,
    decided: Mapping[str, int] | None = None,
    with_mandate: bool = True,
) -> Outcome:
    """Change ``facts`` of an entry as somebody who saw it after the change ``seen`` (0 before any).

    A steward's reviewed facts of a published entry go to review, all else is live at once; so is everything of a
    reviewer, and of an entry that is not published yet. ``message`` is for the reviewers and answers their question;
    of a reviewer it is the reason. Facts that are left as they were seen are left as they are. ``seen_proposal`` and
    ``decided``: see edits.Sight. Not ``with_mandate`` (a key to the API): a steward, whatever else somebody may.

    Raises PermissionDenied, ConflictError (nothing is written), ValidationError for an impossible fact or an entry
    that is not looked after any more.
    """
    acted_as = acting(by, entry, today) if with_mandate else _as_steward(by, entry)
    entry = locked(entry)
    _must_be_looked_after(entry)
    by_reviewer = acted_as == ActedAs.REVIEWER
    in_parts = entry.is_published and not by_reviewer
    sight = Sight(seen, seen_proposal, decided or {})
    mine = my_changes(entry, facts, sight, with_proposal=in_parts)
    check_facts(entry, mine)
    if by_reviewer:
        _must_stay_in_the_mandate(by, mine, today)
    waiting = {name: value for name, value in mine.items() if in_parts and name in entry.reviewed_facts}
    live = {name: value for name, value in mine.items() if name not in waiting}
    # What is said belongs to what waits, if anything does; else it is why the change was made.
    submission = None if by_reviewer else open_submission(entry)
    reason = "" if waiting or submission else message
    if live:
        with on_record(entry, Verb.UPDATED, by=by, acted_as=acted_as, reason=reason, even_without_change=False):
            write_facts(entry, live)
    message = message.strip()
    replied = bool(message) and submission is not None and submission.state == SubmissionState.ASKED_BACK
    if waiting:
        proposal = propose(entry, waiting, by=by, acted_as=acted_as, today=today, message=message)
        return Outcome(tuple(live), proposal, taken_back=proposal is None, replied=replied and proposal is not None)
    if submission is not None and message:
        _say(submission, message, by=by, today=today)
    return Outcome(tuple(live), replied=replied)


@transaction.atomic
def reply(submission: Submission, *, by: User, message: str, today: date) -> None:
    """Answer the reviewers' question: it waits again, from today.

    Raises PermissionDenied for anybody but a steward (or, of a claim, whoever made it), ValidationError without a
    message, and where nothing is asked.
    """
    submission = _held(submission)
    _must_speak_for(by, submission)
    if not message.strip():
        raise ValidationError(_("Bitte schreiben Sie eine Antwort."))
    if submission.state != SubmissionState.ASKED_BACK:
        raise ValidationError(_("Auf diese Rückfrage ist schon geantwortet worden."))
    _say(submission, message.strip(), by=by, today=today)


def _say(submission: Submission, message: str, *, by: User, today: date) -> None:
    """Say something to the reviewers: the answer where they asked, else one more word."""
    asked = submission.state == SubmissionState.ASKED_BACK
    submission.message = message if asked else one_more_word(submission, message)
    if asked:
        submission.state, submission.waiting_since = SubmissionState.WAITING, today
    submission.save(update_fields=["state", "waiting_since", "message"])
    verb = Verb.REPLIED if asked else Verb.SUBMITTED
    acted_as = ActedAs.VISITOR if submission.kind == SubmissionKind.CLAIM else ActedAs.STEWARD
    write_change(submission.entry, verb, by=by, acted_as=acted_as, reason=message)


@transaction.atomic
def change_status(entry: Entry, status: str, *, by: User, today: date, message: str = "") -> Outcome:
    """Say that an entry is dormant, closed, or active again: of a place a proposal, else live at once.

    Raises PermissionDenied; ValidationError for another status.
    """
    if status not in CHOSEN_STATUSES:
        raise ValidationError(_("Diesen Zustand gibt es hier nicht."))
    seen = latest_change(entry)
    return update_entry(entry, by=by, facts={"status": status}, seen=seen, today=today, message=message)


@transaction.atomic
def confirm(entry: Entry, *, by: User, today: date) -> None:
    """Say that all is as before, without being asked; an open question of the year is answered by it.

    Raises PermissionDenied for anybody but a steward, ValidationError for what is not public.
    """
    entry = _of_steward(entry, by)
    if not entry.is_published:
        raise ValidationError(_("Bestätigt werden kann nur, was veröffentlicht ist."))
    with on_record(entry, Verb.CONFIRMED, by=by, acted_as=ActedAs.STEWARD):
        entry.confirmed_on = today
        entry.save(update_fields=["confirmed_on", "updated_at"])
    Question.of(entry).filter(answer="").update(answer=Answer.STILL_THERE, answered_on=today)


@transaction.atomic
def withdraw(submission: Submission, *, by: User, today: date) -> None:
    """Take back what is not decided yet: a proposal, a claim, or a registration, whose entry is archived with it.

    Raises PermissionDenied for anybody but a steward (or, of a claim, whoever made it), ValidationError where it is
    decided already.
    """
    submission = _held(submission)
    _must_speak_for(by, submission)
    if submission.state not in (SubmissionState.WAITING, SubmissionState.ASKED_BACK):
        raise ValidationError(_("Darüber ist schon entschieden."))
    acted_as = ActedAs.VISITOR if submission.kind == SubmissionKind.CLAIM else ActedAs.STEWARD
    if submission.kind == SubmissionKind.REGISTRATION:
        mark_withdrawn(submission, today)
        _archive(submission.entry, Verb.WITHDREW, by=by)
    else:
        close(submission, by=by, acted_as=acted_as, today=today)


@transaction.atomic
def take_down(entry: Entry, *, by: User, today: date, reason: str) -> None:
    """Take a published entry out of the public; what of it waits is withdrawn. Reviewers can bring it back.

    Raises PermissionDenied for anybody but a steward, ValidationError without a reason, and for what is not public.
    """
    entry = _of_steward(entry, by)
    if not entry.is_published:
        raise ValidationError(_("Dieser Eintrag ist nicht öffentlich."))
    if not reason.strip():
        raise ValidationError(_("Bitte nennen Sie einen Grund."))
    if proposal := open_proposal(entry):
        close(proposal, by=by, acted_as=ActedAs.STEWARD, today=today)
    _archive(entry, Verb.ARCHIVED, by=by, reason=reason)


def _archive(entry: Entry, verb: Verb, *, by: User, reason: str = "") -> None:
    with on_record(entry, verb, by=by, acted_as=ActedAs.STEWARD, reason=reason):
        entry.publication = Publication.ARCHIVED
        entry.save(update_fields=["publication", "updated_at"])


def acting(by: User, entry: Entry, today: date) -> ActedAs:
    """As whom somebody changes an entry: a steward with a mandate for it acts as its reviewer.

    Raises PermissionDenied for everybody else.
    """
    if not may_edit(by, entry, today):
        raise PermissionDenied
    return ActedAs.REVIEWER if may_review(by, entry.municipality, today) else ActedAs.STEWARD


def _as_steward(by: User, entry: Entry) -> ActedAs:
    if not is_steward(by, entry):
        raise PermissionDenied
    return ActedAs.STEWARD


def _of_steward(entry: Entry, by: User) -> Entry:
    _as_steward(by, entry)
    return locked(entry)


def _held(submission: Submission) -> Submission:
    """It as it stands now, its entry held before it, as all verbs do."""
    locked(submission.entry)
    return Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)


def _must_speak_for(by: User, submission: Submission) -> None:
    if submission.kind == SubmissionKind.CLAIM:
        allowed = by.is_authenticated and submission.user_id == by.pk
    else:
        allowed = is_steward(by, submission.entry)
    if not allowed:
        raise PermissionDenied


def _must_be_looked_after(entry: Entry) -> None:
    if not entry.is_published and entry.publication not in UNPUBLISHED:
        raise ValidationError(_("Dieser Eintrag ist nicht mehr in Bearbeitung."))


def _must_stay_in_the_mandate(by: User, facts: Facts, today: date) -> None:
    if "location" in facts and not may_review(by, municipality_at(*facts["location"]), today):
        raise ValidationError({"location": _("Die neue Lage liegt außerhalb Ihres Prüfauftrags.")})
