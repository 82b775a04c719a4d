"""The page of one's own account: what one looks after, what waits, how one is written to; data to take away, the end.
Signing in and its means (address, password, second factor): sok_site/account_urls.py."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from places import clock, wording
from places.care.questions import VALID_DAYS, question_token
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import ENTRY_MODELS, Correspondence, Entry, Mandate, Question, Submission
from places.querysets import SubmissionQuerySet
from places.upkeep.own_data import collect_own_data, delete_account, is_last_administrator
from places.vocabulary import Publication, Status, SubmissionKind, SubmissionState

JOINED = ("place", "support", "space")


class AboutMe(forms.Form):
    """How a person wants to be called and written to."""

    name = forms.CharField(
        label=gettext_lazy("Ihr Name"),
        help_text=gettext_lazy(
            "Nur Prüfende sehen ihn, neben dem, was Sie geändert haben. Er erscheint nie öffentlich."
        ),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=gettext_lazy("Sprache unserer Mails"), choices=settings.LANGUAGES)
    wants_digest = forms.BooleanField(label=gettext_lazy("Tagesüberblick per E-Mail"), required=False)


class Farewell(forms.Form):
    """Deleting needs a word typed, so that it does not happen by a slip."""

    WORD = gettext_lazy("löschen")

    word = forms.CharField(label=gettext_lazy("Zum Bestätigen"), widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def clean_word(self) -> str:
        typed: str = self.cleaned_data["word"].strip().lower()
        if typed not in {str(self.WORD), "löschen", "loeschen", "delete"}:
            raise ValidationError(_("Bitte tippen Sie „%(word)s“.") % {"word": self.WORD})
        return typed


@dataclass(frozen=True)
class Cared:
    """One entry that somebody looks after, and how it stands with it."""

    entry: Entry
    state: str


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What I look after, what waits for me, my mandates, how I am written to and how I sign in."""
    user, today = cast(User, request.user), clock.today()
    correspondence = Correspondence.objects.get_or_create(user=user)[0]
    form = AboutMe(
        request.POST if request.method == "POST" else None,
        initial={
            "name": user.first_name,
            "language": correspondence.language,
            "wants_digest": correspondence.wants_digest,
        },
    )
    if form.is_valid():
        _save(user, correspondence, form)
        messages.success(request, _("Gespeichert."))
        return redirect("account")
    mandates = list(Mandate.objects.of(user).exclude(ends_on__lt=today))
    factors = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return render(
        request,
        "account/account.html",
        {
            "form": form,
            "cared": cared_for(user, today),
            "asked_back": _asked_back(user),
            "questions": _questions(user, today),
            "wishes": Submission.objects.open().filter(user=user, kind=SubmissionKind.CLAIM).select_related(*JOINED),
            "mandates": [(wording.area(mandate.area), mandate) for mandate in mandates],
            "is_reviewer": any(mandate.starts_on <= today for mandate in mandates),
            "has_app": Authenticator.Type.TOTP in factors,
            "has_passkey": Authenticator.Type.WEBAUTHN in factors,
        },
        status=422 if form.errors else 200,
    )


@login_required
@never_cache
@require_safe
def download_data(request: HttpRequest) -> HttpResponse:
    """Everything that is stored about the person, as a file."""
    data = collect_own_data(cast(User, request.user))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="sok-atlas-{clock.today().isoformat()}.json"'
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.account")
def delete_own_account(request: HttpRequest) -> HttpResponse:
    """What goes and what stays; then the account is gone and nobody is signed in any more."""
    user = cast(User, request.user)
    form = Farewell(request.POST if request.method == "POST" else None)
    form.fields["word"].help_text = _("Tippen Sie das Wort „%(word)s“.") % {"word": Farewell.WORD}
    if form.is_valid():
        try:
            delete_account(user, today=clock.today())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            logout(request)
            return render(request, "account/deleted.html")
    context = {"form": form, "is_last_administrator": is_last_administrator(user)}
    return render(request, "account/delete.html", context, status=422 if form.errors else 200)


def cared_for(user: User, today: date) -> list[Cared]:
    """The entries of all kinds that ``user`` looks after, by name, each with its state in words."""
    waiting = {
        (submission.entry.entry_kind, submission.entry.pk): submission
        for submission in _open_submissions(user).select_related(*JOINED)
    }
    found = [
        Cared(entry, state_in_words(entry, waiting.get((entry.entry_kind, entry.pk)), today))
        for model in ENTRY_MODELS
        for entry in model._default_manager.cared_for_by(user).select_related("merged_into", "municipality")
    ]
    return sorted(found, key=lambda row: row.entry.name.casefold())


def state_in_words(entry: Entry, waiting: Submission | None, today: date) -> str:
    """How it stands with ``entry``, as whoever looks after it wants to know; ``waiting`` is its open submission."""
    if entry.merged_into is not None:
        return _("aufgegangen in „%(name)s“") % {"name": entry.merged_into.name}
    asked_back = waiting is not None and waiting.state == SubmissionState.ASKED_BACK
    if entry.publication == Publication.SUBMITTED:
        return _("Rückfrage der Prüfung, wartet auf Ihre Antwort") if asked_back else _("wartet auf Prüfung")
    if not entry.is_published:
        return str(Publication(entry.publication).label)
    words = [_("veröffentlicht")]
    if entry.status != Status.ACTIVE:
        words.append(str(Status(entry.status).label))
    elif not entry.is_fresh(today, DEFAULT_FRESHNESS_MONTHS):
        words.append(_("lange nicht bestätigt, zählt deshalb nicht mit"))
    if asked_back:
        words.append(_("zu Ihrer Änderung gibt es eine Rückfrage"))
    elif waiting is not None:
        words.append(_("eine Änderung wartet auf Prüfung"))
    return ", ".join(words)


def _open_submissions(user: User) -> SubmissionQuerySet:
    """Registrations and changes that are not decided, of what ``user`` looks after, whoever sent them."""
    return Submission.objects.open().exclude(kind=SubmissionKind.CLAIM).filter(_of_own_entries(user))


def _asked_back(user: User) -> SubmissionQuerySet:
    """What a reviewer asks: about what ``user`` looks after, or wishes to."""
    asked = Submission.objects.filter(state=SubmissionState.ASKED_BACK)
    return asked.filter(_of_own_entries(user) | Q(user=user)).select_related(*JOINED)


def _questions(user: User, today: date) -> list[tuple[Question, str]]:
    """The yearly questions that can still be answered, each with its link."""
    since = today - timedelta(days=VALID_DAYS)
    found = Question.objects.unanswered().filter(_of_own_entries(user), asked_on__range=(since, today))
    return [(question, question_token(question)) for question in found.select_related(*JOINED)]


def _of_own_entries(user: User) -> Q:
    """A row of an entry, of any kind, that ``user`` looks after."""
    own: Q = Q()
    for model in ENTRY_MODELS:
        own |= Q(**{f"{model.entry_kind}__in": model._default_manager.cared_for_by(user)})
    return own


def _save(user: User, correspondence: Correspondence, form: AboutMe) -> None:
    user.first_name = form.cleaned_data["name"].strip()
    user.save(update_fields=["first_name"])
    correspondence.language = form.cleaned_data["language"]
    correspondence.wants_digest = form.cleaned_data["wants_digest"]
    correspondence.save(update_fields=["language", "wants_digest"])
