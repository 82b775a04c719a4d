"""/pruefung/vorlagen/<id>/: one submission with all that helps to decide, and the decision."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock, wording
from places.care.edits import latest_change
from places.duplicates import Duplicate
from places.facts import OF_PUBLICATION, Facts, facts_of
from places.geo import WGS84
from places.models import Change, Entry, Submission
from places.permissions import is_steward, may_review
from places.responsibility import responsibility
from places.reviewing import decisions as review
from places.reviewing.deciding import OutdatedError
from places.reviewing.forms import QUESTIONS, REASONS, PublishForm, WordsForm
from places.reviewing.queue import duplicates_of
from places.small_map import HERE, UNCOUNTED, SmallMap, small_map
from places.views.private import private_page
from places.views.review.refusal import refused
from places.views.review.telling import told
from places.vocabulary import SubmissionKind, SubmissionState

COMPARED = ("name", "kind", "status", "publication", "street", "postcode", "city", "website", "provider", "owner")
AT_THE_END = ("actors", "areas", "description")


@dataclass(frozen=True)
class Difference:
    """One proposed fact: as it stands now, as proposed, and whether it changed since it was proposed."""

    label: str
    now: str
    proposed: str
    then: str
    is_newer: bool


@dataclass(frozen=True)
class Beside:
    """A likely duplicate beside the entry, fact by fact."""

    duplicate: Duplicate
    rows: list[tuple[str, str, str, bool]]  # fact, here, there, whether the same
    may_merge: bool
    kept: Entry  # which of the two stays unless the reviewer turns it round
    other: Entry


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submission_review(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at one submission and decide; a fellow steward may accept a claim here."""
    today = clock.today()
    submission = get_object_or_404(Submission.objects.with_entries().exclude(state=SubmissionState.UNCONFIRMED), pk=pk)
    entry = submission.entry
    reviews = may_review(request.user, entry.municipality, today)
    if not reviews and not (submission.kind == SubmissionKind.CLAIM and is_steward(request.user, entry)):
        raise PermissionDenied
    forms = _forms(request, submission)
    status = 200
    if request.method == "POST":
        status = _decide(request, submission, forms, today)
        if status == 302:
            return redirect("review" if reviews else "care", *([] if reviews else [entry.entry_kind, entry.pk]))
        submission.refresh_from_db()
    context = {
        "submission": submission,
        "entry": entry,
        "reviews": reviews,
        "forms": forms,
        "seen": latest_change(entry),
        "is_open": submission.state in (SubmissionState.WAITING, SubmissionState.ASKED_BACK),
        "days": (today - submission.waiting_since).days if submission.waiting_since else 0,
    }
    context |= refused(*forms.values())
    if reviews:
        context |= _what_helps(submission, entry, request, today)
    return render(request, "places/review/submission.html", context, status=status)


def _forms(request: HttpRequest, submission: Submission) -> dict[str, Any]:
    """The three decisions; only the one that was sent is filled."""
    action = request.POST.get("action") if request.method == "POST" else None

    def sent(name: str) -> Any:
        return request.POST if action == name else None

    return {
        "publish": PublishForm(sent("publish"), prefix="publish"),
        "ask_back": WordsForm(
            sent("ask_back"),
            prefix="ask_back",
            sentences=QUESTIONS[submission.kind],
            label=_("Ihre Frage"),
            missing=_("Bitte schreiben Sie Ihre Frage."),
        ),
        "reject": WordsForm(
            sent("reject"),
            prefix="reject",
            sentences=REASONS[submission.kind],
            label=_("Ihre Begründung"),
            missing=_("Bitte schreiben Sie, warum. Die Begründung geht an die Betreuenden."),
        ),
    }


def _decide(request: HttpRequest, submission: Submission, forms: dict[str, Any], today: date) -> int:
    """Do what was sent: 302 when it is done, else the status of the page that says why not."""
    action = request.POST.get("action", "")
    form = forms.get(action)
    if form is None:
        return 400
    if not form.is_valid():
        return 422
    by, name = request.user, submission.entry.name
    try:
        if action == "publish":
            seen = request.POST.get("seen", "")
            reason = form.cleaned_data["reason"]
            review.publish(submission, by=by, today=today, reason=reason, seen=int(seen) if seen.isdigit() else -1)
            done = {
                SubmissionKind.REGISTRATION: _("„%s“ ist veröffentlicht."),
                SubmissionKind.CHANGE: _("Die Änderung an „%s“ ist übernommen."),
                SubmissionKind.CLAIM: _("„%s“ hat jemanden mehr, der sich kümmert."),
            }[SubmissionKind(submission.kind)]
        elif action == "ask_back":
            review.ask_back(submission, by=by, question=form.text(), today=today)
            done = _("Ihre Frage zu „%s“ ist unterwegs.")
        else:
            review.reject(submission, by=by, reason=form.text(), today=today)
            done = _("Abgelehnt. Ihre Begründung zu „%s“ ist unterwegs.")
    except OutdatedError as error:
        messages.warning(request, str(error))
        return 409
    except ValidationError as error:
        form.add_error(None, error)
        return 422
    messages.success(request, done % name)
    return 302


def _what_helps(submission: Submission, entry: Entry, request: HttpRequest, today: date) -> dict[str, Any]:
    """The entry or the difference in words, a map, likely duplicates, the record, why it lies here."""
    facts = facts_of(entry)
    found = [] if submission.kind == SubmissionKind.CLAIM else duplicates_of(entry)
    known, unknown = _facts_in_words(entry, facts)
    beside = [_beside(entry, facts, duplicate, request, today) for duplicate in found]
    return {
        "known": known,
        "unknown": unknown,
        "differences": _differences(submission, entry, facts),
        "map": _map(submission, entry, found),
        "beside": beside,
        "record": told(Change.of_entry(entry)[:50], to_reviewer=True),
        "responsibility": responsibility(entry.municipality.ags, today) if entry.municipality else None,
    }


def _facts_in_words(entry: Entry, facts: Facts) -> tuple[list[tuple[str, str]], list[str]]:
    """Facts that are known, with their values, and the names of the others."""
    model = type(entry)
    shown = {name: value for name, value in facts.items() if name not in OF_PUBLICATION and name != "name"}
    known = [
        (wording.label(model, name), wording.in_words(model, name, value))
        for name, value in shown.items()
        if value not in (None, "", [])
    ]
    return known, [wording.label(model, name) for name, value in shown.items() if value in (None, "", [])]


def _differences(submission: Submission, entry: Entry, facts: Facts) -> list[Difference]:
    model = type(entry)
    found = []
    for name, value in submission.values.items():
        now, proposed, then = (
            wording.in_words(model, name, known) for known in (facts.get(name), value, submission.base.get(name))
        )
        is_newer = facts.get(name) != submission.base.get(name)
        found.append(Difference(wording.label(model, name), now, proposed, then, is_newer))
    return found


def _map(submission: Submission, entry: Entry, duplicates: list[Duplicate]) -> SmallMap | None:
    """Its municipality with the entry, where it is to move, and likely duplicates."""
    dots = [(duplicate.entry, UNCOUNTED) for duplicate in duplicates]
    if "location" in submission.values:
        longitude, latitude = submission.values["location"]
        moved = copy(entry)
        moved.name = _("neue Lage: %s") % entry.name
        moved.location = Point(longitude, latitude, srid=WGS84)
        dots += [(entry, UNCOUNTED), (moved, HERE)]
    else:
        dots.append((entry, HERE))
    return small_map(entry.municipality.geometry if entry.municipality else None, dots)


def _beside(entry: Entry, facts: Facts, duplicate: Duplicate, request: HttpRequest, today: date) -> Beside:
    model, other = type(entry), duplicate.entry
    there = facts_of(other)
    rows = []
    for name in (*COMPARED, *AT_THE_END):
        if name in facts and (facts[name] or there[name]):
            words = [wording.in_words(model, name, known[name]) for known in (facts, there)]
            rows.append((wording.label(model, name), words[0], words[1], facts[name] == there[name]))
    this_stays = entry.is_published and not other.is_published
    kept, goes = (entry, other) if this_stays else (other, entry)
    if not kept.is_published and kept.publication != "submitted":
        kept, goes = goes, kept
    return Beside(duplicate, rows, may_review(request.user, other.municipality, today), kept, goes)
