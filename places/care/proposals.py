"""Open submissions of an entry, and how a change of reviewed facts is proposed. Deciding: reviewing/decisions.py."""

from datetime import date

from places.facts import Facts, facts_of, without_names
from places.models import Entry, Submission, tie
from places.permissions import User
from places.record import write_change
from places.vocabulary import ActedAs, SubmissionKind, SubmissionState, Verb


def open_submission(entry: Entry) -> Submission | None:
    """The registration or the change of ``entry`` that is not decided yet; there is one at most."""
    kinds = (SubmissionKind.REGISTRATION, SubmissionKind.CHANGE)
    return Submission.objects.open().filter(kind__in=kinds, **tie(entry)).first()


def open_proposal(entry: Entry) -> Submission | None:
    """The change of a published entry that is not decided yet."""
    found = open_submission(entry)
    return found if found is not None and found.kind == SubmissionKind.CHANGE else None


def propose(
    entry: Entry, facts: Facts, *, by: User | None, acted_as: ActedAs, today: date, message: str = ""
) -> Submission | None:
    """Put ``facts`` before the reviewers, together with what of the entry waits already; the entry must be locked.

    What is proposed as it stands is no proposal: where nothing else is left the open one is withdrawn, and None comes
    back. Whoever improves a waiting proposal keeps the place in the queue; an answered question starts anew.

    The line of the record says from what to what it would go: of the whole proposal, though nothing has changed yet.
    """
    live, found = facts_of(entry), open_proposal(entry)
    wanted = (found.values if found else {}) | facts
    wanted = {name: value for name, value in wanted.items() if value != live.get(name)}
    if not wanted:
        if found:
            close(found, by=by, acted_as=acted_as, today=today)
        return None
    if found and wanted == found.values and not message:
        return found
    proposal = found or Submission(kind=SubmissionKind.CHANGE, **tie(entry))
    proposal.base = {
        name: proposal.base[name] if proposal.values.get(name) == value and name in proposal.base else live.get(name)
        for name, value in wanted.items()
    }
    proposal.values = wanted
    was_waiting = proposal.state == SubmissionState.WAITING
    if not was_waiting:
        proposal.state, proposal.waiting_since = SubmissionState.WAITING, today
    proposal.message = one_more_word(proposal, message) if was_waiting else message or proposal.message
    if by is not None:
        proposal.user_id = by.pk
    proposal.save()
    before = {name: live.get(name) for name in wanted}
    write_change(entry, Verb.PROPOSED, by=by, acted_as=acted_as, reason=message, before=before, after=wanted)
    return proposal


def one_more_word(submission: Submission, message: str) -> str:
    """What is said to the reviewers, after what they may not have read yet."""
    return "\n\n".join(filter(None, (submission.message, message)))


def close(submission: Submission, *, by: User | None, acted_as: ActedAs, today: date) -> None:
    """Take an open submission back, on record."""
    mark_withdrawn(submission, today)
    write_change(submission.entry, Verb.WITHDREW, by=by, acted_as=acted_as)


def mark_withdrawn(submission: Submission, today: date) -> None:
    """Let an open submission be withdrawn, where another line of the record says so."""
    submission.state, submission.decided_on = SubmissionState.WITHDRAWN, today
    submission.values, submission.base = without_names(submission.values), without_names(submission.base)
    submission.save(update_fields=["state", "decided_on", "values", "base"])
