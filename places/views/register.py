"""The questionnaire to register an entry: begin, one question per page or all on one, go on later, send.

What is asked: entry_forms. What sending does: registration.py. The pages after it: prove.py.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from places import clock
from places.duplicates import Duplicate, likely_duplicates
from places.entry_forms import SUBJECTS, ActorsForm, LocationForm, NameForm, SubjectForm
from places.geo import WGS84
from places.models import ENTRY_KINDS, Draft, Municipality, Place
from places.registration import (
    OPEN_TO_CLAIMS,
    answered_forms,
    facts_together,
    save_answers,
    send_draft_link,
    sent_token,
    start_draft,
    submit,
)
from places.registration_forms import AddressForm, SendForm
from places.small_map import COUNTED, small_map
from places.throttling import may_send
from places.views.private import errors_of, private_page, too_many
from places.wording import in_words

CHECK, LATER, SIMILAR = "pruefen", "spaeter", "aehnlich"
MORE_ROWS = 2
AT = "_at"  # where somebody was when a draft was saved


@dataclass(frozen=True)
class Wording:
    """What the questionnaire of one kind is called."""

    title: str | Promise
    lead: str | Promise
    mine: str | Promise
    another: str | Promise


WORDINGS = {
    "place": Wording(
        gettext_lazy("Einen Ort eintragen"),
        gettext_lazy("Ein Dorfladen, ein Vereinsheim, ein Gemeinschaftsgarten: ein Ort, an dem man sich trifft."),
        gettext_lazy("Das ist unserer: ich möchte ihn betreuen"),
        gettext_lazy("Nein, unser Ort ist ein anderer"),
    ),
    "support": Wording(
        gettext_lazy("Eine Unterstützung eintragen"),
        gettext_lazy("Beratung, Förderung, Netzwerke: wer Sozialen Orten hilft."),
        gettext_lazy("Das ist unsere: ich möchte sie betreuen"),
        gettext_lazy("Nein, unser Angebot ist ein anderes"),
    ),
    "space": Wording(
        gettext_lazy("Einen Raum eintragen"),
        gettext_lazy("Ein leerer Laden, ein Saal, eine Schule: ein Raum, aus dem ein Sozialer Ort werden könnte."),
        gettext_lazy("Das ist unserer: ich möchte ihn betreuen"),
        gettext_lazy("Nein, unser Raum ist ein anderer"),
    ),
}


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, kind: str) -> HttpResponse:
    """What is asked and how long it takes; the button begins a draft."""
    if request.method == "POST":
        if not may_send(request, "register"):
            return too_many(request)
        return redirect("draft", kind, start_draft(kind).key)
    return render(
        request,
        "places/register/start.html",
        {"kind": kind, "wording": WORDINGS[kind], "count": len(SUBJECTS[kind]), "others": _others(kind)},
    )


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One step of a draft, or all on one page; the last step checks and sends."""
    found = Draft.objects.filter(entry_kind=kind, key=key).first()
    if found is None:
        return render(request, "places/register/gone.html", {"kind": kind}, status=404)
    step = request.GET.get("schritt", "")
    if step == LATER:
        return _later(request, found)
    if step == CHECK:
        return _check(request, found)
    if step == SIMILAR:
        return _similar_page(request, found)
    if "alle" in request.GET:
        return _all(request, found)
    subjects = SUBJECTS[kind]
    if step not in subjects:
        step = found.answers.get(AT) if found.answers.get(AT) in subjects else next(iter(subjects))
    return _step(request, found, step)


@require_safe
def similar(request: HttpRequest, kind: str) -> HttpResponse:
    """Entries that may be the one whose name is being typed: a piece of a page."""
    numbers = [_number(request.GET.get(name, "")) for name in ("longitude", "latitude")]
    location = None
    if numbers[0] is not None and numbers[1] is not None:
        location = Point(numbers[0], numbers[1], srid=WGS84)
    ags = request.GET.get("municipality", "")[:8]
    found = _similar(kind, request.GET.get("name", "")[:200], location, ags)
    response = render(
        request, "places/register/similar_list.html", {"similar": found, "kind": kind, "wording": WORDINGS[kind]}
    )
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# --- Steps -------------------------------------------------------------------------------------------------------


def _step(request: HttpRequest, found: Draft, step: str) -> HttpResponse:
    form_class = SUBJECTS[found.entry_kind][step]
    if request.method != "POST":
        form = form_class(typed=found.answers | _more_rows(request, form_class))
        return _show(request, found, [form], step)
    form = form_class(request.POST)
    save_answers(found, form.typed() | {AT: step})
    if "autosave" in request.POST:
        return HttpResponse(status=204)
    if "spaeter" in request.POST:
        return redirect(_at(found, LATER))
    if "alle" in request.POST:
        return redirect(_at(found, "", alle=1))
    if "suchen" in request.POST:
        return redirect(_at(found, step, request) + "#suche")
    if "mehr" in request.POST:
        return redirect(_at(found, step, request, mehr=1) + "#mehr")
    steps = list(SUBJECTS[found.entry_kind])
    if "zurueck" in request.POST:
        return redirect(_at(found, steps[max(steps.index(step) - 1, 0)]))
    if not form.is_valid():
        return _show(request, found, [form], step, status=422)
    return redirect(_next(request, found, step, steps))


def _next(request: HttpRequest, found: Draft, step: str, steps: list[str]) -> str:
    if issubclass(SUBJECTS[found.entry_kind][step], NameForm) and _similar_to(found):
        return _at(found, SIMILAR, request)
    if request.GET.get("dann") == CHECK or step == steps[-1]:
        return _at(found, CHECK)
    return _at(found, steps[steps.index(step) + 1])


def _all(request: HttpRequest, found: Draft) -> HttpResponse:
    form_classes = SUBJECTS[found.entry_kind]
    if request.method != "POST":
        forms = [form(typed=found.answers | _more_rows(request, form)) for form in form_classes.values()]
        return _show(request, found, forms)
    forms = [form(request.POST) for form in form_classes.values()]
    typed: dict[str, Any] = {}
    for form in forms:
        typed |= form.typed()
    save_answers(found, typed)
    if "autosave" in request.POST:
        return HttpResponse(status=204)
    if "spaeter" in request.POST:
        return redirect(_at(found, LATER))
    if "einzeln" in request.POST:
        return redirect(_at(found, ""))
    if "suchen" in request.POST:
        return redirect(_at(found, "", alle=1) + "#suche")
    if more := request.POST.get("mehr"):
        return redirect(_at(found, "", alle=1, mehr=more) + "#mehr")
    if [form for form in forms if not form.is_valid()]:
        return _show(request, found, forms, status=422)
    return redirect(_at(found, CHECK))


def _show(
    request: HttpRequest, found: Draft, forms: list[SubjectForm], step: str = "", status: int = 200
) -> HttpResponse:
    """The questions: one step where it is named, else all on one page."""
    kind = found.entry_kind
    steps = list(SUBJECTS[kind])
    where = next((form for form in forms if isinstance(form, LocationForm)), None)
    return render(
        request,
        "places/register/step.html",
        {
            "draft": found,
            "kind": kind,
            "wording": WORDINGS[kind],
            "step": step,
            "forms": list(zip([step] if step else steps, forms, strict=True)),
            "number": steps.index(step) + 1 if step else 0,
            "count": len(steps),
            "is_first": step == steps[0],
            "skip": "" if not step or step in steps[:2] else _next(request, found, step, steps),
            "errors": errors_of(*forms),
            "map": _map(where),
            "similar_near": _similar_address(found, has_where=where is not None),
        },
        status=status,
    )


def _more_rows(request: HttpRequest, form_class: type[SubjectForm]) -> dict[str, Any]:
    if not issubclass(form_class, ActorsForm) or request.GET.get("mehr") not in ("1", form_class.row_name):
        return {}
    return {f"{form_class.row_name}-more": MORE_ROWS}


def _map(where: LocationForm | None) -> dict[str, Any] | None:
    """What pin.js draws: the outline of the municipality and its places; nothing before a municipality is known."""
    if where is None:
        return None
    municipality = where.known_municipality()
    if municipality is None:
        return {"basemap": settings.BASEMAP_URL and _basemap(), "outline": None, "places": []}
    beside = Place.objects.published().filter(municipality__ags=municipality.ags)
    drawn = small_map(municipality.geometry, [(place, COUNTED) for place in beside])
    return {**(drawn.data if drawn else {}), "name": municipality.name}


def _basemap() -> dict[str, str]:
    return {"url": settings.BASEMAP_URL, "attribution": settings.BASEMAP_ATTRIBUTION}


# --- What may be the same ----------------------------------------------------------------------------------------


def _similar_page(request: HttpRequest, found: Draft) -> HttpResponse:
    steps = list(SUBJECTS[found.entry_kind])
    onward = CHECK if request.GET.get("dann") == CHECK else steps[2]
    similar_ones = _similar_to(found)
    if not similar_ones:
        return redirect(_at(found, onward))
    return render(
        request,
        "places/register/similar.html",
        {
            "draft": found,
            "kind": found.entry_kind,
            "wording": WORDINGS[found.entry_kind],
            "similar": similar_ones,
            "onward": _at(found, onward),
            "back": _at(found, steps[1]),
        },
    )


def _similar_to(found: Draft) -> list[Duplicate]:
    """What may be the same as the draft: by its name and as far as its location is known."""
    location, ags = _where(found)
    return _similar(found.entry_kind, str(found.answers.get("name") or ""), location, ags)


def _similar(kind: str, name: str, location: Point | None, ags: str) -> list[Duplicate]:
    return likely_duplicates(
        ENTRY_KINDS[kind], name=name, location=location, municipality_ags=ags, publications=OPEN_TO_CLAIMS
    )


def _where(found: Draft) -> tuple[Point | None, str]:
    where = answered_forms(found)["wo"]
    if not isinstance(where, LocationForm) or not where.is_valid():
        return None, ""
    location: Point = where.cleaned_data["location"]
    if where.is_approximate:
        municipality = Municipality.objects.current().filter(centre=location).values_list("ags", flat=True).first()
        return None, municipality or ""
    return location, ""


def _similar_address(found: Draft, *, has_where: bool) -> str:
    """Where the browser asks for similar entries; on one page with the pin it adds the location itself."""
    address = reverse("likely_duplicates", args=[found.entry_kind])
    if has_where:
        return address
    location, ags = _where(found)
    known = {"longitude": location.x, "latitude": location.y} if location else {"municipality": ags}
    return f"{address}?{urlencode(known)}"


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if -90 < number < 90 else None


# --- Later, and the end ------------------------------------------------------------------------------------------


def _later(request: HttpRequest, found: Draft) -> HttpResponse:
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
        },
        status=422 if form.errors else 200,
    )


def _check(request: HttpRequest, found: Draft) -> HttpResponse:
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
            "similar": _similar_to(found),
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
        return redirect(_at(found, CHECK))
    return redirect("submitted", sent_token(submission))


def _answers(found: Draft, forms: dict[str, SubjectForm]) -> list[dict[str, Any]]:
    """Per subject: what was answered, in words, and where to change it."""
    model = ENTRY_KINDS[found.entry_kind]
    shown = []
    for key, form in forms.items():
        facts = facts_together({key: form}) if form.is_valid() else {}
        lines = [(_label(form, name), in_words(model, name, value)) for name, value in facts.items() if _said(value)]
        if isinstance(form, LocationForm) and form.is_approximate:
            lines.append((_("Genauigkeit"), _("ungefähr: Mitte der Gemeinde")))
        shown.append(
            {
                "title": form.title,
                "lines": lines,
                "errors": [error for errors in form.errors.values() for error in errors],
                "url": _at(found, key, dann=CHECK),
            }
        )
    return shown


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


def _at(found: Draft, step: str, request: HttpRequest | None = None, **more: Any) -> str:
    """The address of a step; it keeps in mind that somebody came from the last page."""
    asked = {"schritt": step} if step else {}
    if request is not None and request.GET.get("dann"):
        asked["dann"] = CHECK
    query = urlencode(asked | more)
    return reverse("draft", args=[found.entry_kind, found.key]) + (f"?{query}" if query else "")


def _others(kind: str) -> list[tuple[str, Wording]]:
    return [(reverse("register", args=[other]), wording) for other, wording in WORDINGS.items() if other != kind]
