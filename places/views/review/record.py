"""/<kind>/<id>/verlauf/: the whole record of an entry, and what reviewers do with an entry that nobody submitted."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock
from places.care.edits import latest_change
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import ENTRY_KINDS, Change, Entry, Stewardship
from places.permissions import is_steward, may_review
from places.reviewing.decisions import archive, confirm_entry
from places.reviewing.forms import ReasonForm
from places.reviewing.restoring import republish
from places.views.private import private_page
from places.views.review.refusal import refused
from places.views.review.restoration import restoration
from places.views.review.telling import told
from places.vocabulary import Publication

PER_PAGE = 30


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def entry_record(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """The record, for reviewers there and for whoever looks after the entry; reviewers act on it here."""
    today = clock.today()
    entry: Entry = get_object_or_404(ENTRY_KINDS[kind].objects.with_territory(), pk=pk)
    reviews = may_review(request.user, entry.municipality, today)
    if not reviews and not is_steward(request.user, entry):
        raise PermissionDenied
    forms = _forms(request)
    if request.method == "POST" and _acted(request, entry, forms, today):
        return redirect("review") if request.POST.get("back") == "review" else redirect("entry_record", kind, pk)
    seen = latest_change(entry)
    setting_back = None
    if reviews:
        setting_back = restoration(request, Change.of_entry(entry), today, _seen(request, seen))
    if setting_back and setting_back.is_done:
        messages.success(request, _("Der Eintrag steht wieder da wie zuvor."))
        return redirect("entry_record", kind, pk)
    all_forms = [*forms.values(), *([setting_back.form] if setting_back else [])]
    page = Paginator(Change.of_entry(entry), PER_PAGE).get_page(request.GET.get("seite", "1"))
    return render(
        request,
        "places/review/record.html",
        {
            "entry": entry,
            "reviews": reviews,
            "page": page,
            "record": told(page, to_reviewer=reviews),
            "restoration": setting_back,
            "seen": seen,
            "forms": forms,
            **refused(*all_forms),
            "has_stewards": Stewardship.of(entry).exists(),
            "is_fresh": entry.is_fresh(today, DEFAULT_FRESHNESS_MONTHS),
            "may_bring_back": entry.publication in (Publication.ARCHIVED, Publication.REJECTED),
        },
        status=422 if any(form.errors for form in all_forms) else 200,
    )


def _forms(request: HttpRequest) -> dict[str, Any]:
    action = request.POST.get("action", "") if request.method == "POST" else ""
    hints = {
        "archive": _("Geht an alle, die den Eintrag betreuen, und steht im Verlauf."),
        "republish": _("Steht im Verlauf und geht an alle, die den Eintrag betreuen."),
    }
    return {
        name: ReasonForm(request.POST if action == name else None, prefix=name, help_text=hint)
        for name, hint in hints.items()
    }


def _acted(request: HttpRequest, entry: Entry, forms: dict[str, Any], today: date) -> bool:
    """Whether something was sent, and done."""
    action = request.POST.get("action", "")
    form = forms.get(action)
    if form is not None and not form.is_valid():
        return False
    try:
        if action == "confirm":
            confirm_entry(entry, by=request.user, today=today)
            done = _("„%s“ ist bestätigt.")
        elif action == "archive":
            archive(entry, by=request.user, reason=forms["archive"].cleaned_data["reason"], today=today)
            done = _("„%s“ ist nicht mehr öffentlich.")
        elif action == "republish":
            republish(entry, by=request.user, reason=forms["republish"].cleaned_data["reason"], today=today)
            done = _("„%s“ ist wieder öffentlich.")
        else:
            if "restore" in request.POST and not may_review(request.user, entry.municipality, today):
                raise PermissionDenied
            return False
    except ValidationError as error:
        if form is not None:
            form.add_error(None, error)
            return False
        messages.warning(request, " ".join(error.messages))
        return True
    messages.success(request, done % entry.name)
    return True


def _seen(request: HttpRequest, now: int) -> int:
    sent = request.POST.get("seen", "")
    return int(sent) if sent.isdigit() else now
