"""Pages of a reviewer: her municipalities, and for each the inventory, the conditions and the record."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from places import clock
from places.forms import ConditionsForm, InventoryForm
from places.models import Change, Mandate, Municipality
from places.municipal_review import rate_conditions, state_inventory
from places.permissions import may_review
from places.vocabulary import Condition, Publication


@login_required
@require_http_methods(["GET", "HEAD"])
def review(request: HttpRequest) -> HttpResponse:
    """The municipalities of the reviewer's mandates, those without a completed inventory first."""
    mandates = list(Mandate.objects.of(request.user).in_force(clock.today()))
    municipalities = (
        Municipality.objects.current()
        .incorporated()
        .in_areas([mandate.area for mandate in mandates])
        .annotate(published=Count("places", filter=Q(places__publication=Publication.PUBLISHED)))
        .with_names()
        .order_by("inventory_completed_on", "name")
    )
    rows = [
        (municipality, sum(rating is not None for rating in municipality.condition_ratings().values()))
        for municipality in municipalities
    ]
    rows.sort(key=lambda row: row[0].inventory_completed_on is not None)
    return render(
        request, "places/review.html", {"mandates": mandates, "rows": rows, "conditions_count": len(Condition)}
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def municipality_review(request: HttpRequest, ags: str) -> HttpResponse:
    """One municipality: state its inventory, rate its conditions, read its record."""
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
    if _stated(request, municipality, inventory, today) or _rated(request, municipality, conditions, today):
        messages.success(request, _("Gespeichert. Die Bewertung ist auf dem neuen Stand."))
        return redirect("municipality_review", ags=ags)
    return render(
        request,
        "places/municipality_review.html",
        {
            "municipality": municipality,
            "inventory": inventory,
            "conditions": conditions,
            "changes": Change.of(municipality)[:50],
        },
        status=422 if inventory.errors or conditions.errors else 200,
    )


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
