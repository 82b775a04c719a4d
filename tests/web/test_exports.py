"""Files of everything: opened with the tools that people use, and built once for each version of the data."""

import csv
import gzip
import io
import json
import re
import zipfile
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from places.vocabulary import Circle, Publication, Role, Sector
from sok_site.exports import files, tasks
from sok_site.exports.files import EXPORTS
from tests.factories import (
    involve,
    make_actor,
    make_assessment,
    make_municipality,
    make_place,
    make_score,
    make_space,
    make_support,
)
from tests.web import answers

pytestmark = pytest.mark.django_db
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "exports"


@pytest.fixture
def world() -> None:
    flensburg = make_municipality("01001000", name="Flensburg", ars="010010000000", zok_tier="oberzentrum")
    kiel = make_municipality("01002000", name="Kiel", designation="")
    place = make_place(flensburg, name="=1+1", postcode="01067", founded_on=date(1899, 12, 31))
    involve(place, make_actor("Verein"), Role.MOTIVATOR, Role.PROVIDER)
    unnamed = make_actor()
    unnamed.name, unnamed.is_person, unnamed.sector = "", True, Sector.CIVIL_SOCIETY
    unnamed.save()
    involve(place, unnamed, Role.PROMOTER, circle=Circle.FELLOW)
    make_place(flensburg, name="Entwurf", publication=Publication.SUBMITTED)
    make_place(kiel, name="Archiviert", publication=Publication.ARCHIVED)
    make_support(kiel, "", "01", "01002000")
    make_space(kiel, area_m2=80, available_until=date(2027, 1, 31))
    assessment = make_assessment(flensburg.edition, draws=8, seed=3)
    shares = {"risky": 0.125, "resilient": 0.875, "robust": 0.0, "unassessed": 0.0}
    make_score(flensburg, assessment, class_shares=shares, critical_kind="place", critical_place=place)


def fetch(name: str, folder: Path) -> Path:
    """The file as somebody saves it."""
    response: Any = Client().get(f"/api/v1/exports/{name}")
    assert response.status_code == HTTPStatus.OK
    found = folder.with_name(name)
    found.write_bytes(response.getvalue())
    return found


def sheets(path: Path) -> dict[str, list[dict[str, tuple[str, str]]]]:
    """Of each sheet the cells of each row, by column: their type and what is written there."""
    with zipfile.ZipFile(path) as book:
        root = ElementTree.fromstring(book.read("xl/workbook.xml"))
        names = [sheet.get("name", "") for sheet in root.iter(f"{SHEET}sheet")]
        found = {}
        for index, name in enumerate(names, start=1):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{index}.xml"))
            found[name] = [
                {cell.get("r", "").rstrip("0123456789"): (cell.get("t", "n"), "".join(cell.itertext())) for cell in row}
                for row in sheet.iter(f"{SHEET}row")
            ]
    return found


def test_the_index_lists_every_file_with_licence_and_attribution(world: None, settings: Settings) -> None:
    settings.DATA_LICENCE = "cc-by/4.0"
    listed = answers.get("exports/")
    assert (listed["licence"], listed["attribution"]) == ("cc-by/4.0", "© Test")
    assert len(listed["results"]) == len(EXPORTS) == 26
    assert {entry["bytes"] for entry in listed["results"]} == {None}
    addresses = {entry["name"]: entry["url"] for entry in listed["results"]}
    assert addresses["places.gpkg"] == "http://testserver/api/v1/exports/places.gpkg"
    assert {"municipalities.parquet", "support.xlsx", "spaces.csv", "districts.geojson", "sok-atlas.gpkg"} <= {
        *addresses
    }


@pytest.mark.parametrize("name", list(EXPORTS))
def test_every_file_answers_with_its_media_type_its_name_and_its_licence(
    name: str, world: None, settings: Settings
) -> None:
    settings.DATA_LICENCE = "cc-by/4.0"
    response: Any = Client().get(f"/api/v1/exports/{name}")
    assert response.status_code == HTTPStatus.OK
    assert len(response.getvalue()) == int(response["Content-Length"])
    assert response["Content-Type"] == EXPORTS[name].format.media_type
    assert (
        f'filename="sok-atlas{"" if name.startswith("sok-atlas") else "-" + name.partition(".")[0]}.'
        in response["Content-Disposition"]
    )
    assert response["Link"] == '<http://dcat-ap.de/def/licenses/cc-by/4.0>; rel="license"'
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=60, must-revalidate"


def test_geopandas_reads_the_geopackage_with_keys_as_text_and_what_is_to_be_said(world: None, folder: Path) -> None:
    path = fetch("municipalities.gpkg", folder)
    read = geopandas.read_file(path)
    assert read.crs == "EPSG:4326"
    assert list(read["ags"]) == ["01001000", "01002000"]
    assert list(read["district"]) == ["01001", "01002"]
    assert read["ars"][0] == "010010000000"
    assert list(read["class"]) == ["resilient", "unassessed"]
    assert read["supply"][0] == pytest.approx(0.7123)
    assert read["share_resilient"][0] == pytest.approx(0.875)
    assert (read["critical_kind"][0], read["critical_name"][0]) == ("place", "=1+1")
    assert (read["method"][0], read["draws"][0], read["seed"][0]) == ("SOK-1", 8, "3")
    assert read[["supply", "method", "draws", "critical_id", "designation"]].iloc[1].isna().all()
    assert read.geometry.is_valid.all()
    assert [*read.geometry.bounds.iloc[0]] == pytest.approx([9, 51, 9.1, 51.1])
    told = pyogrio.read_info(path)["layer_metadata"]
    assert told["attribution"] == "© Test"
    assert told["licence"] == "not stated"
    assert told["assessed_on"] == "2026-11-22"
    assert "© Test" in told["DESCRIPTION"]


def test_one_geopackage_has_all_layers(world: None, folder: Path) -> None:
    path = fetch("sok-atlas.gpkg", folder)
    counts = {str(name): len(geopandas.read_file(path, layer=name)) for name, _type in pyogrio.list_layers(path)}
    assert counts == {"municipalities": 2, "places": 1, "support": 1, "spaces": 1, "districts": 2}


def test_geopandas_reads_the_geoparquet_also_one_box_of_it(world: None, folder: Path) -> None:
    path = fetch("municipalities.parquet", folder)
    read = geopandas.read_parquet(path)
    assert list(read["ags"]) == ["01001000", "01002000"]
    assert str(read["population_on"][0])[:10] == "2022-12-31"
    assert shapely.area(read.geometry.values[0]) == pytest.approx(0.01)
    assert list(geopandas.read_parquet(path, bbox=(9.15, 51.01, 9.19, 51.09))["name"]) == ["Kiel"]
    told = pyarrow.parquet.read_schema(path).metadata
    assert json.loads(told[b"geo"])["version"] == "1.1.0"
    assert told[b"attribution"].decode() == "© Test"
    assert json.loads(told[b"columns"])["zok_tier"] == {"de": "zentralörtliche Stufe", "en": "central-place tier"}


def test_geojson_is_rfc_7946_with_attribution_beside(world: None, folder: Path) -> None:
    read = json.loads(fetch("places.geojson", folder).read_text())
    assert read["attribution"] == "© Test"
    assert "crs" not in read
    (feature,) = read["features"]
    assert feature["id"] == feature["properties"]["id"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [9.05, 51.05]}
    assert feature["properties"]["postcode"] == "01067"
    assert feature["properties"]["community_use"] is True
    areas = json.loads(fetch("districts.geojson", folder).read_text())["features"]
    assert [(area["properties"]["key"], area["geometry"]["type"]) for area in areas] == [
        ("01001", "MultiPolygon"),
        ("01002", "MultiPolygon"),
    ]


def test_csv_has_what_the_api_has_in_words_that_the_import_reads(world: None, folder: Path) -> None:
    (row,) = csv.DictReader(io.StringIO(fetch("places.csv", folder).read_text()))
    assert (row["municipality"], row["district"], row["postcode"]) == ("01001000", "01001", "01067")
    assert (row["longitude"], row["latitude"]) == ("9.05", "51.05")
    assert (row["motivator"], row["provider"]) == ("Verein|civil_society", "Verein|civil_society")
    assert (row["promoter"], row["fellow"]) == ("|civil_society", "|civil_society")
    (served,) = csv.DictReader(io.StringIO(fetch("support.csv", folder).read_text()))
    assert served["areas"] == "DE; 01; 01002000"


def test_a_spreadsheet_keeps_keys_as_text_and_days_as_days_and_runs_nothing(world: None, folder: Path) -> None:
    book = sheets(fetch("places.xlsx", folder))
    assert list(book) == ["places", "Erläuterung"]
    head, row = book["places"]
    cells = {name: row[column] for column, (_type, name) in head.items() if column in row}
    assert cells["name"] == ("inlineStr", "=1+1")
    assert cells["municipality"] == ("inlineStr", "01001000")
    assert cells["postcode"] == ("inlineStr", "01067")
    assert cells["confirmed_on"][0] == "n"  # a day is a number with a format
    explained = {cells["A"][1]: cells["B"][1] for cells in book["Erläuterung"] if "B" in cells}
    assert explained["attribution"] == "© Test"
    assert explained["postcode"] == "Postleitzahl"


def test_gdal_reads_the_spreadsheet_with_leading_zeros_and_days(world: None, folder: Path) -> None:
    read = pyogrio.read_dataframe(fetch("municipalities.xlsx", folder), layer="municipalities", read_geometry=False)
    assert list(read["ags"]) == ["01001000", "01002000"]
    assert list(read["district"]) == ["01001", "01002"]
    assert str(read["population_on"][0])[:10] == "2022-12-31"
    assert read["population"][0] == 1000
    assert "geometry" not in read
    assert read["longitude"][0] == pytest.approx(9.05)


def test_nobody_is_in_a_file_who_is_not_public(world: None, folder: Path) -> None:
    for extension in ("csv", "geojson"):
        text = fetch(f"places.{extension}", folder).read_text()
        assert "Entwurf" not in text
        assert "Archiviert" not in text


def test_a_worst_loss_that_is_no_longer_public_has_no_name(world: None, folder: Path) -> None:
    from places.models import Place

    Place.objects.filter(name="=1+1").update(publication=Publication.ARCHIVED)
    row = next(csv.DictReader(io.StringIO(fetch("municipalities.csv", folder).read_text())))
    assert (row["critical_kind"], row["critical_id"], row["critical_name"]) == ("place", "", "")


def test_while_places_are_invented_every_file_says_so(folder: Path) -> None:
    make_place(is_fictional=True)
    assert "invented" in json.loads(fetch("places.geojson", folder).read_text())["notice"]
    assert "invented" in pyogrio.read_info(fetch("municipalities.gpkg", folder))["layer_metadata"]["notice"]


@pytest.mark.parametrize("name", list(EXPORTS))
def test_an_empty_installation_has_files_too(name: str) -> None:
    response: Any = Client().get(f"/api/v1/exports/{name}")
    assert response.status_code == HTTPStatus.OK
    assert response.getvalue()


def test_what_is_unchanged_is_not_sent_again_and_a_part_can_be_had(world: None) -> None:
    whole: Any = Client().get("/api/v1/exports/places.gpkg")
    data = whole.getvalue()
    again: Any = Client().get("/api/v1/exports/places.gpkg", headers={"If-None-Match": whole["ETag"]})
    assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
    assert again["Cache-Control"] == whole["Cache-Control"]
    head: Any = Client().head("/api/v1/exports/places.gpkg")
    assert (head["Content-Length"], head["ETag"]) == (str(len(data)), whole["ETag"])
    part: Any = Client().get("/api/v1/exports/places.gpkg", headers={"Range": "bytes=0-15", "If-Range": whole["ETag"]})
    assert part["Cache-Control"] == whole["Cache-Control"]
    assert (part.status_code, part.getvalue()) == (HTTPStatus.PARTIAL_CONTENT, b"SQLite format 3\0")


def test_text_comes_packed_to_whoever_accepts_that(world: None) -> None:
    plain: Any = Client().get("/api/v1/exports/places.csv")
    text = plain.getvalue()
    packed: Any = Client().get("/api/v1/exports/places.csv", headers={"Accept-Encoding": "br, gzip"})
    assert gzip.decompress(packed.getvalue()) == text
    assert packed["Content-Encoding"] == "gzip"
    assert packed["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in packed["Vary"]
    assert "Accept-Encoding" in plain["Vary"]
    refused: Any = Client().get("/api/v1/exports/places.csv", headers={"Accept-Encoding": "gzip;q=0"})
    assert refused.getvalue() == text


def test_what_is_not_there_is_said_as_a_problem() -> None:
    for name in ("places.shp", "..%2Fsecret", "nothing"):
        response = Client().get(f"/api/v1/exports/{name}")
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response["Content-Type"] == "application/problem+json"
    assert Client().post("/api/v1/exports/places.csv").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_file_has_no_parameters(world: None) -> None:
    for name in ("places.csv", "places.gpkg"):
        assert "no such parameter" in answers.refused(f"exports/{name}", "delimiter", delimiter=";")
        assert "no such parameter" in answers.refused(f"exports/{name}", "format", format="json")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


@pytest.mark.django_db(transaction=True)
def test_a_file_is_built_once_for_each_version_and_old_ones_go(folder: Path) -> None:
    place = make_place(name="Vorher")
    first = files.built(EXPORTS["places.csv"])
    written = first.path.stat().st_mtime_ns
    assert files.built(EXPORTS["places.csv"]) == first
    assert answers.get("exports/")["results"][[*EXPORTS].index("places.csv")]["bytes"] == first.path.stat().st_size
    place.name = "Nachher"
    place.save()
    second = files.built(EXPORTS["places.csv"])
    assert second.digest != first.digest
    assert "Nachher" in second.path.read_text()
    place.delete()
    third = files.built(EXPORTS["places.csv"])
    assert first.path.stat().st_mtime_ns == written if first.path.exists() else True
    # One before stays for whoever is just being sent there.
    assert {name.partition(".")[0] for name in names_in(folder)} == {second.path.stem, third.path.stem}


@pytest.mark.django_db(transaction=True)
def test_a_version_that_changes_nothing_in_a_layer_gives_the_same_bytes_and_time(folder: Path) -> None:
    here = make_municipality("06635001")
    for name in EXPORTS:
        if not name.startswith(("municipalities", "districts")):
            continue
        first = files.built(EXPORTS[name])
        written = first.path.stat().st_mtime_ns
        make_place(here)
        second = files.built(EXPORTS[name])
        assert second.path != first.path
        assert (name, second.digest, second.path.stat().st_mtime_ns) == (name, first.digest, written)


def test_nothing_is_kept_of_a_transaction_that_may_come_to_nothing(folder: Path) -> None:
    make_place(name="Vielleicht")
    first = files.built(EXPORTS["places.csv"])
    assert files.existing(EXPORTS["places.csv"]) is None
    assert files.built(EXPORTS["places.csv"]).path != first.path


def test_a_name_has_nothing_that_a_path_minds(world: None, folder: Path) -> None:
    path = files.built(EXPORTS["spaces.geojson"]).path
    assert re.fullmatch(r"spaces_[0-9a-z-]+\.geojson", path.name)


@pytest.mark.django_db(transaction=True)
def test_where_there_is_a_queue_files_are_built_after_an_assessment(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    edition = make_municipality("06635001").edition
    make_assessment(edition)
    make_assessment(edition)
    (queued,) = DBTaskResult.objects.all()
    assert queued.task_path == tasks.prepare_all.module_path
    tasks.prepare.func(["spaces.csv", "places.csv"])
    assert files.existing(EXPORTS["spaces.csv"])
    assert DBTaskResult.objects.get(task_path=tasks.prepare.module_path).args_kwargs["args"] == [["places.csv"]]
