"""The world that the benches ask of: Germany's municipalities, invented places; one assessment and the peers' tables
for bench_api, the census grid for bench_assess.

Needs Django's settings: they call it through `manage.py shell`. Every place and actor is made up by a seeded
generator, in a database that is thrown away.
"""

import csv
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.core.management import call_command
from django.db import connection
from django.db.models import Model

from cohesion.assessment import assess
from cohesion.lattice import lattice
from places import clock
from places.fields import COORDINATE_DECIMALS
from places.geo import WGS84, to_metres
from places.importers.boundaries import import_boundaries
from places.importers.population import import_population
from places.models import Actor, Involvement, Municipality, Place
from places.vocabulary import RATINGS, Circle, Criterion, Kind, Publication, Sector, Status
from sok_site.ogc.collections import COLLECTIONS, Collection, Property

FACTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "facts_de_2022-12-31.csv"
EDITION = date(2016, 12, 31)
SEED = 1
# Of the coverage that stands in where there are no real boundaries
MUNICIPALITIES, EDGE_PARTS = 11_299, 40
CELLS = 214_000  # inhabited cells of 1 km
WEST, SOUTH, EAST, NORTH = 6.0, 47.4, 15.0, 54.9
DISTRICTS, OF_DISTRICT = 25, 29  # of a state; municipalities of a district


def fill(places: int, boundaries: str) -> None:
    """Fill the empty database of the settings for bench_api: with an assessment and with what the peers read."""
    fill_inputs(places, boundaries)
    with connection.cursor() as cursor:
        # For queries as short as these its compiling costs more than it gives, to every server alike
        cursor.execute(f"ALTER DATABASE {connection.ops.quote_name(connection.settings_dict['NAME'])} SET jit = off")
    assess(clock.today(), draws=0)
    _tables_of_peers()


def fill_inputs(places: int, boundaries: str, grid: str = "") -> None:
    """Fill the empty database of the settings with what an assessment reads.

    With ``grid``, a file of census cells (made-up ones where it is not there), ten places of eleven at least are
    counted, and not what chance gives.
    """
    call_command("migrate", verbosity=0)
    if Path(boundaries).exists():
        import_boundaries(Path(boundaries), edition=EDITION, skip_invalid=True)
    else:
        print(f"{boundaries} is not here: a made-up coverage of {MUNICIPALITIES:,} municipalities stands in.")
        _import_made_up()
    _facts()
    _places(places)
    if grid:
        _cells(grid)
        criteria = dict.fromkeys(Criterion.values, True)
        Place.objects.exclude(pk__in=range(0, places, 11)).update(
            status=Status.ACTIVE, confirmed_on=clock.today(), **criteria
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


# --- Municipalities -------------------------------------------------------------------------------------------------


def _import_made_up() -> None:
    """A seeded coverage: its borders are lines of one fine lattice, bent together, so neighbours share theirs."""
    random = np.random.default_rng(SEED)
    columns = int(np.sqrt(MUNICIPALITIES))
    rows = -(-MUNICIPALITIES // columns)
    lattice = np.meshgrid(
        np.linspace(WEST, EAST, columns * EDGE_PARTS + 1), np.linspace(SOUTH, NORTH, rows * EDGE_PARTS + 1)
    )
    points = np.stack([line + random.normal(0, 0.0002, line.shape) for line in lattice], axis=-1).round(6)

    def polygon(index: int) -> shapely.Polygon:
        bottom, left = (part * EDGE_PARTS for part in divmod(index, columns))
        top, right = bottom + EDGE_PARTS, left + EDGE_PARTS
        south, east = points[bottom, left:right], points[bottom:top, right]
        north, west = points[top, right:left:-1], points[top:bottom:-1, left]
        return shapely.Polygon(np.concatenate([south, east, north, west]))

    made = range(MUNICIPALITIES)
    # Neighbours in a row are a district
    keys = [
        f"{at // OF_DISTRICT // DISTRICTS + 1:02}{at // OF_DISTRICT % DISTRICTS:03}{at % OF_DISTRICT:03}" for at in made
    ]
    names = [f"Gemeinde {at}" for at in made]
    coverage = geopandas.GeoDataFrame(
        {"AGS": keys, "GEN": names, "geometry": [polygon(at) for at in made]}, crs="EPSG:4326"
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "coverage.gpkg"
        coverage.to_file(file)
        import_boundaries(file, edition=EDITION, attribution="made up")


def _facts() -> None:
    """Populations and tiers where the file knows the municipality; 2,000 residents and no tier elsewhere."""
    municipalities = "places_municipality SET population_on = %s, population ="
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {municipalities} 2000 WHERE NOT is_unincorporated", [EDITION])
        if not FACTS.exists():
            return
        with FACTS.open(encoding="utf-8", newline="") as file:
            facts = [(row["ags"], row["population"] or 0, row["zok_tier"]) for row in csv.DictReader(file)]
        cursor.execute(
            f"UPDATE {municipalities} facts.population::integer, zok_tier = facts.tier"
            " FROM unnest(%s, %s::text[], %s) AS facts (ags, population, tier)"
            " WHERE facts.ags = places_municipality.ags AND NOT is_unincorporated",
            [EDITION, *([str(cell) for cell in column] for column in zip(*facts, strict=True))],
        )


def _cells(grid: str) -> None:
    """The inhabited cells of the census, or as many made-up ones."""
    if Path(grid).exists():
        import_population(Path(grid), skip_invalid=True)
        return
    print(f"{grid} is not here: {CELLS:,} made-up cells stand in.")
    random = np.random.default_rng(SEED)
    inhabited = Municipality.objects.filter(population__gt=0).order_by("ags")
    found = []
    for pk, population, wkb in inhabited.values_list("pk", "population", AsWKB("geometry")):
        geometry = shapely.transform(shapely.from_wkb(bytes(wkb)), lambda at: np.column_stack(to_metres(*at.T)))
        centres = lattice(geometry)
        found.append(np.column_stack([np.full(len(centres), pk), centres, np.full(len(centres), population)]))
    cells = np.concatenate(found).astype(np.int64)
    cells = cells[random.permutation(len(cells))[:CELLS]]
    cells[:, 3] = random.geometric(0.003, len(cells))
    columns = [[int(number) for number in column] for column in cells.T]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO places_residentpoint (municipality_id, x, y, residents) SELECT * FROM unnest(%s, %s, %s, %s)",
            columns,
        )


# --- Places ---------------------------------------------------------------------------------------------------------


def _places(number: int) -> None:
    """Places where people live, most of them counted, with three actors for every two. Written by the database."""
    municipalities, longitudes, latitudes = (list(column) for column in zip(*_spots(number), strict=True))
    kinds, circles, sectors = (list(words) for words in (Kind.values, Circle.values, Sector.values))
    place: dict[str, str] = {
        "id": "n",
        "name": "'Erfundener Ort ' || n",
        "kind": "(%(kinds)s)[1 + n % 7]",
        "status": f"CASE WHEN n % 20 = 0 THEN '{Status.DORMANT}' ELSE '{Status.ACTIVE}' END",
        "publication": f"'{Publication.PUBLISHED}'",
        "description": "'Ein Haus, das es nicht gibt: Werkstatt, Mittagstisch, Proberaum, offen für alle im Dorf.'",
        "participation": "'Mitmachen kann, wer mag; jeden ersten Dienstag um 19 Uhr.'",
        "location": f"ST_SetSRID(ST_MakePoint(longitude, latitude), {WGS84})",
        "municipality": "municipality",
        "street": "'Dorfstraße ' || n % 90",
        "postcode": "(10000 + n % 90000)::text",
        "city": "'Beispieldorf'",
        "website": "'https://ort-' || n || '.example.org/'",
        "opening_hours": "'Tu-Fr 14:00-18:00; Sa 10:00-12:00'",
        "confirmed_on": "%(today)s - (random() * 900)::integer",  # some no longer count
        **dict.fromkeys(Criterion.values, "random() < 0.93"),
        **dict.fromkeys(RATINGS, "nullif(floor(random() * 6) - 1, -1)"),
    }
    spots = "unnest(%(municipalities)s, %(longitudes)s, %(latitudes)s)"
    spots += " WITH ORDINALITY AS spots (municipality, longitude, latitude, n)"
    actor = {"id": "n", "name": "'Erfundener Verein ' || n", "sector": "(%(sectors)s)[1 + n % 3]"}
    role = {"place": "1 + n % %(places)s", "actor": "n", "circle": "(%(circles)s)[1 + n % 3]"}
    role |= {"motivator": "n % 2 = 0", "provider": "n % 3 = 0", "promoter": "n % 5 = 0"}
    actors = f"generate_series(1, {number * 3 // 2}) AS n"
    given: dict[str, Any] = {"municipalities": municipalities, "longitudes": longitudes, "latitudes": latitudes}
    given |= {"kinds": kinds, "circles": circles, "sectors": sectors, "places": number, "today": clock.today()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.5)")
        for model, values, rows in ((Place, place, spots), (Actor, actor, actors), (Involvement, role, actors)):
            cursor.execute(_insert(model, values, rows), given)


def _insert(model: type[Model], values: dict[str, str], rows: str) -> str:
    """An INSERT … SELECT that gives every other column what it has while nothing is said."""
    columns: dict[str, str] = {}
    for field in model._meta.concrete_fields:
        nothing = (
            "NULL"
            if field.null
            else {"BooleanField": "false", "DateTimeField": "now()"}.get(field.get_internal_type(), "''")
        )
        if field.name in values or not field.primary_key:
            columns[field.column or field.name] = values.get(field.name, nothing)
    said = ", ".join(value.replace(" % ", " %% ") for value in columns.values())
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {said} FROM {rows}"


def _spots(number: int) -> Iterator[tuple[int, float, float]]:
    """Municipality and coordinates of each place: as many in each as its residents give, inside its borders."""
    random = np.random.default_rng(SEED)
    rows = list(Municipality.objects.order_by("ags").values_list("pk", "population", AsWKB("geometry")))
    residents = np.array([population or 0 for _, population, _ in rows], dtype=float)
    wanted = np.bincount(random.choice(len(rows), number, p=residents / residents.sum()), minlength=len(rows))
    geometries = shapely.from_wkb([bytes(wkb) for *_, wkb in rows])
    shapely.prepare(geometries)
    for (pk, *_), geometry, left in zip(rows, geometries, wanted.tolist(), strict=True):
        west, south, east, north = geometry.bounds
        while left:
            x, y = (random.uniform(*ends, 4 * left).round(5) for ends in ((west, east), (south, north)))
            inside = np.flatnonzero(shapely.contains_xy(geometry, x, y))[:left]
            left -= len(inside)
            yield from ((pk, float(x[at]), float(y[at])) for at in inside)


# --- What the peers read --------------------------------------------------------------------------------------------


def _tables_of_peers() -> None:
    """The rows and attributes of our layers as plain tables with indexes: nothing is left to join or to round."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA peers")
        for name, key in (("municipalities", "ags"), ("places", "id")):
            cursor.execute(*_table_of_peers(COLLECTIONS[name], key))
            cursor.execute(f"ALTER TABLE peers.{name} ADD PRIMARY KEY ({key})")
            cursor.execute(f"CREATE INDEX ON peers.{name} USING gist (geometry)")
        cursor.execute("CREATE INDEX ON peers.municipalities (class)")
        cursor.execute("VACUUM ANALYZE")


def _table_of_peers(collection: Collection, key: str) -> tuple[str, Any]:
    paths = [each.path for each in collection.properties]
    rows = collection.rows().queryset.values_list(collection.key, collection.geometry, *paths)
    query, parameters = rows.query.sql_with_params()
    names = [f"column_{at}" for at in range(len(paths))]
    columns = [_said(each, name) for each, name in zip(collection.properties, names, strict=True)]
    if key not in collection.by_name:
        columns.insert(0, f"key AS {key}")
    page = collection.page_path("00000000").replace("00000000", "")
    head, tail = page[:-1], page[-1:]
    columns.append(f"'http://127.0.0.1:8000{head}' || key || '{tail}' AS page")
    shape = "Point" if collection.is_point else "MultiPolygon"
    snapped = f"ST_SnapToGrid(shape::geometry, {10.0**-COORDINATE_DECIMALS:.9f})"
    columns.append(f"ST_Multi(ST_ForcePolygonCCW({snapped}))::geometry({shape}, 4326) AS geometry")
    if collection.is_point:
        columns[-1] = f"{snapped}::geometry({shape}, 4326) AS geometry"
    selected = ", ".join(columns).replace("%", "%%")
    all_names = ", ".join(["key", "shape", *names])
    return f"CREATE TABLE peers.{collection.id} AS SELECT {selected} FROM ({query}) AS rows ({all_names})", parameters


def _said(asked: Property, column: str) -> str:
    """The column as our layers show it: rounded, and null where a text is empty."""
    if asked.decimals is not None:
        column = f"round({column}::numeric, {asked.decimals})::float8"
    elif asked.type == "string" and not asked.format:
        column = f"nullif({column}, '')"
    return f'{column} AS "{asked.name}"'
