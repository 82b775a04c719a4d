"""Rows that are read from columns are what their serializers would show, of everything in the demo."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import RequestFactory
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

import sok_site.urls  # noqa: F401 - every endpoint is there
from cohesion.api.municipalities import Municipalities, MunicipalityPlaces
from cohesion.models import Score
from places.api.places import Places
from places.api.spaces import Spaces
from places.api.supports import Supports
from places.models import Actor, Place
from places.reading import Listing
from places.rows import plan_of
from places.vocabulary import Publication, Role
from tests.factories import (
    TODAY,
    involve,
    make_actor,
    make_assessment,
    make_municipality,
    make_photo,
    make_place,
    make_score,
    make_space,
    make_support,
)

pytestmark = pytest.mark.django_db
LISTS: list[tuple[type[Listing], dict[str, Any]]] = [
    (Municipalities, {}),
    (Places, {}),
    (Supports, {}),
    (Spaces, {}),
    (MunicipalityPlaces, {"ags": "06635001"}),
]


def both(listing: type[Listing], query: dict[str, str], path: dict[str, Any]) -> tuple[Any, Any]:
    """The rows as they are read from columns, and as they are serialised."""
    view = listing()
    request = RequestFactory().get("/", query)
    view.setup(request, **path)
    view.request = APIView().initialize_request(request)
    view.format_kwarg = None
    view.initial(view.request, **path)
    queryset = view.ordered(view.get_queryset())
    plan = plan_of(view, queryset)
    assert plan is not None, listing
    render = JSONRenderer().render
    return render(plan.read(queryset, view)), render(view.get_serializer(queryset, many=True).data)


def edge_cases() -> None:
    """What the demo has not: nothing known, nobody named, losses of every kind, places that are gone."""
    municipality, assessment = make_municipality("06635001"), make_assessment()
    bare = make_place(municipality)
    Place.objects.filter(pk=bare.pk).update(confirmed_on=None, municipality=None, name="!!!")
    full = make_place(municipality, website="https://example.org/", founded_on=TODAY)
    nobody = Actor.objects.create(name="", is_person=True, sector="civil_society")
    for actor, *roles in (
        (make_actor("Ärzte"), Role.PROVIDER, Role.PROMOTER),
        (make_actor("Zug"),),
        (nobody, Role.MOTIVATOR),
    ):
        involve(full, actor, *roles)
    withdrawn = make_place(municipality, publication=Publication.ARCHIVED)
    for entry in (full, make_support(municipality, "06", ""), make_space(municipality)):
        for _ in range(2):
            make_photo(entry)
    shares = {"risky": 0.25, "resilient": 0.123456, "robust": 0.5, "unassessed": 0.126544}
    make_score(municipality, assessment, supply=0.123456, class_shares=shares, stability=0.5)
    for loss in (
        {"critical_kind": "place", "critical_place": full, "critical_name": full.name},
        {"critical_kind": "place", "critical_place": withdrawn, "critical_name": withdrawn.name},
        {"critical_kind": "actor", "critical_actor": nobody, "critical_name": ""},
        {"critical_kind": "actor", "critical_actor": None, "critical_name": "Verein"},
    ):
        make_score(make_municipality(), assessment, **loss)
    make_municipality()  # without a score


@pytest.mark.parametrize("format", ["json", "geojson"])
@pytest.mark.parametrize(("listing", "path"), LISTS, ids=lambda each: getattr(each, "__name__", ""))
def test_rows_are_what_serializers_show(listing: type[Listing], path: dict[str, Any], format: str) -> None:
    edge_cases()
    for query in ({}, {"fields": "name,page"}, {"fields": "location,photos" if listing is Places else "name"}):
        rows, serialised = both(listing, {"format": format, **query}, path)
        assert rows == serialised
        assert len(rows) > 10


def test_rows_are_what_serializers_show_before_the_first_assessment() -> None:
    make_municipality()
    rows, serialised = both(Municipalities, {}, {})
    assert rows == serialised


def test_every_list_of_the_demo_is_what_serializers_show() -> None:
    call_command("load_demo", verbosity=0)
    assert Score.objects.filter(supply__gt=0).count() > 50
    for listing in (Municipalities, Places, Supports, Spaces):
        rows, serialised = both(listing, {"format": "geojson"}, {})
        assert rows == serialised
        assert len(rows) > 1000
