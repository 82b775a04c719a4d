"""The yearly question whether an entry is still there: its link, and what an answer does. Sending it: reminders."""

from datetime import date, timedelta

from django.core import signing

from places.models import Question

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


def _signer() -> signing.Signer:
    return signing.Signer(salt="places.yearly_question")
