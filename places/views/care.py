"""The page of whoever looks after an entry: how it stands, who looks after it, what one can do, what happened."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock
from places.care.forms import InvitationForm, StatusForm, TakeDownForm
from places.care.invitations import invite, leave
from places.care.stewardship import change_status, confirm, take_down, withdraw
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import Change, Entry, Stewardship, Submission, tie
from places.permissions import User, is_steward
from places.reviewing.deciding import OutdatedError
from places.reviewing.decisions import publish
from places.throttling import may_send
from places.views.cared_for import add_errors, care_context, entry_cared_for, wrong
from places.views.private import private_page
from places.views.review.telling import told
from places.vocabulary import Publication, SubmissionKind

MOST_LINES = 50
OVER = (Publication.REJECTED, Publication.ARCHIVED)
FORMS: dict[str, type[forms.Form]] = {"invite": InvitationForm, "status": StatusForm, "take_down": TakeDownForm}


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def care(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Everything about looking after one entry; each button is an act of its own."""
    entry = entry_cared_for(request, kind, pk)
    act = request.POST.get("act", "")
    bound = {name: form(request.POST if act == name else None, prefix=name) for name, form in FORMS.items()}
    status = 200
    if request.method == "POST":
        if act not in ACTS:
            raise PermissionDenied
        answer = _act(request, entry, act, bound.get(act))
        if isinstance(answer, HttpResponse):
            return answer
        status = answer
    return _page(request, entry, bound, status)


def _act(request: HttpRequest, entry: Entry, act: str, form: forms.Form | None) -> HttpResponse | int:
    """The answer where it is done, else the status of the page that says why not."""
    if form is not None and not form.is_valid():
        return 422
    if act == "invite" and form is not None and not may_send(request, "invite", form.cleaned_data["email"]):
        form.add_error("email", _("Das waren viele Einladungen hintereinander. Bitte versuchen Sie es später wieder."))
        return 429
    try:
        messages.success(
            request, ACTS[act](entry, request.user, form.cleaned_data if form else request.POST, clock.today())
        )
    except (ValidationError, OutdatedError) as error:
        refused = error if isinstance(error, ValidationError) else ValidationError(str(error))
        if form is None:
            messages.error(request, " ".join(refused.messages))
            return redirect("care", entry.entry_kind, entry.pk)
        add_errors(form, refused)
        return 422
    entry.refresh_from_db()
    if is_steward(request.user, entry) or act != "leave":
        return redirect("care", entry.entry_kind, entry.pk)
    return redirect(entry if entry.is_published else "account")


def _page(request: HttpRequest, entry: Entry, bound: dict[str, forms.Form], status: int) -> HttpResponse:
    today = clock.today()
    if not bound["status"].is_bound:
        bound["status"].initial = {"status": entry.status}
    if not bound["invite"].is_bound:
        bound["invite"].initial = {"hands_over": ""}
    changes = Change.of_entry(entry)[:MOST_LINES]
    claims = Submission.objects.waiting().filter(kind=SubmissionKind.CLAIM, **tie(entry))
    context = {
        **care_context(request, entry, _("Betreuung")),
        "forms": bound,
        **wrong(*bound.values()),
        "stewardships": Stewardship.of(entry),
        "claims": claims,
        "is_over": entry.publication in OVER,
        "is_fresh": entry.is_fresh(today, DEFAULT_FRESHNESS_MONTHS),
        "status_waits": "status" in entry.reviewed_facts,
        "record": told(changes, to_reviewer=False),
        "successor": entry.successor(),
    }
    return render(request, "places/care/care.html", context, status=status)


def _invite(entry: Entry, by: User, asked: Any, today: date) -> str:
    invite(entry, asked["email"], by=by, hands_over=bool(asked["hands_over"]), today=today)
    return _("Die Einladung ist unterwegs.")


def _status(entry: Entry, by: User, asked: Any, today: date) -> str:
    outcome = change_status(entry, asked["status"], by=by, today=today, message=asked["message"])
    if outcome.waiting:
        return _("Zur Prüfung vorgelegt. Bis zur Entscheidung bleibt der öffentliche Stand, wie er ist.")
    if outcome.taken_back:
        return _("Ihr Änderungsvorschlag ist zurückgenommen.")
    return _("Gespeichert.") if outcome.live else _("Es hat sich nichts geändert.")


def _take_down(entry: Entry, by: User, asked: Any, today: date) -> str:
    take_down(entry, by=by, today=today, reason=asked["reason"])
    return _("Der Eintrag ist nicht mehr öffentlich.")


def _confirm(entry: Entry, by: User, asked: Any, today: date) -> str:
    confirm(entry, by=by, today=today)
    return _("Danke. Der Eintrag gilt als heute bestätigt.")


def _withdraw(entry: Entry, by: User, asked: Any, today: date) -> str:
    withdraw(_named(entry, asked), by=by, today=today)
    return _("Zurückgezogen.")


def _let_in(entry: Entry, by: User, asked: Any, today: date) -> str:
    publish(_named(entry, asked, kind=SubmissionKind.CLAIM), by=by, today=today)
    return _("Aufgenommen. Die Person bekommt eine Nachricht.")


def _leave(entry: Entry, by: User, asked: Any, today: date) -> str:
    leave(entry, by=by)
    return _("Ihre Betreuung ist beendet. Danke für Ihre Mühe.")


def _named(entry: Entry, asked: Any, **terms: Any) -> Submission:
    pk = asked.get("submission", "")
    return get_object_or_404(Submission, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0, **terms, **tie(entry))


ACTS: dict[str, Callable[[Entry, User, Any, date], str]] = {
    "invite": _invite,
    "status": _status,
    "take_down": _take_down,
    "confirm": _confirm,
    "withdraw": _withdraw,
    "let_in": _let_in,
    "leave": _leave,
}
