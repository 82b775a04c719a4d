"""import_places: places and actors arrive from CSV and GeoJSON, once, in their municipality, or not at all."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext

from places.facts import facts_of
from places.importers.places import columns, import_places
from places.models import Actor, Change, Involvement, Place
from places.vocabulary import CORE_CRITERIA, Circle, Criterion, Role
from tests.conftest import DATA
from tests.database.refusals import errors_of, files_without_defect
from tests.factories import TODAY, make_actor, make_municipality, make_place

pytestmark = pytest.mark.django_db

FILES = DATA / "places"
SOUND = {"two_points.geojson"}
KINDS = (
    "village_shop, community_house, repair_cafe, meeting_cafe, library, neighbourhood_centre, multigeneration_house, "
    "youth_centre, culture_house, community_garden, sports_ground, club_house, parish_hall, open_workshop, coworking, "
    "fire_station, village_pub, market_place, mobile_service, other"
)
SECTORS = "civil_society, administration, private_sector"
NO_ADDRESS = "website: not an address that begins with https:// or http://"
DEFECTS = {
    "rating_7.csv": ["3: engaged_actors: not between 0 and 4: '7'"],
    "latitude_120.csv": ["3: lat: not between -90 and 90 degrees: '120'"],
    "unknown_kind.csv": [f"3: kind: not one of {KINDS}: 'pub'"],
    "unknown_status.csv": ["3: status: not one of planned, active, dormant, closed: 'open'"],
    "no_name.csv": ["3: name: a value is required: ''"],
    "no_external_id.csv": ["3: external_id: a value is required: ''"],
    "same_id_twice.csv": ["3: external_id: is in line 2 already: 'a'"],
    "outside_all_municipalities.csv": [
        "3: lon, lat: lies in no municipality of the edition 2022-12-31: '12.5, 51.05'",
    ],
    "lon_and_lat_swapped.csv": [
        "3: lon, lat: lies in no municipality of the edition 2022-12-31; are lon and lat swapped?: '51.05, 9.15'"
    ],
    "decimal_comma.csv": ["3: lon: not a number with a decimal point: '9,15'"],
    "not_a_number.csv": ["3: lon: not a number with a decimal point: 'nan'"],
    "confirmed_in_the_future.csv": ["3: confirmed_on: lies in the future: '2026-11-23'"],
    "website_without_scheme.csv": [f"3: {NO_ADDRESS}: 'www.example.org'"],
    "website_javascript.csv": [f"3: {NO_ADDRESS}: 'javascript:alert(1)'"],
    "postcode_4_digits.csv": ["3: postcode: not five digits; was a leading zero lost?: '1234'"],
    "criterion_ja.csv": ["3: low_threshold: neither yes nor no nor empty: 'ja'"],
    "actor_without_sector.csv": ["3: motivator: “Verein A” has no sector, as in Dorfverein|civil_society: 'Verein A'"],
    "actor_in_unknown_sector.csv": [f"3: motivator: “church” is not one of {SECTORS}: 'Verein A|church'"],
    "actor_in_two_circles.csv": ["3: fellow: is in the circle key_actor already: 'Verein A|civil_society'"],
    "actor_named_twice.csv": [
        "3: motivator: “Verein A|civil_society” is named twice: 'Verein A|civil_society; Verein A|civil_society'"
    ],
    "name_of_201_characters.csv": [f"3: name: 201 characters where 200 are allowed: '{'H' * 79}…'"],
    "control_character.csv": ["3: name: contains a control character: 'Ha\\x00lle'"],
    "two_defects_in_one_row.csv": [
        f"3: kind: not one of {KINDS}: 'pub'",
        "3: engaged_actors: not between 0 and 4: '7'",
    ],
    "line_break_in_quotes_before.csv": ["7: engaged_actors: not between 0 and 4: '9'"],
    "rating_7.geojson": ["feature 2: engaged_actors: not between 0 and 4: '7'"],
    "rating_2_5.geojson": ["feature 2: engaged_actors: not a whole number: '2.5'"],
    "list_for_text.geojson": ["feature 2: name: neither text nor number: '[\"Halle\"]'"],
    "no_geometry.geojson": ["feature 2: geometry: a Point is required: ''"],
    "polygon.geojson": ["feature 2: geometry: a Point is required: 'Polygon'"],
    "coordinates_as_text.geojson": ["feature 2: geometry: not two coordinates: '['9.15', '51.05']'"],
    "same_id_twice.geojson": ["feature 2: external_id: is in feature 1 already: 'a'"],
}
WHOLE_FILES = {
    "unknown_column.csv": ["unknown_column.csv:1: strasse: unknown column: 'strasse'"],
    "required_column_missing.csv": ["required_column_missing.csv:1: kind: required column is missing: 'kind'"],
    "unknown_property.geojson": ["unknown_property.geojson: strasse: unknown property: 'strasse'"],
    "single_feature.geojson": ["single_feature.geojson: not a GeoJSON FeatureCollection"],
    "no_json.geojson": ["no_json.geojson:2: not JSON: Expecting value"],
}


@pytest.fixture(autouse=True)
def municipalities() -> None:
    """Two squares of 0.1°, side by side from 9° east, 51° north."""
    make_municipality("06635001")
    make_municipality("06635002")


def write(folder: Path, *rows: dict[str, Any], name: str = "places.csv") -> Path:
    """A CSV file of places in the first municipality; each row says what is not as usual."""
    usual = {"external_id": "a", "name": "Dorfladen", "kind": "village_shop", "lon": 9.05, "lat": 51.05}
    filled = [{**usual, **row} for row in rows]
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in filled for name in row)))
        writer.writeheader()
        writer.writerows(filled)
    return folder / name


def ties(place: Place) -> dict[str, tuple[str, set[str]]]:
    """Circle and roles of each actor at a place, by name."""
    found = place.involvements.select_related("actor")
    return {tie.actor.name: (tie.circle, {role.value for role in tie.roles()}) for tie in found}


# --- What arrives ---------------------------------------------------------------------------------------------------


def test_every_column_is_stored(tmp_path: Path) -> None:
    answers = dict.fromkeys((criterion.value for criterion in Criterion), "no") | {"community_use": "yes"}
    row = {
        "status": "planned",
        "founded_on": "1998-05-01",
        "confirmed_on": "2026-11-22",
        "description": "Erst der Laden.\nDann das Café.",
        "street": "Weg 1",
        "postcode": "01067",
        "city": "Allendorf",
        "website": "https://laden.example.org/",
        "opening_hours": "Mo-Fr 08:00-18:00; PH off",
        "engaged_actors": 0,
        "consolidation": 4,
        "motivator": "Dorfverein|civil_society; Gemeinde X|administration",
        "provider": "Gemeinde X|administration",
        "key_actor": "Bäckerei|private_sector",
        "fellow": "Chor|civil_society",
        "supporter": "Sparkasse|private_sector",
        "source": "Erhebung 2026",
        "licence": "CC0-1.0",
        **answers,
    }
    report = import_places(write(tmp_path, row), today=TODAY)
    assert report.counts == {"created": 1, "updated": 0, "unchanged": 0, "actors created": 5, "rows skipped": 0}
    place = Place.objects.get()
    assert (place.external_id, place.name, place.kind, place.status) == ("a", "Dorfladen", "village_shop", "planned")
    assert (place.publication, place.is_fictional) == ("published", False)
    assert (place.location.x, place.location.y) == pytest.approx((9.05, 51.05))
    assert place.municipality is not None
    assert place.municipality.ags == "06635001"
    assert (place.founded_on, place.confirmed_on) == (date(1998, 5, 1), date(2026, 11, 22))
    assert place.description == "Erst der Laden.\nDann das Café."
    assert (place.street, place.postcode, place.city) == ("Weg 1", "01067", "Allendorf")
    assert (place.website, place.opening_hours) == ("https://laden.example.org/", "Mo-Fr 08:00-18:00; PH off")
    assert (place.source, place.licence) == ("Erhebung 2026", "CC0-1.0")
    assert {name.value: answer for name, answer in place.criteria().items()} == {
        name: answer == "yes" for name, answer in answers.items()
    }
    assert (place.engaged_actors, place.consolidation, place.conflict_space) == (0, 4, None)
    assert ties(place) == {
        "Dorfverein": ("key_actor", {"motivator"}),
        "Gemeinde X": ("key_actor", {"motivator", "provider"}),
        "Bäckerei": ("key_actor", set()),
        "Chor": ("fellow", set()),
        "Sparkasse": ("supporter", set()),
    }


def test_the_shortest_row_is_an_active_place_of_which_nothing_is_known(tmp_path: Path) -> None:
    import_places(write(tmp_path, {}), today=TODAY)
    place = Place.objects.get()
    assert (place.status, place.publication, place.confirmed_on) == ("active", "published", None)
    assert set(place.criteria().values()) == {None}


def test_geojson_says_the_same_in_its_own_types() -> None:
    import_places(FILES / "two_points.geojson", today=TODAY)
    shop, hall = Place.objects.order_by("external_id")
    assert (shop.postcode, shop.low_threshold, shop.engaged_actors) == ("34497", True, 3)
    assert ties(shop) == {"Verein A": ("key_actor", {"motivator"})}
    assert (hall.name, hall.low_threshold) == ("Halle", None)
    assert hall.municipality is not None
    assert hall.municipality.ags == "06635002"


def test_the_same_name_and_sector_is_the_same_actor_everywhere(tmp_path: Path) -> None:
    there = make_actor("Dorfverein")
    rows = [
        {"external_id": "a", "motivator": "Dorfverein|civil_society"},
        {"external_id": "b", "provider": " Dorfverein | civil_society ;"},
        {"external_id": "c", "promoter": "Dorfverein|private_sector"},
    ]
    import_places(write(tmp_path, *rows), today=TODAY)
    assert set(Actor.objects.values_list("name", "sector")) == {
        ("Dorfverein", "civil_society"),
        ("Dorfverein", "private_sector"),
    }
    assert there.involvements.count() == 2


def test_invented_places_are_marked(tmp_path: Path) -> None:
    import_places(write(tmp_path, {}), today=TODAY, fictional=True)
    assert Place.objects.get().is_fictional


# --- Once and again -------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing() -> None:
    import_places(FILES / "two_points.geojson", today=TODAY)
    before = list(Place.objects.order_by("pk").values()), list(Involvement.objects.order_by("pk").values())
    report = import_places(FILES / "two_points.geojson", today=TODAY)
    assert report.counts == {"created": 0, "updated": 0, "unchanged": 2, "actors created": 0, "rows skipped": 0}
    assert (list(Place.objects.order_by("pk").values()), list(Involvement.objects.order_by("pk").values())) == before


def test_a_changed_row_changes_its_place_and_no_other(tmp_path: Path) -> None:
    first, second = {"external_id": "a", "motivator": "Alt|civil_society"}, {"external_id": "b"}
    import_places(write(tmp_path, first, second), today=TODAY)
    before = {place.external_id: place for place in Place.objects.all()}
    changed = {**first, "name": "Neuer Laden", "lon": 9.15, "motivator": "Neu|administration"}
    report = import_places(write(tmp_path, changed, second), today=TODAY)
    assert (report.counts["updated"], report.counts["unchanged"]) == (1, 1)
    place, other = Place.objects.get(external_id="a"), Place.objects.get(external_id="b")
    assert (place.pk, place.name, place.created_at) == (before["a"].pk, "Neuer Laden", before["a"].created_at)
    assert place.municipality is not None
    assert place.municipality.ags == "06635002"
    assert ties(place) == {"Neu": ("key_actor", {"motivator"})}
    assert place.updated_at > before["a"].updated_at
    assert other.updated_at == before["b"].updated_at


def test_every_import_of_a_place_is_on_record_with_what_it_changed(tmp_path: Path) -> None:
    row = {"external_id": "a", "motivator": "Alt|civil_society"}
    import_places(write(tmp_path, row), today=TODAY)
    made = Change.objects.get()
    assert (made.verb, made.acted_as, made.after, made.ags) == ("imported", "platform", {}, "06635001")
    import_places(
        write(tmp_path, {**row, "name": "Neuer Laden", "lon": 9.15, "motivator": "Neu|administration"}), today=TODAY
    )
    change = Change.objects.exclude(pk=made.pk).get()
    assert change.before["name"] == "Dorfladen"
    assert (change.after["name"], change.after["location"][0], change.ags) == ("Neuer Laden", 9.15, "06635002")
    place = Place.objects.get()
    assert change.after["actors"] == facts_of(place)["actors"]
    assert [actor["name"] for actor in change.before["actors"]] == ["Alt"]
    assert set(change.after) == {"name", "location", "actors"}


@pytest.mark.parametrize("publication", ["archived", "rejected"])
def test_what_was_taken_out_of_the_public_does_not_come_back_by_a_file(tmp_path: Path, publication: str) -> None:
    import_places(write(tmp_path, {}), today=TODAY)
    Place.objects.update(publication=publication)
    import_places(write(tmp_path, {"name": "Neuer Laden"}), today=TODAY)
    place = Place.objects.get()
    assert (place.name, place.publication) == ("Neuer Laden", publication)


def test_an_empty_cell_empties_and_a_missing_column_leaves_what_stands(tmp_path: Path) -> None:
    full = {"status": "dormant", "city": "Allendorf", "low_threshold": "yes", "fellow": "Chor|civil_society"}
    import_places(write(tmp_path, full), today=TODAY)
    import_places(write(tmp_path, {"low_threshold": ""}), today=TODAY)
    place = Place.objects.get()
    assert (place.low_threshold, place.city, place.status) == (None, "Allendorf", "dormant")
    assert ties(place) == {"Chor": ("fellow", set())}
    import_places(write(tmp_path, {"status": "", "city": "", "fellow": ""}), today=TODAY)
    place.refresh_from_db()
    assert (place.city, place.status, ties(place)) == ("", "active", {})


def test_a_place_without_external_id_is_never_touched() -> None:
    own = make_place(name="Von Hand")
    import_places(FILES / "two_points.geojson", today=TODAY)
    assert Place.objects.count() == 3
    assert Place.objects.get(pk=own.pk).name == "Von Hand"


# --- What does not arrive -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_is_told_and_nothing_is_written(name: str) -> None:
    assert errors_of(import_places, FILES / name, today=TODAY) == [f"{name}:{said}" for said in DEFECTS[name]]
    assert (Place.objects.count(), Actor.objects.count()) == (0, 0)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_wrong_row_may_be_skipped_and_is_still_told(name: str) -> None:
    report = import_places(FILES / name, today=TODAY, skip_invalid=True)
    said = [str(error).removeprefix(f"{FILES}/") for error in report.rejected.errors]
    assert said == [f"{name}:{said}" for said in DEFECTS[name]]
    assert report.counts["rows skipped"] == 1
    assert list(Place.objects.values_list("external_id", "name")) == [("a", "Dorfladen")]


@pytest.mark.parametrize("name", WHOLE_FILES)
def test_a_file_that_is_wrong_as_a_whole_is_always_refused(name: str) -> None:
    assert errors_of(import_places, FILES / name, today=TODAY, skip_invalid=True) == WHOLE_FILES[name]
    assert not Place.objects.exists()


def test_every_file_has_its_test() -> None:
    assert files_without_defect("places", DEFECTS | WHOLE_FILES, SOUND) == set()


def test_one_wrong_row_among_a_thousand_keeps_all_of_them_out(tmp_path: Path) -> None:
    rows = [{"external_id": str(number), "engaged_actors": number % 5} for number in range(1000)]
    rows[616]["engaged_actors"] = 7
    file = write(tmp_path, *rows)
    assert errors_of(import_places, file, today=TODAY) == ["places.csv:618: engaged_actors: not between 0 and 4: '7'"]
    assert not Place.objects.exists()


def test_a_dry_run_counts_and_leaves_nothing() -> None:
    report = import_places(FILES / "two_points.geojson", today=TODAY, dry_run=True)
    assert (report.counts["created"], report.counts["actors created"]) == (2, 1)
    assert (Place.objects.count(), Actor.objects.count(), Involvement.objects.count()) == (0, 0, 0)


def test_queries_do_not_grow_with_the_rows(tmp_path: Path, django_assert_max_num_queries: Any) -> None:
    def rows(number: int) -> list[dict[str, Any]]:
        return [{"external_id": str(index), "motivator": f"Verein {index}|civil_society"} for index in range(number)]

    with django_assert_max_num_queries(40) as few:
        import_places(write(tmp_path, *rows(2)), today=TODAY)
    with django_assert_max_num_queries(80) as many:
        import_places(write(tmp_path, *rows(400)), today=TODAY)
    assert isinstance(many, CaptureQueriesContext)
    assert len(many) - len(few) < 400 / 5  # batches as large as SQLite's limit of parameters allows


def test_the_columns_are_those_of_the_published_format() -> None:
    names = [column.name for column in columns(TODAY)]
    assert [column.name for column in columns(TODAY) if column.required] == names[:5]
    assert names[:5] == ["external_id", "name", "kind", "lon", "lat"]
    assert {word.value for word in (*Role, *Circle, *CORE_CRITERIA)} <= set(names)
    assert len(names) == len(set(names)) == 45
