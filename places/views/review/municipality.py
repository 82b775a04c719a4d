"""/pruefung/gemeinden/: a reviewer's municipalities, and of each the inventory, the conditions, the record."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import ENTRY_KINDS, Change, Entry, Mandate, Municipality, Submission
from places.permissions import may_review
from places.reviewing.municipal import rate_conditions, state_inventory
from places.reviewing.municipal_forms import ConditionsForm, InventoryForm
from places.reviewing.queue import Waiting, items
from places.views.private import private_page
from places.views.review.refusal import refused
from places.views.review.restoration import Restoration, restoration
from places.views.review.telling import told
from places.vocabulary import Condition, Publication

PER_PAGE = 30
SHOWN = 20


@private_page
@login_required
@require_http_methods(["GET", "HEAD"])
def review_municipalities(request: HttpRequest) -> HttpResponse:
    """The municipalities of the reviewer's mandates, those without a completed inventory first; by name on request."""
    mandates = list(Mandate.objects.of(request.user).in_force(clock.today()))
    sought = request.GET.get("name", "").strip()
    municipalities = (
        Municipality.objects.current()
        .incorporated()
        .in_areas([mandate.area for mandate in mandates])
        .annotate(published=Count("places", filter=Q(places__publication=Publication.PUBLISHED)))
        .with_names()
        .order_by(F("inventory_completed_on").asc(nulls_first=True), "name")
    )
    page = Paginator(municipalities.named(sought) if sought else municipalities, PER_PAGE).get_page(
        request.GET.get("seite", "1")
    )
    rows = [
        (municipality, sum(rating is not None for rating in municipality.condition_ratings().values()))
        for municipality in page
    ]
    context = {"mandates": mandates, "rows": rows, "page": page, "sought": sought, "conditions_count": len(Condition)}
    return render(request, "places/review/municipalities.html", context)


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def municipality_review(request: HttpRequest, ags: str) -> HttpResponse:
    """One municipality: what waits there, state its inventory, rate its conditions, read and set back its record."""
    today = clock.today()
    municipality = get_object_or_404(Municipality.objects.current().incorporated().with_names(), ags=ags)
    if not may_review(request.user, municipality, today):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    inventory = InventoryForm(
        posted if posted and "inventory" in posted else None,
        initial={"completed_on": municipality.inventory_completed_on},
        prefix="inventory",
    )
    conditions = ConditionsForm(
        posted if posted and "conditions" in posted else None, municipality=municipality, prefix="conditions"
    )
    setting_back = restoration(request, Change.of(municipality), today)
    if (
        _stated(request, municipality, inventory, today)
        or _rated(request, municipality, conditions, today)
        or (setting_back is not None and setting_back.is_done)
    ):
        messages.success(request, _("Gespeichert. Die Bewertung ist auf dem neuen Stand."))
        return redirect("municipality_review", ags=ags)
    return render(
        request,
        "places/review/municipality.html",
        {
            "municipality": municipality,
            "waiting": _waiting(municipality, today),
            "unconfirmed": _unconfirmed(municipality, today),
            "inventory": inventory,
            "conditions": conditions,
            "restoration": setting_back,
            **refused(inventory, conditions, *([setting_back.form] if setting_back else [])),
            "record": told(Change.of(municipality)[:50], to_reviewer=True),
        },
        status=422 if inventory.errors or conditions.errors or _is_refused(setting_back) else 200,
    )


def _is_refused(setting_back: Restoration | None) -> bool:
    return setting_back is not None and bool(setting_back.form.errors)


def _waiting(municipality: Municipality, today: date) -> list[Waiting]:
    here = Q(pk__in=[])
    for kind in ENTRY_KINDS:
        here |= Q(**{f"{kind}__municipality": municipality.pk})
    return items(list(Submission.objects.waiting().filter(here).values_list("pk", flat=True)[:SHOWN]), today)


def _unconfirmed(municipality: Municipality, today: date) -> list[Entry]:
    """Entries whose confirmation ran out, looked after or not."""
    found: list[Entry] = []
    for model in ENTRY_KINDS.values():
        rows = model.objects.with_territory().unconfirmed(today, DEFAULT_FRESHNESS_MONTHS)
        found += rows.filter(municipality=municipality.pk).annotate(stewards=Count("stewardships"))[:SHOWN]
    return found


def _stated(request: HttpRequest, municipality: Municipality, form: InventoryForm, today: date) -> bool:
    """Whether the inventory was sent, and could be stated."""
    if not (form.is_bound and form.is_valid()):
        return False
    asked = form.cleaned_data
    try:
        state_inventory(
            municipality, by=request.user, completed_on=asked["completed_on"], reason=asked["reason"], today=today
        )
    except ValidationError as error:
        form.add_error("completed_on", error)
        return False
    return True


def _rated(request: HttpRequest, municipality: Municipality, form: ConditionsForm, today: date) -> bool:
    """Whether the conditions were sent, and could be rated."""
    if not (form.is_bound and form.is_valid()):
        return False
    evidence = form.cleaned_data["evidence"]
    rate_conditions(municipality, by=request.user, ratings=form.ratings(), evidence=evidence, today=today)
    return True
