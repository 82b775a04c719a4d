"""What bench_api asks for, of each server in its own words: an address that stays, and many that never come twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psycopg2

REST, OGC, TIPG, PYGEOAPI = "REST", "OGC", "tipg", "pygeoapi"
OURS, PEERS = (REST, OGC), (TIPG, PYGEOAPI)
Paths = dict[str, str]  # server → path

COLUMNS = "ags,name,designation,class,zok_tier,population,supply,supply_after_loss,renewal,stability,is_unincorporated"
PAGE_SIZES = (100, *range(90, 100), *range(101, 111))  # so that pages of about 100 never come twice
CLASS = "robust"
MANY = 6_000  # addresses that never come twice, of one case


@dataclass
class Case:
    """One question. ``paths``: each server's address of it; ``others``: questions of the same kind, each asked once,
    empty where there is but one."""

    name: str
    paths: Paths
    others: list[Paths] = field(default_factory=list)


def cases(database: str) -> list[Case]:
    """All questions about the world in the database (as libpq names it)."""
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT ags FROM peers.municipalities WHERE population > 3000 ORDER BY md5(ags)")
        keys = [ags for (ags,) in cursor.fetchall()]
        cursor.execute("SELECT count(*) FROM peers.municipalities")
        (municipalities,) = cursor.fetchone() or (0,)
        cursor.execute("SELECT count(*) FROM peers.municipalities WHERE class = %s", [CLASS])
        (of_class,) = cursor.fetchone() or (0,)
        cursor.execute(
            "SELECT ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box) FROM (SELECT district, ST_Extent(geometry)"
            " AS box FROM peers.municipalities GROUP BY district HAVING count(*) BETWEEN 20 AND 40) AS districts"
            " ORDER BY md5(district)"
        )
        districts = cursor.fetchall()
    connection.close()
    boxes = list(_nudged(districts))
    around = [(x, y, x + 1.2, y + 0.8) for x, y, *_ in districts if 8 < x < 11 and 48.5 < y < 51]
    return [
        _case("100 municipalities", [_page(*page) for page in _pages(municipalities)]),
        _case("a district by bbox", [_box("municipalities", box, 1000) for box in boxes]),
        Case("one municipality", _one(keys[0]), [_one(key) for key in keys[1:]]),
        _case(f"100 of class {CLASS}", [_page(*page, chosen=CLASS) for page in _pages(of_class)]),
        _case("1,000 places by bbox", [_box("places", box, 1000) for box in _nudged(around)]),
        Case("all, no geometry", _all(municipalities)),
    ]


def _case(name: str, all_paths: list[Paths]) -> Case:
    return Case(name, all_paths[0], all_paths[1:])


def _pages(number: int) -> Iterator[tuple[int, int]]:
    """Size and number of each page that is full."""
    for size in PAGE_SIZES:
        yield from ((size, page) for page in range(1, number // size + 1))


def _nudged(boxes: list[tuple[float, float, float, float]]) -> Iterator[tuple[float, float, float, float]]:
    """The boxes, a little larger each time round."""
    for at in range(MANY):
        west, south, east, north = boxes[at % len(boxes)]
        more = 0.0001 * (1 + at // len(boxes))
        yield (round(west - more, 5), round(south - more, 5), round(east + more, 5), round(north + more, 5))


def _page(size: int, page: int, chosen: str = "") -> Paths:
    of_class = {"cohesion_class": chosen} if chosen else {}
    layer = {"class": chosen} if chosen else {}
    offset = {"limit": size, "offset": size * (page - 1)}
    return _layers("municipalities", {**offset, **layer}) | {
        REST: _asked("/api/v1/municipalities/", {"format": "geojson", "page_size": size, "page": page, **of_class})
    }


def _box(name: str, box: tuple[float, ...], limit: int) -> Paths:
    bbox = {"bbox": ",".join(map(str, box))}
    return _layers(name, {"limit": limit, **bbox}) | {
        REST: _asked(f"/api/v1/{name}/", {"format": "geojson", "page_size": limit, **bbox})
    }


def _one(key: str) -> Paths:
    return {
        REST: f"/api/v1/municipalities/{key}/?format=geojson",
        OGC: f"/ogc/collections/municipalities/items/{key}",
        TIPG: f"/collections/peers.municipalities/items/{key}?f=geojson",
        PYGEOAPI: f"/collections/municipalities/items/{key}?f=json",
    }


def _all(municipalities: int) -> Paths:
    return {
        REST: "/api/v1/scores/?format=json",
        TIPG: _asked(
            "/collections/peers.municipalities/items",
            {"f": "geojson", "limit": municipalities, "geom-column": "none", "properties": COLUMNS},
        ),
        PYGEOAPI: _asked(
            "/collections/municipalities/items",
            {"f": "json", "limit": municipalities, "skipGeometry": "true", "properties": COLUMNS},
        ),
    }


def _layers(name: str, query: dict[str, object]) -> Paths:
    return {
        OGC: _asked(f"/ogc/collections/{name}/items", query),
        TIPG: _asked(f"/collections/peers.{name}/items", {"f": "geojson", **query}),
        PYGEOAPI: _asked(f"/collections/{name}/items", {"f": "json", **query}),
    }


def _asked(path: str, query: dict[str, object]) -> str:
    return f"{path}?{urlencode(query, safe=',')}"


def features_in(answer: dict[str, object]) -> int:
    """How many things an answer tells of."""
    for name in ("features", "ags"):
        if isinstance(found := answer.get(name), list):
            return len(found)
    return 1 if "geometry" in answer else 0
