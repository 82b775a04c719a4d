"""What the pages for whoever looks after an entry share: finding it, who may, and how it stands in plain words."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from places import clock
from places.care.proposals import open_submission
from places.models import ENTRY_KINDS, Entry, Submission, tie
from places.permissions import is_steward, may_edit, may_review
from places.responsibility import responsibility
from places.territory_search import areas_of
from places.views.private import errors_of
from places.vocabulary import SubmissionKind, SubmissionState
from places.wording import Line, lines


def entry_cared_for(request: HttpRequest, kind: str, pk: int) -> Entry:
    """The entry with its territory. Raises Http404, and PermissionDenied for whoever may not change it."""
    entries: Any = ENTRY_KINDS[kind]._default_manager
    found: Entry = get_object_or_404(
        entries.select_related("municipality__district", "municipality__state").defer("municipality__geometry"), pk=pk
    )
    if not may_edit(request.user, found, clock.today()):
        raise PermissionDenied
    return found


@dataclass(frozen=True)
class Responsible:
    """Who decides about an entry: the area in words, and the nearer ones where nobody reviews."""

    area: str
    skipped: str

    @classmethod
    def of(cls, entry: Entry, today: date) -> "Responsible":
        """``area`` is empty where nobody reviews at all."""
        if entry.municipality is None:
            return cls("", "")
        found = responsibility(entry.municipality.ags, today)
        names = {area.key: area.name for area in areas_of([found.area, *found.skipped])}
        return cls(names.get(found.area, found.area), ", ".join(names.get(key, key) for key in found.skipped))


@dataclass(frozen=True)
class Standing:
    """How an entry stands with the reviewers."""

    entry: Entry
    submission: Submission | None  # open: waits, or was asked back
    decided: Submission | None  # the last one that was decided, where none is open
    responsible: Responsible

    @classmethod
    def of(cls, entry: Entry, today: date) -> "Standing":
        found = open_submission(entry)
        kinds = (SubmissionKind.REGISTRATION, SubmissionKind.CHANGE)
        over = (SubmissionState.ACCEPTED, SubmissionState.REJECTED)
        decided = None
        if found is None:
            closed = Submission.objects.filter(kind__in=kinds, state__in=over, **tie(entry))
            decided = closed.order_by("-decided_on", "-pk").first()
        return cls(entry, found, decided, Responsible.of(entry, today))

    @property
    def is_asked_back(self) -> bool:
        """Whether the reviewers wait for an answer."""
        return self.submission is not None and self.submission.state == SubmissionState.ASKED_BACK

    @property
    def is_registration(self) -> bool:
        """Whether what is open, or was decided, is the entry itself."""
        told = self.submission or self.decided
        return told is not None and told.kind == SubmissionKind.REGISTRATION

    @property
    def proposed(self) -> list[Line]:
        """What waits, or what was decided, in words."""
        told = self.submission or self.decided
        if told is None or told.kind != SubmissionKind.CHANGE:
            return []
        return lines(type(self.entry), told.base, told.values)


def care_context(request: HttpRequest, entry: Entry, page: str) -> dict[str, Any]:
    """What templates/places/care/*.html share. ``page``: the last word of the breadcrumb."""
    today = clock.today()
    own = entry.get_absolute_url() if entry.is_published else reverse("care", args=[entry.entry_kind, entry.pk])
    return {
        "entry": entry,
        "crumbs": [(entry.name, own), (page, "")],
        "is_steward": is_steward(request.user, entry),
        "may_review": may_review(request.user, entry.municipality, today),
        "standing": Standing.of(entry, today),
    }


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """What a verb refused, at the fields of ``form`` it names, else above them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, messages in error.message_dict.items():
        form.add_error(name if name in form.fields else None, ValidationError(messages))


def wrong(*shown: forms.BaseForm) -> dict[str, Any]:
    """What components/error_summary.html shows at the top of a page."""
    sent = [form for form in shown if form.is_bound]
    return {"errors": errors_of(*sent), "general": [words for form in sent for words in form.non_field_errors()]}
