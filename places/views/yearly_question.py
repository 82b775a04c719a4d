"""The page behind the yearly question: three buttons, no sign-in. What an answer does: care/questions.py."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from places import clock
from places.care.proposals import open_proposal
from places.care.questions import VALID_DAYS, answer_question, question_of
from places.models import Question
from places.views.private import private_page
from places.vocabulary import Answer, Status

GONE = 410


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def yearly_question(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether an entry is still there, take the answer, and say what it did."""
    today = clock.today()
    question = question_of(token, today)
    if question is None:
        return render(request, "places/care/link_gone.html", {"days": VALID_DAYS, "is_question": True}, status=GONE)
    if request.method == "POST":
        try:
            answer_question(question, request.POST.get("answer", ""), today)
        except ValidationError:
            return _page(request, question, status=422)
        return redirect("yearly_question", token)
    return _page(request, question)


def _page(request: HttpRequest, question: Question, status: int = 200) -> HttpResponse:
    entry = question.entry
    proposal = open_proposal(entry)
    context = {
        "question": question,
        "entry": entry,
        "answers": Answer,
        "waits": proposal is not None and proposal.values.get("status") == Status.CLOSED,
        "is_closed": entry.status == Status.CLOSED,
    }
    return render(request, "places/care/yearly_question.html", context, status=status)
