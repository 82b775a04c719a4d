"""The yearly question whether an entry is still there: its link, and what an answer does. Sending it: reminders."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places.care.proposals import propose
from places.models import Entry, Question
from places.record import locked, on_record
from places.vocabulary import ActedAs, Answer, Status, Verb

# Kept in the record, and read by the reviewers: nobody had to sign in for it.
BY_LINK = "Antwort auf die Jahresfrage, über den Link ohne Anmeldung"
VALID_DAYS = 60  # from the day the question was asked, whichever letter the link is taken from


def question_token(question: Question) -> str:
    """What the link of a letter carries. It says only which question; that it is still valid, the question knows."""
    return _signer().sign(str(question.pk))


def question_of(token: str, today: date) -> Question | None:
    """The question behind a link; None where the link is made up, or older than 60 days."""
    try:
        pk = int(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    question = Question.objects.select_related("place", "support", "space").filter(pk=pk).first()
    if question is None or not question.asked_on <= today <= question.asked_on + timedelta(days=VALID_DAYS):
        return None
    return question


@dataclass(frozen=True)
class Answered:
    """What an answer did."""

    question: Question
    again: bool = False  # there was an answer before, and it stays
    waits: bool = False  # the reviewers have to agree


@transaction.atomic
def answer_question(question: Question, answer: str, today: date) -> Answered:
    """Answer the question of a year, as whoever reads a steward's mail. A second answer changes nothing.

    An entry that is still there, changed or not, is confirmed; one that is closed is proposed as closed where that
    moves a class, else it is closed at once. Raises ValidationError for another answer, and where the entry is not
    public any more.
    """
    if answer not in Answer.values:
        raise ValidationError(_("Diese Antwort gibt es nicht."))
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if question.answer:
        return Answered(question, again=True)
    entry = locked(question.entry)
    if not entry.is_published:
        raise ValidationError(_("Dieser Eintrag ist nicht mehr öffentlich."))
    question.answer, question.answered_on = answer, today
    question.save(update_fields=["answer", "answered_on"])
    if answer == Answer.CLOSED:
        return Answered(question, waits=_close(entry, today))
    verb = Verb.CONFIRMED if answer == Answer.STILL_THERE else Verb.UPDATED
    with on_record(entry, verb, by=None, acted_as=ActedAs.STEWARD, reason=BY_LINK):
        entry.confirmed_on = today
        entry.save(update_fields=["confirmed_on", "updated_at"])
    return Answered(question)


def _close(entry: Entry, today: date) -> bool:
    """Whether it waits for the reviewers to be closed."""
    if "status" in entry.reviewed_facts:
        closed = {"status": Status.CLOSED.value}
        told = propose(entry, closed, by=None, acted_as=ActedAs.STEWARD, today=today, message=BY_LINK)
        return told is not None
    with on_record(entry, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD, reason=BY_LINK):
        entry.status = Status.CLOSED
        entry.save(update_fields=["status", "updated_at"])
    return False


def _signer() -> signing.Signer:
    return signing.Signer(salt="places.yearly_question")
