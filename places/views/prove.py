"""After sending: what happens next, the proof of the address, and the wish to look after an entry (a claim)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from places import clock
from places.care.stewardship import reply
from places.models import ENTRY_KINDS, Entry, Submission, tie
from places.permissions import is_steward
from places.registering.forms import AnswerForm, ClaimForm, CorrectedAddressForm
from places.registering.next_steps import next_steps
from places.registering.registration import (
    DAYS_TO_CONFIRM,
    OPEN_TO_CLAIMS,
    claim,
    confirm_address,
    correct_address,
    resend,
    sent_token,
    submission_sent,
    submission_to_confirm,
)
from places.throttling import may_send
from places.views.private import errors_of, private_page, too_many
from places.vocabulary import SubmissionKind, SubmissionState


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def submitted(request: HttpRequest, token: str) -> HttpResponse:
    """What happens next; while the address is not confirmed: the letter once more, or to another address."""
    found = submission_sent(token)
    if found is None:
        return render(request, "places/register/unknown_link.html", status=404)
    open_still = found.state == SubmissionState.UNCONFIRMED
    posted = request.POST if request.method == "POST" and "email" in request.POST else None
    form = CorrectedAddressForm(posted, label_suffix="")
    if request.method == "POST" and open_still and (posted is None or form.is_valid()):
        address = form.cleaned_data["email"] if posted else found.email
        if not may_send(request, "confirm_address", address):
            return too_many(request)
        if posted:
            correct_address(found, address)
        else:
            resend(found)
        return redirect(reverse("submitted", args=[token]) + "?gesendet=1")
    return render(
        request,
        "places/register/submitted.html",
        {
            "submission": found,
            "entry": found.entry,
            "is_open": open_still,
            "form": form,
            "errors": errors_of(form),
            "was_resent": "gesendet" in request.GET,
            "days": DAYS_TO_CONFIRM,
            **next_steps(found.entry, clock.today()),
        },
        status=422 if form.errors else 200,
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: looking changes nothing, the button confirms."""
    found = submission_to_confirm(token)
    if found is None:
        return render(request, "places/register/unknown_link.html", {"days": DAYS_TO_CONFIRM}, status=404)
    if request.method == "POST":
        found = confirm_address(found, today=clock.today())
        return redirect("submitted", sent_token(found))
    if found.state != SubmissionState.UNCONFIRMED:
        return redirect("submitted", sent_token(found))
    return render(request, "places/register/confirm.html", {"submission": found, "entry": found.entry})


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def claim_entry(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask to look after an entry; whoever asked and was asked back answers here."""
    entry = ENTRY_KINDS[kind]._default_manager.filter(pk=pk).select_related("municipality", "merged_into").first()
    if entry is None:
        raise Http404
    if entry.merged_into is not None:
        return redirect("claim", kind, entry.merged_into.pk)
    mine = _own_claim(request, entry)
    if mine is not None and mine.state == SubmissionState.ASKED_BACK:
        return _answer(request, entry, mine)
    if entry.publication not in OPEN_TO_CLAIMS:
        raise Http404
    knows = mine is not None or is_steward(request.user, entry)
    signed_in = request.user.is_authenticated
    form = ClaimForm(request.POST if request.method == "POST" else None, asks_address=not signed_in)
    if request.method == "POST" and not knows and form.is_valid():
        address = form.cleaned_data.get("email", "")
        if not may_send(request, "claim", address):
            return too_many(request)
        try:
            sent = claim(
                entry,
                today=clock.today(),
                language=get_language() or settings.LANGUAGE_CODE,
                email=address,
                message=form.cleaned_data["message"],
                by=request.user if signed_in else None,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("submitted", sent_token(sent))
    return render(
        request,
        "places/register/claim.html",
        {
            "entry": entry,
            "form": form,
            "errors": errors_of(form),
            "mine": mine,
            "is_steward": is_steward(request.user, entry),
        },
        status=422 if form.errors else 200,
    )


def _own_claim(request: HttpRequest, entry: Entry) -> Submission | None:
    if not request.user.is_authenticated:
        return None
    own = Submission.objects.open().filter(kind=SubmissionKind.CLAIM, user=request.user.pk, **tie(entry))
    return own.first()


def _answer(request: HttpRequest, entry: Entry, asked: Submission) -> HttpResponse:
    form = AnswerForm(request.POST if request.method == "POST" else None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            reply(asked, by=request.user, message=form.cleaned_data["message"], today=clock.today())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("submitted", sent_token(asked))
    return render(
        request,
        "places/register/answer.html",
        {"entry": entry, "form": form, "errors": errors_of(form), "asked": asked},
        status=422 if form.errors else 200,
    )
