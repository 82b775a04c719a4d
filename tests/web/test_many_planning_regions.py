"""The lists of planning regions read all municipalities once, however many regions there are, and count them right."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from places.models import PlanningRegion
from tests.factories import make_assessment, make_edition, make_municipality, make_score
from tests.web.answers import get
from tests.web.settlements import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessed() -> None:
    assessment = make_assessment(make_edition())
    for ags, population, cohesion_class in [
        ("06635001", 1000, "risky"),
        ("06635002", 2000, "robust"),
        ("06636001", None, "risky"),
        ("16061001", 500, "resilient"),
    ]:
        make_score(make_municipality(ags, population=population), assessment, cohesion_class=cohesion_class)
    make_municipality("06635999", is_unincorporated=True)
    make_municipality("16061002", population=300)  # without a score


@pytest.mark.usefixtures("assessed")
def test_each_region_counts_what_lies_in_any_of_its_keys_once() -> None:
    for slug, keys in {
        "all": ["06", "06635", "06635001", "16061"],
        "hesse": ["06"],
        "two": ["06635002", "16061001"],
        "none": ["05"],
    }.items():
        PlanningRegion.objects.create(slug=slug, name=slug, areas=keys)
    found = {region["key"]: region for region in get("planning-regions/")["results"]}
    assert {key: region["municipalities"] for key, region in found.items()} == {
        "all": 5,
        "hesse": 3,
        "none": 0,
        "two": 2,
    }
    assert {key: region["population"] for key, region in found.items()} == {
        "all": 3800,
        "hesse": 3000,
        "none": 0,
        "two": 2500,
    }
    assert found["all"]["classes"]["risky"]["municipalities"] == 2
    assert found["all"]["classes"]["unassessed"]["municipalities"] == 1
    for region in found.values():  # the list and the page of one count alike
        one = get(f"planning-regions/{region['key']}/")
        assert {name: one[name] for name in region} == region


@pytest.mark.usefixtures("assessed")
@pytest.mark.parametrize("path", ["/kreise/", "/api/v1/planning-regions/"])
def test_many_regions_cost_no_more_questions_than_one(path: str) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert Client().get(path).status_code == 200
        return len(captured)

    PlanningRegion.objects.create(slug="first", name="Nord", areas=["06635", "16061001"])
    one = questions()
    for number in range(12):
        PlanningRegion.objects.create(slug=f"r{number}", name=f"Region {number}", areas=["06", "16061001"])
    assert questions() == one


@pytest.mark.usefixtures("assessed")
def test_the_page_lists_them() -> None:
    PlanningRegion.objects.create(slug="nord", name="Nordregion", areas=["06635"])
    assert "Nordregion" in words(Client().get("/kreise/"))
