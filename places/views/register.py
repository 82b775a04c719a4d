"""The questionnaire to register an entry: begin, one question per page or all on one, entries that may be the same.

What is asked: entry_forms. Its end, and going on later: register_end.py. The pages after it: prove.py.
"""

from math import ceil
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from places.entry_forms import SUBJECTS, ActorsForm, LocationForm, NameForm, SubjectForm
from places.geo import WGS84
from places.models import Draft, Place
from places.registering.registration import save_answers, similar_entries, start_draft
from places.small_map import COUNTED, small_map
from places.throttling import PER_ADDRESS_TYPING, may_send
from places.views.private import errors_of, private_page, too_many
from places.views.register_end import check, later
from places.views.register_parts import (
    CHECK,
    LATER,
    SIMILAR,
    WORDINGS,
    Wording,
    similar_to,
    step_address,
    where_it_is,
)

MORE_ROWS = 2
MINUTES_PER_QUESTION = 2 / 3
AT = "_at"  # where somebody was when a draft was saved


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, kind: str) -> HttpResponse:
    """What is asked and how long it takes; the button begins a draft."""
    if request.method == "POST":
        if not may_send(request, "register"):
            return too_many(request)
        return redirect("draft", kind, start_draft(kind).key)
    count = len(SUBJECTS[kind])
    return render(
        request,
        "places/register/start.html",
        {
            "kind": kind,
            "wording": WORDINGS[kind],
            "count": count,
            "minutes": ceil(count * MINUTES_PER_QUESTION),
            "others": _others(kind),
        },
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
        return later(request, found)
    if step == CHECK:
        return check(request, found)
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
    if not may_send(request, "similar", per_address=PER_ADDRESS_TYPING):
        return HttpResponse(status=429)
    numbers = [_number(request.GET.get(name, "")) for name in ("longitude", "latitude")]
    location = None
    if numbers[0] is not None and numbers[1] is not None:
        location = Point(numbers[0], numbers[1], srid=WGS84)
    ags = request.GET.get("municipality", "")[:8]
    found = similar_entries(kind, name=request.GET.get("name", "")[:200], location=location, municipality_ags=ags)
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
    save_answers(found, _kept(request, form) | {AT: step})
    if "autosave" in request.POST:
        return HttpResponse(status=204)
    if "spaeter" in request.POST:
        return redirect(step_address(found, LATER))
    if "alle" in request.POST:
        return redirect(step_address(found, "", alle=1))
    if "suchen" in request.POST:
        return redirect(step_address(found, step, request) + _spot("suche", request.POST["suchen"]))
    if "mehr" in request.POST:
        return redirect(step_address(found, step, request, mehr=1) + _spot("mehr", request.POST["mehr"]))
    steps = list(SUBJECTS[found.entry_kind])
    if "zurueck" in request.POST:
        return redirect(step_address(found, steps[max(steps.index(step) - 1, 0)]))
    if not form.is_valid():
        return _show(request, found, [form], step, status=422)
    return redirect(_next(request, found, step, steps))


def _kept(request: HttpRequest, form: SubjectForm) -> dict[str, Any]:
    searched = request.POST.get("suchen", "")
    return form.searched() if searched and searched == form.search else form.typed()


def _next(request: HttpRequest, found: Draft, step: str, steps: list[str]) -> str:
    if issubclass(SUBJECTS[found.entry_kind][step], NameForm) and similar_to(found):
        return step_address(found, SIMILAR, request)
    if request.GET.get("dann") == CHECK or step == steps[-1]:
        return step_address(found, CHECK)
    return step_address(found, steps[steps.index(step) + 1])


def _all(request: HttpRequest, found: Draft) -> HttpResponse:
    form_classes = SUBJECTS[found.entry_kind]
    if request.method != "POST":
        forms = [form(typed=found.answers | _more_rows(request, form)) for form in form_classes.values()]
        return _show(request, found, forms)
    forms = [form(request.POST) for form in form_classes.values()]
    typed: dict[str, Any] = {}
    for form in forms:
        typed |= _kept(request, form)
    save_answers(found, typed)
    if "autosave" in request.POST:
        return HttpResponse(status=204)
    if "spaeter" in request.POST:
        return redirect(step_address(found, LATER))
    if "einzeln" in request.POST:
        return redirect(step_address(found, ""))
    if "suchen" in request.POST:
        return redirect(step_address(found, "", alle=1) + _spot("suche", request.POST["suchen"]))
    if more := request.POST.get("mehr"):
        return redirect(step_address(found, "", alle=1, mehr=more) + _spot("mehr", more))
    if [form for form in forms if not form.is_valid()]:
        return _show(request, found, forms, status=422)
    return redirect(step_address(found, CHECK))


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
            "map": pin_map(where),
            "similar_near": _similar_address(found, has_where=where is not None),
        },
        status=status,
    )


def _more_rows(request: HttpRequest, form_class: type[SubjectForm]) -> dict[str, Any]:
    if not issubclass(form_class, ActorsForm) or request.GET.get("mehr") not in ("1", form_class.row_name):
        return {}
    return {f"{form_class.row_name}-more": MORE_ROWS}


def pin_map(where: LocationForm | None) -> dict[str, Any] | None:
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


def _spot(what: str, which: str) -> str:
    """The place of the page to come back to."""
    return f"#{what}-{quote(which[:20])}"


# --- What may be the same ----------------------------------------------------------------------------------------


def _similar_page(request: HttpRequest, found: Draft) -> HttpResponse:
    steps = list(SUBJECTS[found.entry_kind])
    onward = CHECK if request.GET.get("dann") == CHECK else steps[2]
    similar_ones = similar_to(found)
    if not similar_ones:
        return redirect(step_address(found, onward))
    return render(
        request,
        "places/register/similar.html",
        {
            "draft": found,
            "kind": found.entry_kind,
            "wording": WORDINGS[found.entry_kind],
            "similar": similar_ones,
            "onward": step_address(found, onward),
            "back": step_address(found, steps[1]),
        },
    )


def _similar_address(found: Draft, *, has_where: bool) -> str:
    """Where the browser asks for similar entries; on one page with the pin it adds the location itself."""
    address = reverse("likely_duplicates", args=[found.entry_kind])
    if has_where:
        return address
    location, ags = where_it_is(found)
    known = {"longitude": location.x, "latitude": location.y} if location else {"municipality": ags}
    return f"{address}?{urlencode(known)}"


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if -90 < number < 90 else None


def _others(kind: str) -> list[tuple[str, Wording]]:
    return [(reverse("register", args=[other]), wording) for other, wording in WORDINGS.items() if other != kind]
