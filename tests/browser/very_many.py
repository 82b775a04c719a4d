"""A site of more municipalities and places than the map reads at once, made up by a seeded generator: squares in a
grid, classes in stripes. Needs Django's settings: ``manage.py shell`` calls it."""

import tempfile
from datetime import date, timedelta
from pathlib import Path

import geopandas
import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.utils import timezone

from cohesion.models import Assessment, Score
from cohesion.views.map_classes import MANY_MUNICIPALITIES
from cohesion.views.map_entries import MANY_ENTRIES
from cohesion.vocabulary import CohesionClass
from places import clock
from places.importers.boundaries import import_boundaries
from places.models import BoundaryEdition, Municipality, Place
from places.vocabulary import Kind, Publication, Status, ZokTier

SIDE = 46  # squares
MUNICIPALITIES = SIDE * SIDE
PLACES = MANY_ENTRIES + 100
WEST, SOUTH, STEP = 9.0, 50.5, 0.02
OF_DISTRICT = SIDE  # a row
EDITION = date(2026, 1, 1)
CLASSES = [CohesionClass.RISKY, CohesionClass.RESILIENT, CohesionClass.ROBUST, CohesionClass.UNASSESSED]


def fill() -> None:
    """Fill the empty database of the settings."""
    assert MUNICIPALITIES > MANY_MUNICIPALITIES
    call_command("migrate", verbosity=0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "squares.gpkg"
        _squares().to_file(file)
        import_boundaries(file, edition=EDITION, attribution="erfunden")
    edition = BoundaryEdition.objects.current()
    assert edition is not None
    assessment = Assessment.objects.create(
        as_of=clock.today(),
        edition=edition,
        inputs_digest="0" * 64,
        method="SOK-1",
        parameters={"near": 1000.0},
        places_counted=0,
    )
    municipalities = list(Municipality.objects.filter(edition=edition).order_by("ags"))
    Score.objects.bulk_create(_score(each, index, assessment) for index, each in enumerate(municipalities))
    for index, municipality in enumerate(municipalities):
        municipality.zok_tier = ZokTier.GRUNDZENTRUM if index % 5 else ZokTier.OBERZENTRUM
        municipality.population = 1000 + index
    Municipality.objects.bulk_update(municipalities, ["zok_tier", "population"])
    Place.objects.bulk_create(_places(municipalities), batch_size=2000)


def _squares() -> geopandas.GeoDataFrame:
    made = range(MUNICIPALITIES)
    corners = [(WEST + at % SIDE * STEP, SOUTH + at // SIDE * STEP) for at in made]
    return geopandas.GeoDataFrame(
        {
            "AGS": [f"06{at // OF_DISTRICT:03}{at % OF_DISTRICT + 1:03}" for at in made],
            "GEN": [f"Quadrat {at}" for at in made],
            "geometry": [shapely.box(west, south, west + STEP, south + STEP) for west, south in corners],
        },
        crs="EPSG:4326",
    )


def _score(municipality: Municipality, index: int, assessment: Assessment) -> Score:
    return Score(
        municipality=municipality,
        assessment=assessment,
        cohesion_class=CLASSES[index % SIDE % 4],
        supply=0.5,
        supply_after_loss=0.25,
        renewal=0.75,
        population_basis="grid",
        stability=0.5 if index % 7 == 0 else 0.9,  # every seventh is uncertain
    )


def _places(municipalities: list[Municipality]) -> list[Place]:
    random = np.random.default_rng(1)
    chosen = random.integers(0, len(municipalities), PLACES)
    return [
        Place(
            name=f"Ort {number}",
            kind=Kind.values[number % 3],
            status=Status.ACTIVE,
            publication=Publication.PUBLISHED,
            municipality=municipalities[index],
            location=Point(municipalities[index].centre.x, municipalities[index].centre.y, srid=4326),
            confirmed_on=timezone.localdate() - timedelta(days=10),
        )
        for number, index in enumerate(chosen)
    ]
