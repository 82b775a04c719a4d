"""Clients that nobody here wrote read /ogc/ from a running server: GDAL's OAPIF driver and OWSLib.

GDAL runs in a process of its own: it waits for the server without letting this process go on.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import geopandas
import pyogrio
import pytest
from owslib.ogcapi.features import Features

from places.models import Municipality
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
PATIENCE = 60  # seconds until GDAL must have read


@pytest.fixture
def address(live_server: Any) -> str:
    """Where /ogc/ is served, over a world whose first key begins with a zero."""
    assessment = make_assessment()
    for index in range(MUNICIPALITIES):
        municipality = make_municipality(
            f"06635{index:03}", geometry=square(9 + index % 10 / 10, 50 + index // 10 / 10)
        )
        make_score(municipality, assessment, "risky" if index % 2 else "robust")
    for make in (make_place, make_support, make_space):
        make(municipality)
    return f"{live_server.url}/ogc"


COUNT = """
import json, sys, pyogrio
address, *wheres = sys.argv[1:]
pyogrio.set_gdal_config_options({"CPL_DEBUG": "HTTP"})
print(json.dumps([len(pyogrio.read_dataframe(address, layer="municipalities", where=where)) for where in wheres]))
"""


@pytest.fixture(scope="module")
def gdal() -> Iterator[ProcessPoolExecutor]:
    """GDAL's process, started once and anew: of this one it must inherit nothing, no open database for one."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        yield process


@pytest.fixture
def read(address: str, gdal: ProcessPoolExecutor) -> Any:
    """Reads a layer with GDAL."""

    def layer(name: str, **options: Any) -> geopandas.GeoDataFrame:
        return gdal.submit(pyogrio.read_dataframe, f"OAPIF:{address}", layer=name, **options).result(PATIENCE)

    return layer


def test_gdal_lists_and_reads_every_collection(address: str, gdal: ProcessPoolExecutor, read: Any) -> None:
    listed = gdal.submit(pyogrio.list_layers, f"OAPIF:{address}").result(PATIENCE)
    assert listed[:, 0].tolist() == list(COLLECTIONS)
    for name in COLLECTIONS:
        assert len(read(name)) == (MUNICIPALITIES if name == "municipalities" else 1)


def test_gdal_reads_all_municipalities_with_keys_as_text_and_valid_shapes(read: Any) -> None:
    found = read("municipalities", PAGE_SIZE="10")
    assert found["ags"].tolist() == list(Municipality.objects.order_by("ags").values_list("ags", flat=True))
    assert found["ags"][0] == "06635000"
    assert found.geometry.is_valid.all()
    assert set(found["class"]) == {"risky", "robust"}
    assert found["supply"].dtype == float
    assert found.crs.to_authority() in (("EPSG", "4326"), ("OGC", "CRS84"))
    west, south, east, north = found.total_bounds
    assert (west, south, east, north) == pytest.approx((9, 50, 10, 50.3))


def test_gdal_chooses_by_class_and_by_box(read: Any) -> None:
    assert len(read("municipalities", where="class = 'risky'")) == MUNICIPALITIES // 2
    assert read("municipalities", bbox=(9.01, 50.01, 9.02, 50.02))["ags"].tolist() == ["06635000"]


def test_gdal_reads_another_coordinate_system(read: Any) -> None:
    found = read("municipalities", CRS="http://www.opengis.net/def/crs/EPSG/0/25832")
    assert found.crs.to_epsg() == 25832
    assert found.total_bounds[0] == pytest.approx(500000, abs=1)


def test_owslib_reads_the_same(address: str) -> None:
    service = Features(f"{address}/")
    assert set(service.feature_collections()) == set(COLLECTIONS)
    assert service.collection("places")["storageCrs"].endswith("CRS84")
    assert "class" in service.collection_queryables("municipalities")["properties"]
    page = service.collection_items("municipalities", limit=5, offset=5)
    assert (page["numberMatched"], page["numberReturned"]) == (MUNICIPALITIES, 5)
    assert page["features"][0]["id"] == "06635005"
    assert service.collection_item("municipalities", "06635001")["properties"]["ags"] == "06635001"
    assert service.api()["openapi"].startswith("3.0")
    assert any(conforms.endswith("conf/core") for conforms in service.conformance()["conformsTo"])


def test_gdal_lets_the_server_filter(address: str) -> None:
    found = {
        "class = 'risky' AND population > 5": MUNICIPALITIES // 2,
        "NOT (ags >= '06635010')": 10,
        "population_on >= '2022/12/31'": MUNICIPALITIES,
    }
    command = [sys.executable, "-c", COUNT, f"OAPIF:{address}", *found]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert json.loads(done.stdout or "null") == list(found.values()), done.stderr
    assert done.stderr.count("&filter=") == len(found)
