"""The end of the questionnaire: look at all answers and send them, or go on later with the personal link."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from places import clock, opening_hours
from places.entry_forms import LocationForm, SubjectForm
from places.locating import municipality_of
from places.models import ENTRY_KINDS, Draft, Entry
from places.registering.forms import AddressForm, SendForm
from places.registering.registration import answered_forms, facts_together, send_draft_link, sent_token, submit
from places.territory_search import areas_of
from places.throttling import may_send
from places.upkeep.retention import DRAFT_DAYS
from places.views.private import errors_of, too_many
from places.views.register_parts import CHECK, WORDINGS, similar_to, step_address
from places.wording import in_words


def later(request: HttpRequest, found: Draft) -> HttpResponse:
    """The personal link, and a letter with it to whom wants one."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    sent = False
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["email"]
        if not may_send(request, "draft_link", address):
            return too_many(request)
        send_draft_link(found, address, get_language() or "")
        sent = True
    return render(
        request,
        "places/register/later.html",
        {
            "draft": found,
            "kind": found.entry_kind,
            "wording": WORDINGS[found.entry_kind],
            "link": settings.SITE_URL + reverse("draft", args=[found.entry_kind, found.key]),
            "form": form,
            "sent": sent,
            "days": DRAFT_DAYS,
        },
        status=422 if form.errors else 200,
    )


def check(request: HttpRequest, found: Draft) -> HttpResponse:
    """All answers with a link to each, the e-mail address, and the button that sends."""
    forms = answered_forms(found)
    signed_in = request.user.is_authenticated
    form = SendForm(request.POST if request.method == "POST" else None, asks_address=not signed_in)
    complete = not [key for key, each in forms.items() if not each.is_valid()]
    if request.method == "POST" and form.is_valid() and complete:
        address = form.cleaned_data.get("email", "")
        if not may_send(request, "registration", address):
            return too_many(request)
        return _sent(request, found, form, clock.today())
    return render(
        request,
        "places/register/check.html",
        {
            "draft": found,
            "kind": found.entry_kind,
            "wording": WORDINGS[found.entry_kind],
            "answers": _answers(found, forms),
            "complete": complete,
            "similar": similar_to(found),
            "form": form,
            "errors": errors_of(form),
        },
        status=422 if form.errors or (request.method == "POST" and not complete) else 200,
    )


def _sent(request: HttpRequest, found: Draft, form: SendForm, today: date) -> HttpResponse:
    asked = form.cleaned_data
    by = request.user if request.user.is_authenticated else None
    language = get_language() or settings.LANGUAGE_CODE
    try:
        submission = submit(
            found, today=today, language=language, email=asked.get("email", ""), message=asked["message"], by=by
        )
    except (Draft.DoesNotExist, ValidationError):  # sent a moment ago, or changed in another window
        return redirect(step_address(found, CHECK))
    return redirect("submitted", sent_token(submission))


def _answers(found: Draft, forms: dict[str, SubjectForm]) -> list[dict[str, Any]]:
    """Per subject: what was answered, in words, and where to change it."""
    model = ENTRY_KINDS[found.entry_kind]
    shown = []
    for key, form in forms.items():
        facts = facts_together({key: form}) if form.is_valid() else {}
        lines = [(_label(form, name), _in_words(model, name, value)) for name, value in facts.items() if _said(value)]
        if isinstance(form, LocationForm) and facts:
            roughly = _("Mitte der Gemeinde %(name)s, ungefähr") if form.is_approximate else "%(name)s"
            lines.insert(0, (_("Gemeinde"), roughly % {"name": municipality_of(form.cleaned_data["location"])}))
        shown.append(
            {
                "title": form.title,
                "lines": lines,
                "errors": [error for errors in form.errors.values() for error in errors],
                "url": step_address(found, key, dann=CHECK),
            }
        )
    return shown


def _in_words(model: type[Entry], name: str, value: Any) -> str:
    if name == "opening_hours" and (lines := opening_hours.read(value)):
        return "\n".join(f"{line.days}: {line.times}" for line in lines)
    if name == "areas" and value != [""]:
        return ", ".join(area.name for area in areas_of(value))
    return in_words(model, name, value)


def _said(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _label(form: SubjectForm, name: str) -> str:
    words = {
        "location": _("Koordinaten"),
        "actors": _("Akteure"),
        "areas": _("Gebiete"),
        "opening_hours": _("Öffnungszeiten"),
    }
    return words.get(name) or str(form.fields[name].label)
