"""Registering an entry without an account, and asking to look after one: draft, sending, proof of the address.

What is asked: entry_forms. Who decides then: reviewing. Who looks after it afterwards: care.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from places import letters
from places.accounts import account_for
from places.duplicates import Duplicate, likely_duplicates
from places.entry_forms import SUBJECTS, LocationForm, SubjectForm, as_posted, merge_actors
from places.fact_checks import check_facts
from places.facts import Facts, facts_of, write_facts
from places.models import ENTRY_KINDS, Draft, Entry, Stewardship, Submission, tie
from places.permissions import User, is_steward
from places.record import locked, write_change
from places.registering.next_steps import next_steps
from places.vocabulary import ActedAs, Publication, SubmissionKind, SubmissionState, Verb

# Stored with the entry and exported: in the language of the inventory.
SOURCE = "Angaben der Gruppe vor Ort"
MIDDLE_OF_MUNICIPALITY = "Die Lage ist ungefähr: Mitte der Gemeinde."
LONGEST_ANSWER = 10_000  # letters that a draft keeps of one answer
DAYS_TO_CONFIRM = 30
OPEN_TO_CLAIMS = (Publication.SUBMITTED, Publication.PUBLISHED)

_CONFIRM, _SENT = "places.registering.registration.confirm", "places.registering.registration.sent"


def start_draft(kind: str) -> Draft:
    """An empty draft of a place, a support structure or a space. Whoever has its key has the draft."""
    return Draft.objects.create(entry_kind=kind)


def save_answers(draft: Draft, answers: Mapping[str, Any]) -> None:
    """Keep answers as they were typed, beside those already there."""
    with transaction.atomic():
        current = Draft.objects.select_for_update().get(pk=draft.pk)
        current.answers |= {name: _cut(value) for name, value in answers.items()}
        current.save(update_fields=["answers", "updated_at"])
    draft.answers = current.answers


def answered_forms(draft: Draft) -> dict[str, SubjectForm]:
    """Each form of the questionnaire, bound to what is in the draft: some may not be valid yet."""
    return {key: form(as_posted(draft.answers)) for key, form in SUBJECTS[draft.entry_kind].items()}


def facts_together(forms: Mapping[str, SubjectForm]) -> Facts:
    """The facts of valid forms; an actor named in two of them is one."""
    told: Facts = {}
    actors: list[Facts] = []
    for form in forms.values():
        facts = form.facts()
        actors += facts.pop("actors", [])
        told |= facts
    if actors:
        told["actors"] = merge_actors(actors)
    return told


@transaction.atomic
def submit(
    draft: Draft, *, today: date, language: str, email: str = "", message: str = "", by: User | None = None
) -> Submission:
    """Turn the draft into an entry that waits for its address to be confirmed; signed in, for a reviewer at once.

    Raises ValidationError where an answer is missing or wrong, or the address is none; Draft.DoesNotExist where it
    was sent already.
    """
    draft = Draft.objects.select_for_update().get(pk=draft.pk)
    forms = answered_forms(draft)
    wrong = {key: [str(form.title)] for key, form in forms.items() if not form.is_valid()}
    if wrong:
        raise ValidationError(wrong)
    where = forms["wo"]
    roughly = MIDDLE_OF_MUNICIPALITY if isinstance(where, LocationForm) and where.is_approximate else ""
    message = "\n\n".join(filter(None, (message.strip(), roughly)))
    draft.delete()
    facts = facts_together(forms)
    return register(draft.entry_kind, facts, today=today, language=language, email=email, message=message, by=by)


@transaction.atomic
def register(
    kind: str,
    facts: Facts,
    *,
    today: date,
    language: str,
    email: str = "",
    message: str = "",
    by: User | None = None,
) -> Submission:
    """A new entry with these facts, which waits as one that was sent with the questionnaire does.

    Raises ValidationError by the name of each fact that cannot be stored, or where the address is none.
    """
    entry = ENTRY_KINDS[kind](publication=Publication.DRAFT, source=SOURCE)
    check_facts(entry, facts)
    write_facts(entry, facts)
    message = message.strip()
    return _send(entry, SubmissionKind.REGISTRATION, today, language=language, email=email, message=message, by=by)


def similar_entries(kind: str, *, name: str, location: Point | None, municipality_ags: str = "") -> list[Duplicate]:
    """Entries, public or waiting to be, that may be the one somebody is about to register, the likeliest first."""
    return likely_duplicates(
        ENTRY_KINDS[kind],
        name=name,
        location=location,
        municipality_ags=municipality_ags,
        publications=OPEN_TO_CLAIMS,
    )


@transaction.atomic
def claim(
    entry: Entry, *, today: date, language: str, email: str = "", message: str = "", by: User | None = None
) -> Submission:
    """Ask to look after an entry, published or waiting to be.

    Raises ValidationError where the entry is not open to it, somebody signed in looks after it already or has asked
    already, or the address is none.
    """
    entry = locked(entry)
    if entry.publication not in OPEN_TO_CLAIMS or entry.merged_into is not None:
        raise ValidationError(_("Für diesen Eintrag kann sich niemand melden."))
    if by is not None and by.is_authenticated and _is_known_there(by, entry):
        raise ValidationError(_("Sie betreuen diesen Eintrag schon, oder Sie haben sich schon dafür gemeldet."))
    return _send(entry, SubmissionKind.CLAIM, today, language=language, email=email, message=message.strip(), by=by)


@transaction.atomic
def confirm_address(submission: Submission, *, today: date) -> Submission:
    """Take the address as proved: its account looks after the new entry, and reviewers have it before them.

    Of a claim, only the reviewers have it before them. Confirming again changes nothing.
    """
    held = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    if held.state == SubmissionState.UNCONFIRMED:
        _put_before_reviewers(held, account_for(held.email, held.language), today)
    return held


@transaction.atomic
def correct_address(submission: Submission, email: str) -> None:
    """Write to another address; the link in the earlier letter no longer holds. Raises ValidationError: no address."""
    _check_address(email)
    held = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    if held.state == SubmissionState.UNCONFIRMED:
        held.email = email.strip()
        held.save(update_fields=["email"])
        _ask_for_proof(held)


def resend(submission: Submission) -> None:
    """Write the letter with the link again, unless the address is confirmed."""
    if submission.state == SubmissionState.UNCONFIRMED:
        _ask_for_proof(submission)


def send_draft_link(draft: Draft, email: str, language: str) -> None:
    """Send the link to a draft to somebody who wants to go on later; the address is not kept."""
    _check_address(email)
    letters.write("draft_link", email.strip(), language=language, draft=draft)


# --- Links that only the person has ------------------------------------------------------------------------------


def confirmation_token(submission: Submission) -> str:
    """What the letter's link ends with: it holds for this submission and this address."""
    return signing.dumps([submission.pk, _fingerprint(submission)], salt=_CONFIRM)


def submission_to_confirm(token: str) -> Submission | None:
    """The submission of a link in a letter; None where the link is too old, not ours, or the address has changed."""
    found = _read(token, _CONFIRM, DAYS_TO_CONFIRM)
    if found is None:
        return None
    submission = Submission.objects.with_entries().filter(pk=found[0]).first()
    if submission is None or submission.state != SubmissionState.UNCONFIRMED:
        return submission
    return submission if constant_time_compare(found[1], _fingerprint(submission)) else None


def sent_token(submission: Submission) -> str:
    """What the address of the page after sending ends with."""
    return signing.dumps([submission.pk], salt=_SENT)


def submission_sent(token: str) -> Submission | None:
    """The submission of the page after sending."""
    found = _read(token, _SENT, DAYS_TO_CONFIRM)
    return Submission.objects.with_entries().filter(pk=found[0]).first() if found else None


def _read(token: str, salt: str, days: int) -> list[Any] | None:
    try:
        found: list[Any] = signing.loads(token, salt=salt, max_age=days * 24 * 3600)
    except signing.BadSignature:
        return None
    return found


def _fingerprint(submission: Submission) -> str:
    return salted_hmac(_CONFIRM, submission.email.lower()).hexdigest()[:16]


# --- What the verbs share --------------------------------------------------------------------------------------------


def _send(
    entry: Entry, kind: SubmissionKind, today: date, *, language: str, email: str, message: str, by: User | None
) -> Submission:
    signed_in = by is not None and by.is_authenticated
    if not signed_in:
        _check_address(email)
    submission = Submission.objects.create(
        kind=kind, email="" if signed_in else email.strip(), language=language, message=message, **tie(entry)
    )
    if by is not None and signed_in:
        _put_before_reviewers(submission, by, today)
    else:
        _ask_for_proof(submission)
    return submission


def _ask_for_proof(submission: Submission) -> None:
    letters.write(
        "confirm_address",
        submission.email,
        language=submission.language,
        submission=submission,
        entry=submission.entry,
        link=letters.address_of("confirm_address", confirmation_token(submission)),
        days=DAYS_TO_CONFIRM,
    )


def _put_before_reviewers(submission: Submission, user: User, today: date) -> None:
    entry = locked(submission.entry)
    submission.user_id, submission.email = user.pk, ""
    if submission.kind == SubmissionKind.CLAIM and _is_known_there(user, entry):
        submission.state, submission.decided_on = SubmissionState.WITHDRAWN, today
        submission.save()
        return
    submission.state, submission.waiting_since = SubmissionState.WAITING, today
    submission.save()
    if submission.kind == SubmissionKind.CLAIM:
        write_change(entry, Verb.CLAIMED, by=user, acted_as=ActedAs.VISITOR)
    else:
        Stewardship.objects.create(user_id=int(user.pk or 0), since=today, **tie(entry))
        entry.publication, entry.confirmed_on = Publication.SUBMITTED, today
        entry.save(update_fields=["publication", "confirmed_on", "updated_at"])
        write_change(entry, Verb.REGISTERED, by=user, acted_as=ActedAs.STEWARD, after=facts_of(entry))
    told = next_steps(entry, today)
    letters.write_to(user, "received", submission=submission, entry=entry, **told)  # type: ignore[arg-type]


def _is_known_there(user: User, entry: Entry) -> bool:
    """Whether somebody looks after ``entry`` already, or asked to and waits for the answer."""
    asked = Submission.objects.open().filter(kind=SubmissionKind.CLAIM, user=user.pk, **tie(entry))
    return is_steward(user, entry) or asked.exists()


def _check_address(email: str) -> None:
    try:
        validate_email(email.strip())
    except ValidationError:
        raise ValidationError({"email": [_("Bitte geben Sie eine E-Mail-Adresse an.")]}) from None


def _cut(value: Any) -> Any:
    if isinstance(value, list):
        return [_cut(each) for each in value]
    return value[:LONGEST_ANSWER] if isinstance(value, str) else value
