"""QGIS, LibreOffice and Debian's ogr2ogr read layers and exports from a running server."""

import csv
import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import geopandas
import pytest
from django.core.cache import cache
from pytest_django import Settings

from sok_site.ogc.collections import COLLECTIONS
from tests.factories import (
    make_assessment,
    make_municipality,
    make_place,
    make_score,
    make_space,
    make_support,
    square,
)

pytestmark = pytest.mark.django_db(transaction=True)

MUNICIPALITIES = 25
QGIS = Path(__file__).with_name("in_qgis.py")
FILES = ("municipalities.gpkg", "municipalities.geojson", "municipalities.csv", "municipalities.xlsx")


@pytest.fixture
def site(live_server: Any, settings: Settings, tmp_path: Path) -> str:
    """Where the site is, over a world whose keys begin with a zero."""
    cache.clear()
    settings.EXPORTS_DIR = tmp_path / "exports"
    assessment = make_assessment()
    for index in range(MUNICIPALITIES):
        municipality = make_municipality(
            f"06635{index:03}", geometry=square(9 + index % 10 / 10, 50 + index // 10 / 10)
        )
        make_score(municipality, assessment, "risky" if index % 2 else "robust")
    for make in (make_place, make_support, make_space):
        make(municipality)
    return str(live_server.url)


def run(*command: object, folder: Path) -> str:
    environment = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=180, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def downloaded(site: str, folder: Path, *names: str) -> list[Path]:
    """Exports, as somebody saves them."""
    for name in names:
        with urlopen(f"{site}/api/v1/exports/{name}") as answer:
            (folder / name).write_bytes(answer.read())
    return [folder / name for name in names]


def test_qgis_lists_reads_filters_and_draws_layers_and_opens_files(site: str, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    files = downloaded(site, tmp_path, *FILES)
    said = run("/usr/bin/python3", QGIS, f"{site}/ogc/", tmp_path / "map.png", *files, folder=tmp_path)
    seen = json.loads(said.splitlines()[-1])
    assert len(seen["listed"]) == len(COLLECTIONS)
    for name, layer in seen["layers"].items():
        number = MUNICIPALITIES if name == "municipalities" else 1
        assert (layer["valid"], layer["count"], layer["read"], layer["shapes"]) == (True, number, number, number), name
    assert seen["layers"]["municipalities"]["first"]["ags"] == "06635000"
    assert seen["risky"] == MUNICIPALITIES // 2
    assert seen["drawn"] == {"west": "#0000c0", "east": "#c00000", "below": "#ffffff"}
    for name, layer in seen["files"].items():
        assert (layer["valid"], layer["read"]) == (True, MUNICIPALITIES), name
        assert (layer["types"]["ags"], layer["first"]["ags"]) == ("string", "06635000"), name


def test_debians_ogr2ogr_copies_municipalities_to_another_system(site: str, tmp_path: Path) -> None:
    file = tmp_path / "utm.gpkg"
    run("ogr2ogr", "-t_srs", "EPSG:25832", file, f"OAPIF:{site}/ogc", "municipalities", folder=tmp_path)
    copied = geopandas.read_file(file)
    assert len(copied) == MUNICIPALITIES
    assert copied.crs.to_epsg() == 25832
    assert copied.geometry.is_valid.all()
    assert sorted(copied["ags"])[0] == "06635000"
    assert copied.total_bounds[0] == pytest.approx(500000, abs=1)


def test_debians_ogr2ogr_lets_the_server_filter(site: str, tmp_path: Path) -> None:
    file, where = tmp_path / "risky.gpkg", "class = 'risky' AND ags < '06635010'"
    run("ogr2ogr", "-where", where, file, f"OAPIF:{site}/ogc", "municipalities", folder=tmp_path)
    assert len(geopandas.read_file(file)) == 5


def test_libreoffice_opens_the_spreadsheet_with_keys_as_text(site: str, tmp_path: Path) -> None:
    (file,) = downloaded(site, tmp_path, "municipalities.xlsx")
    run("libreoffice", "--headless", "--convert-to", "csv", "--outdir", tmp_path, file, folder=tmp_path)
    with (tmp_path / "municipalities.csv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == MUNICIPALITIES
    assert sorted(row["ags"] for row in rows)[0] == "06635000"
    assert {row["district"] for row in rows} == {"06635"}
