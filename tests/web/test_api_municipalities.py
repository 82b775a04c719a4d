"""/api/v1/municipalities/: what a municipality says, filters, editions and assessments, history, its places."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.gis.geos import LinearRing, MultiPolygon, Polygon

from places.geo import WGS84
from places.models import Municipality, PopulationGrid
from places.vocabulary import Condition, Publication, Role, Sector
from tests.factories import (
    TODAY,
    make_actor,
    make_assessment,
    make_edition,
    make_municipality,
    make_place,
    make_region,
    make_score,
    square,
)
from tests.web.answers import get, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def korbach() -> Municipality:
    make_region(make_edition(), "06635", name="Waldeck-Frankenberg")
    return make_municipality(
        "06635015",
        ars="066350015015",
        name="Korbach",
        designation="Stadt",
        geometry=square(8.8, 51.2),
        population=23500,
        area_km2=123.987654,
        zok_tier="mittelzentrum",
        zok_detail="Mittelzentrum im ländlichen Raum",
        zok_source="LEP Hessen",
        inventory_completed_on=TODAY,
        open_administration=3,
    )


def ags_of(**query: Any) -> list[str]:
    return [found["ags"] for found in get("municipalities/", **query)["results"]]


def test_a_municipality_says_what_formats_md_promises(korbach: Municipality) -> None:
    place = make_place(korbach, name="Laden")
    assessment = make_assessment()
    make_score(korbach, assessment, critical_kind="place", critical_place=place, critical_name="Laden")
    answer = get("municipalities/")
    assert (answer["count"], answer["next"], answer["previous"]) == (1, None, None)
    assert answer["attribution"] == "© Test"
    assert "notice" not in answer
    assert answer["results"] == [
        {
            "ags": "06635015",
            "ars": "066350015015",
            "name": "Korbach",
            "designation": "Stadt",
            "district": {"ags": "06635", "name": "Waldeck-Frankenberg"},
            "state": {"ags": "06", "name": "Hessen"},
            "is_unincorporated": False,
            "population": 23500,
            "population_on": "2022-12-31",
            "population_source": None,
            "area_km2": 123.99,
            "centre": [8.85, 51.25],
            "zok": {"tier": "mittelzentrum", "detail": "Mittelzentrum im ländlichen Raum", "source": "LEP Hessen"},
            "conditions": {**dict.fromkeys(Condition.values), "open_administration": 3},
            "inventory_completed_on": "2026-11-22",
            "cohesion": {
                "class": "resilient",
                "supply": 0.7123,
                "supply_after_loss": 0.34,
                "renewal": 0.625,
                "stability": 0.83,
                "class_shares": None,
                "critical": {"kind": "place", "id": str(place.pk), "name": "Laden"},
                "population_basis": "grid",
                "assessment": f"http://testserver/api/v1/assessments/{assessment.pk}/",
                "assessed_on": "2026-11-22",
                "method": "SOK-1",
            },
            "url": "http://testserver/api/v1/municipalities/06635015/",
            "page": "http://testserver/gemeinden/06635015-korbach/",
        }
    ]


def test_before_the_first_assessment_nothing_is_known_of_cohesion() -> None:
    make_municipality(zok_tier="", ars="", designation="")
    (found,) = get("municipalities/")["results"]
    assert found["zok"] == {"tier": None, "detail": None, "source": None}
    assert (found["ars"], found["designation"]) == (None, None)
    cohesion = found["cohesion"]
    assert cohesion.pop("class") == "unassessed"
    assert set(cohesion.values()) == {None}


def test_before_the_first_import_the_lists_are_empty() -> None:
    assert get("municipalities/")["results"] == []
    assert get("municipalities/", format="geojson")["features"] == []
    assert get("municipalities/", format="csv") == []


def test_a_municipality_without_a_score_is_unassessed_in_that_assessment() -> None:
    make_municipality(is_unincorporated=True)
    assessment = make_assessment()
    (found,) = get("municipalities/")["results"]
    assert found["is_unincorporated"] is True
    assert found["cohesion"]["class"] == "unassessed"
    assert found["cohesion"]["assessment"].endswith(f"/assessments/{assessment.pk}/")


def test_an_actor_can_be_the_worst_loss(korbach: Municipality) -> None:
    actor = make_actor("Dorfverein")
    make_score(korbach, make_assessment(), critical_kind="actor", critical_actor=actor, critical_name="Dorfverein")
    (found,) = get("municipalities/")["results"]
    assert found["cohesion"]["critical"] == {"kind": "actor", "id": str(actor.pk), "name": "Dorfverein"}


def test_a_place_that_is_no_longer_public_is_not_named_as_the_worst_loss(korbach: Municipality) -> None:
    place = make_place(korbach, name="Zurückgezogen", publication=Publication.ARCHIVED)
    make_score(korbach, make_assessment(), critical_kind="place", critical_place=place, critical_name=place.name)
    for path in ("municipalities/", "municipalities/06635015/history/"):
        (found,) = get(path)["results"]
        assert found.get("cohesion", found)["critical"] == {"kind": "place", "id": None, "name": None}
        assert get(path, format="csv")[0].get("cohesion_critical_name", "") == ""
    assert get("municipalities/06635015/")["cohesion"]["critical"]["name"] is None


def test_the_detail_explains_the_class_by_public_places_only(korbach: Municipality) -> None:
    shop, hidden = make_place(korbach, name="Laden"), make_place(korbach, publication=Publication.SUBMITTED)
    actor = make_actor("Verein", Sector.CIVIL_SOCIETY)
    findings = {
        "residents": 100.4,
        "standing": [{"place": pk, "share": 0.123456, "loss": 0.1} for pk in (shop.pk, hidden.pk)],
        "standing_count": 2,
        "carriers": [{"actor": actor.pk, "loss": 0.5}],
        "unreached_residents": 10,
        "crowded": [{"place": shop.pk, "crowding": 0.5, "demand": 6000.2}],
        "vacant_roles": [{"place": shop.pk, "roles": [Role.PROMOTER]}],
        "conditions": {Condition.ENGAGED_ACTORS: 2.33333},
        "unconfirmed": [hidden.pk],
        "planned": [],
        "dormant": [],
    }
    make_score(korbach, make_assessment(), explanation=findings)
    named = {"id": str(shop.pk), "name": "Laden", "url": f"http://testserver/api/v1/places/{shop.pk}/"}
    assert get("municipalities/06635015/")["cohesion"]["explanation"] == {
        "standing": [{"place": named, "share": 0.1235, "loss": 0.1}],
        "standing_count": 2,
        "carriers": [
            {
                "actor": {"id": str(actor.pk), "name": "Verein", "is_person": False, "sector": "civil_society"},
                "loss": 0.5,
            }
        ],
        "residents": 100,
        "unreached_residents": 10,
        "crowded": [{"place": named, "crowding": 0.5, "demand": 6000}],
        "vacant_roles": [{"place": named, "roles": ["promoter"]}],
        "conditions": {**dict.fromkeys(Condition.values), "engaged_actors": 2.3333},
        "unconfirmed": [],
        "planned": [],
        "dormant": [],
    }


def test_the_detail_of_an_unassessed_municipality_explains_nothing() -> None:
    make_municipality("06635001")
    assert get("municipalities/06635001/")["cohesion"]["explanation"] is None


@pytest.mark.parametrize("ags", ["06635099", "0663501", "korbach", "066350150"])
def test_an_ags_that_does_not_exist_is_not_found(ags: str, korbach: Municipality) -> None:
    for path in ("", "history/", "places/"):
        problem = get(f"municipalities/{ags}/{path}", HTTPStatus.NOT_FOUND)
        assert problem["instance"] == f"/api/v1/municipalities/{ags}/{path}"


def test_filters_by_state_and_district_take_several_values() -> None:
    for ags in ("06635001", "06633001", "16061001", "16061002"):
        make_municipality(ags)
    assert ags_of(state="16") == ["16061001", "16061002"]
    assert ags_of(state="06,16") == ["06633001", "06635001", "16061001", "16061002"]
    assert ags_of(state=["06", "16"], district=["06633", "16061"]) == ["06633001", "16061001", "16061002"]
    assert ags_of(state="01") == []


def test_filters_by_tier_and_class_take_several_values() -> None:
    assessment = make_assessment()
    for ags, tier, cohesion_class in [
        ("06635001", "none", "risky"),
        ("06635002", "grundzentrum", "risky"),
        ("06635003", "grundzentrum", "robust"),
        ("06635004", "", "unassessed"),
    ]:
        make_score(make_municipality(ags, zok_tier=tier), assessment, cohesion_class)
    make_municipality("06635005", is_unincorporated=True)
    assert ags_of(zok_tier="grundzentrum") == ["06635002", "06635003"]
    assert ags_of(zok_tier="grundzentrum,none") == ["06635001", "06635002", "06635003"]
    assert ags_of(zok_tier="grundzentrum", cohesion_class="risky") == ["06635002"]
    assert ags_of(cohesion_class=["robust", "unassessed"]) == ["06635003", "06635004", "06635005"]


def test_without_an_assessment_everything_is_unassessed_to_the_filter_too() -> None:
    make_municipality("06635001")
    assert ags_of(cohesion_class="unassessed") == ["06635001"]
    assert ags_of(cohesion_class="risky") == []


@pytest.mark.parametrize(
    ("beginning", "found"),
    [("Bad", 2), ("bad so", 1), ("bad über", 1), ("ÖST", 1), ("öst", 1), ("stadt", 0), ("%", 0), ("B_d", 0)],
)
def test_filters_by_the_beginning_of_the_name(beginning: str, found: int) -> None:
    for name in ("Bad Sooden-Allendorf", "Bad Überkingen", "Österstadt"):
        make_municipality(name=name)
    assert get("municipalities/", name=beginning)["count"] == found


@pytest.mark.parametrize("asked", ["bad so,öst", "Öst, Bad So", ["Bad So", "Öst"]])
def test_several_beginnings_of_names_mean_any_of_them(asked: str | list[str]) -> None:
    for ags, name in (("06635001", "Bad Sooden-Allendorf"), ("06635002", "Bad Überkingen"), ("06635003", "Österstadt")):
        make_municipality(ags, name=name)
    assert ags_of(name=asked) == ["06635001", "06635003"]


def test_filters_by_box() -> None:
    make_municipality("06635001", geometry=square(9.0, 51.0))
    make_municipality("06635002", geometry=square(9.5, 51.0))
    assert ags_of(bbox="8.9,50.9,9.05,51.05") == ["06635001"]
    assert ags_of(bbox="9.05,51.05,9.55,51.06") == ["06635001", "06635002"]
    assert ags_of(bbox="10,50,11,51") == []


@pytest.mark.parametrize(
    ("parameter", "value", "says"),
    [
        ("state", "6", "2 digits"),
        ("state", "", "2 digits"),
        ("state", "06,", "2 digits"),
        ("district", "06635015", "5 digits"),
        ("zok_tier", "kleinzentrum", "none, grundzentrum, mittelzentrum, oberzentrum"),
        ("cohesion_class", "robust,weak", "“weak” is none of: risky, resilient, robust, unassessed"),
        ("name", "", "blank"),
        ("bbox", "1,2,3", "Four numbers"),
        ("bbox", "9,51,8,52", "minimum comes first"),
        ("bbox", "9,51,nan,52", "between"),
        ("assessment", "newest", "id of an assessment"),
        ("assessment", "99999999999999999999999", "no assessment"),
        ("page", "0", "greater than or equal to 1"),
        ("page", "2", "last one is 1"),
        ("page_size", "1001", "less than or equal to 1000"),
        ("page_size", "all", "integer"),
        ("format", "xml", "“xml” is none of: json, geojson, csv"),
        ("colour", "red", "no such parameter"),
    ],
)
def test_a_wrong_value_is_refused_by_name(parameter: str, value: str, says: str) -> None:
    make_municipality()
    assert says in refused("municipalities/", parameter, **{parameter: value})


def test_every_wrong_parameter_is_named_at_once() -> None:
    refused("municipalities/", "state", "bbox", "colour", "page", state="x", bbox="1", colour="red", page=["1", "2"])


def test_pages_lead_forth_and_back_with_their_filter() -> None:
    for _ in range(5):
        make_municipality()
    first = get("municipalities/", page_size=2, state="06")
    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"] == "http://testserver/api/v1/municipalities/?page=2&page_size=2&state=06"
    last = get("municipalities/", page_size=2, page=3)
    assert (len(last["results"]), last["next"]) == (1, None)
    assert last["previous"] == "http://testserver/api/v1/municipalities/?page=2&page_size=2"
    second = get("municipalities/", page_size=2, page=2)
    assert second["previous"] == "http://testserver/api/v1/municipalities/?page_size=2"


def test_shows_the_current_edition_and_its_newest_assessment_unless_another_is_asked_for() -> None:
    older, newer = make_edition(date(2021, 12, 31)), make_edition(date(2022, 12, 31))
    before = make_municipality("06635001", edition=older, name="Altdorf")
    after = make_municipality("06635002", edition=newer, name="Neudorf")
    first = make_assessment(older, as_of=date(2026, 1, 1))
    make_score(before, first, "risky")
    assert [found["name"] for found in get("municipalities/")["results"]] == ["Neudorf"]
    assert get("municipalities/")["results"][0]["cohesion"]["class"] == "unassessed"
    second, third = make_assessment(newer, as_of=date(2026, 2, 1)), make_assessment(newer, as_of=TODAY)
    make_score(after, second, "resilient")
    make_score(after, third, "robust")
    assert get("municipalities/")["results"][0]["cohesion"]["class"] == "robust"
    assert get("municipalities/", assessment=second.pk)["results"][0]["cohesion"]["class"] == "resilient"
    (old,) = get("municipalities/", assessment=first.pk)["results"]
    assert (old["name"], old["cohesion"]["class"]) == ("Altdorf", "risky")
    get("municipalities/06635001/", HTTPStatus.NOT_FOUND)
    assert get("municipalities/06635001/", assessment=first.pk)["name"] == "Altdorf"


def test_an_assessment_that_holds_for_an_earlier_day_does_not_become_the_newest() -> None:
    municipality = make_municipality()
    make_score(municipality, make_assessment(as_of=TODAY), "robust")
    make_score(municipality, make_assessment(as_of=date(2024, 1, 1)), "risky")
    assert get("municipalities/")["results"][0]["cohesion"]["class"] == "robust"


def test_history_goes_across_editions_newest_first() -> None:
    older, newer = make_edition(date(2021, 12, 31)), make_edition(date(2022, 12, 31))
    for edition, day, cohesion_class in [(older, date(2025, 1, 1), "risky"), (newer, TODAY, "robust")]:
        municipality = make_municipality("06635001", edition=edition, population=day.year, zok_tier="none")
        make_score(municipality, make_assessment(edition, as_of=day), cohesion_class)
    answer = get("municipalities/06635001/history/")
    assert answer["count"] == 2
    rows = [(row["assessed_on"], row["edition"], row["class"], row["population"]) for row in answer["results"]]
    assert rows == [("2026-11-22", "2022-12-31", "robust", 2026), ("2025-01-01", "2021-12-31", "risky", 2025)]
    assert answer["results"][0]["zok_tier"] == "none"
    (first, _) = get("municipalities/06635001/history/", format="csv")
    assert (first["class"], first["supply"], first["critical_kind"]) == ("robust", "0.7123", "")
    refused("municipalities/06635001/history/", "bbox", bbox="1,2,3,4")


def test_a_municipality_that_was_never_assessed_has_an_empty_history(korbach: Municipality) -> None:
    assert get("municipalities/06635015/history/")["results"] == []


def test_the_places_of_a_municipality_have_the_filters_of_places(korbach: Municipality) -> None:
    make_place(korbach, name="Laden", kind="village_shop")
    make_place(korbach, name="Haus", kind="community_house", publication=Publication.DRAFT)
    make_place(make_municipality("06635016"), name="Anderswo", kind="village_shop")
    answer = get("municipalities/06635015/places/", kind="village_shop")
    assert [place["name"] for place in answer["results"]] == ["Laden"]
    assert get("municipalities/06635015/places/", kind="library")["count"] == 0
    refused("municipalities/06635015/places/", "municipality", municipality="06635015")


# --- Formats ---------------------------------------------------------------------------------------------------------


def test_geojson_is_a_collection_with_counterclockwise_outer_rings() -> None:
    clockwise = Polygon(
        ((9, 51), (9, 52), (10, 52), (10, 51), (9, 51)),
        ((9.2, 51.2), (9.4, 51.2), (9.4, 51.4), (9.2, 51.4), (9.2, 51.2)),
    )
    make_municipality("06635001", geometry=MultiPolygon(clockwise, srid=WGS84))
    make_municipality("06635002", geometry=square(9.123456789, 51.1))
    answer = get("municipalities/", format="geojson", page_size=1)
    assert (answer["type"], answer["numberMatched"], answer["numberReturned"]) == ("FeatureCollection", 2, 1)
    assert [link["rel"] for link in answer["links"]] == ["self", "next"]
    assert answer["attribution"] == "© Test"
    (feature,) = answer["features"]
    assert feature["id"] == feature["properties"]["ags"] == "06635001"
    assert "crs" not in answer
    (polygon,) = feature["geometry"]["coordinates"]
    outer, hole = [LinearRing(ring) for ring in polygon]
    assert (outer.is_counterclockwise, hole.is_counterclockwise) == (True, False)
    second = get("municipalities/", format="geojson", page=2, page_size=1)["features"][0]
    assert min(x for x, _ in second["geometry"]["coordinates"][0][0]) == 9.12346


def test_a_single_municipality_is_a_feature(korbach: Municipality) -> None:
    feature = get("municipalities/06635015/", accept="application/geo+json")
    assert (feature["type"], feature["id"]) == ("Feature", "06635015")
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert feature["properties"]["name"] == "Korbach"
    assert "geometry" not in feature["properties"]


def test_csv_has_flat_columns_and_keys_with_their_zero(korbach: Municipality) -> None:
    place = make_place(korbach, name='Laden "Mitte", Korbach')
    make_score(korbach, make_assessment(), critical_kind="place", critical_place=place, critical_name="Laden")
    (row,) = get("municipalities/", accept="text/csv")
    assert row["ags"] == "06635015"
    assert row["district_ags"] == "06635"
    assert row["zok_tier"] == "mittelzentrum"
    assert row["cohesion_supply"] == "0.7123"
    assert row["cohesion_critical_name"] == 'Laden "Mitte", Korbach'
    assert (row["centre_longitude"], row["centre_latitude"]) == ("8.85", "51.25")
    assert (row["is_unincorporated"], row["conditions_open_administration"]) == ("false", "3")
    assert row["conditions_engaged_actors"] == ""
    assert set(row) >= {"cohesion_class", "cohesion_assessment", "url", "page"}


def test_a_format_that_is_not_available_is_refused_by_the_accept_header() -> None:
    problem = get("municipalities/", HTTPStatus.NOT_ACCEPTABLE, accept="application/pdf")
    assert problem["title"] == "Not Acceptable"
    get("municipalities/06635001/", HTTPStatus.NOT_ACCEPTABLE, accept="text/csv")


def test_population_grid_is_attributed_besides_the_boundaries() -> None:
    PopulationGrid.objects.create(
        edition=make_edition(),
        source="Zensus 2022",
        attribution="© Destatis",
        cell_size=1000,
        imported_at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert get("municipalities/")["attribution"] == "© Test · © Destatis"
