"""The spine: four commands and an assessment give, through the API, the figures that method §9 gives by hand."""

from pathlib import Path

import geopandas
import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from shapely import box

from places.geo import to_degrees
from places.models import Municipality

pytestmark = pytest.mark.django_db
X0, Y0 = 4_300_500, 3_100_500


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The region of method §9 as the four files that an administration would bring."""
    boundaries = geopandas.GeoDataFrame(
        {"AGS": ["06635001", "06635002"], "GEN": ["Erste", "Zweite"], "BEZ": ["Gemeinde", "Gemeinde"]},
        geometry=[
            box(X0 - 2000, Y0 - 2000, X0 + 5500, Y0 + 2000),
            box(X0 + 5500, Y0 - 2000, X0 + 10_000, Y0 + 2000),
        ],
        crs=3035,
    )
    boundaries.to_file(tmp_path / "boundaries.gpkg", layer="vg250_gem")
    (tmp_path / "municipalities.csv").write_text(
        "ags,population,population_on,zok_tier,inventory_completed_on\n"
        "06635001,1500,2022-12-31,none,2026-01-01\n"
        "06635002,400,2022-12-31,mittelzentrum,2026-01-01\n"
    )
    (tmp_path / "grid.csv").write_text(
        "Gitter_ID_1km;x_mp_1km;y_mp_1km;Einwohner\n"
        f"1kmN3100E4300;{X0};{Y0};1000\n"
        f"1kmN3100E4303;{X0 + 3000};{Y0};500\n"
        f"1kmN3100E4306;{X0 + 6000};{Y0};-1\n"
        f"1kmN3100E4308;{X0 + 8000};{Y0};400\n"
    )
    longitude, latitude = to_degrees(np.array([X0, X0 + 3000.0]), np.array([Y0, float(Y0)]))
    rated = "3,3,3,3,3,2,2,2,2,A|civil_society,B|private_sector,A|civil_society"
    unrated = ",,,,,,,,,,,"
    (tmp_path / "places.csv").write_text(
        "external_id,name,kind,lon,lat,status,confirmed_on,community_use,low_threshold,open_to_all,"
        "open_administration,engaged_actors,process_not_project,supraregional_attention,public_infrastructure,"
        "opening_outward,bundling_competences,conflict_space,consolidation,motivator,provider,promoter\n"
        f"shop,Laden,village_shop,{longitude[0]:.9f},{latitude[0]:.9f},active,2026-11-01,yes,yes,yes,{rated}\n"
        f"hall,Halle,community_house,{longitude[1]:.9f},{latitude[1]:.9f},active,2026-11-01,yes,yes,yes,{unrated}\n"
    )
    return tmp_path


@pytest.fixture
def assessed(files: Path) -> None:
    call_command("import_boundaries", str(files / "boundaries.gpkg"), "--edition=2022-12-31", verbosity=0)
    call_command("import_municipalities", str(files / "municipalities.csv"), verbosity=0)
    call_command("import_population", str(files / "grid.csv"), verbosity=0)
    call_command("import_places", str(files / "places.csv"), verbosity=0)
    call_command("assess", "--as-of=2026-11-22", verbosity=0)


def test_the_api_gives_the_figures_of_the_worked_example(assessed: None, client: Client) -> None:
    answer = client.get("/api/v1/municipalities/").json()
    first, second = answer["results"]
    cohesion = first["cohesion"]
    assert (first["ags"], cohesion["class"]) == ("06635001", "resilient")
    assert (cohesion["supply"], cohesion["supply_after_loss"], cohesion["renewal"]) == (1.0, 0.3333, 0.75)
    assert cohesion["critical"]["kind"] == "place"
    assert cohesion["critical"]["name"] == "Laden"
    assert cohesion["population_basis"] == "grid"
    assert (cohesion["assessed_on"], cohesion["method"]) == ("2026-11-22", "SOK-1")
    assert (second["ags"], second["cohesion"]["class"], second["cohesion"]["supply"]) == ("06635002", "risky", 0.0)
    assert second["zok"]["tier"] == "mittelzentrum"


def test_changing_every_tier_changes_no_class(assessed: None, client: Client) -> None:
    before = client.get("/api/v1/scores/").json()
    Municipality.objects.update(zok_tier="oberzentrum")
    call_command("assess", "--as-of=2026-11-23", verbosity=0)
    after = client.get("/api/v1/scores/").json()
    assert after["zok_tier"] == ["oberzentrum", "oberzentrum"] != before["zok_tier"]
    assert after["assessment"]["id"] != before["assessment"]["id"]
    assert after["cohesion_class"] == before["cohesion_class"]
