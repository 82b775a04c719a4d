"""Municipalities for tests of pages, assessed by the engine: each lives at one spot, out of reach of the others."""

import re
from html import unescape
from typing import Any

import numpy as np

from places.geo import to_metres
from places.models import Municipality, Place
from places.vocabulary import Condition, Dynamic, Role, ZokTier
from tests.factories import TODAY, involve, make_actor, make_municipality, make_place


def settle(name: str, *, tier: str = ZokTier.NONE, residents: int = 1000, **fields: Any) -> Municipality:
    """A municipality whose residents live in its middle; its inventory is completed unless ``fields`` say otherwise."""
    municipality = make_municipality(
        name=name,
        zok_tier=tier,
        population=residents,
        **{"inventory_completed_on": TODAY, **fields},
    )
    x, y = to_metres(np.array([municipality.centre.x]), np.array([municipality.centre.y]))
    municipality.resident_points.create(x=round(x[0]), y=round(y[0]), residents=residents)
    return municipality


def strong_place(municipality: Municipality, name: str, **fields: Any) -> Place:
    """A place of full strength in the middle of ``municipality``, with three actors of its own."""
    ratings: dict[str, int] = {subject.value: 4 for subject in (*Condition, *Dynamic)}
    place = make_place(municipality, name=name, **{**ratings, **fields})
    for role in Role:
        involve(place, make_actor(), role)
    return place


def settle_risky(name: str, **fields: Any) -> Municipality:
    """Nothing is there, and that is certain."""
    return settle(name, **fields)


def settle_resilient(name: str, **fields: Any) -> Municipality:
    """All hangs on one good place."""
    municipality = settle(name, **fields)
    strong_place(municipality, f"Laden {name}")
    return municipality


def settle_robust(name: str, **fields: Any) -> Municipality:
    """Either of two good places is enough."""
    municipality = settle(name, **fields)
    for kind in ("Laden", "Halle"):
        strong_place(municipality, f"{kind} {name}")
    return municipality


def settle_unassessed(name: str, **fields: Any) -> Municipality:
    """Nothing is known."""
    return settle(name, **fields, inventory_completed_on=None)


def words(response: Any) -> str:
    """What a page says inside its main part: without tags and data, single spaces, no-break spaces as spaces."""
    main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
    assert main is not None
    text = re.sub(r"<script.*?</script>", " ", main[0], flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def heading_levels(response: Any) -> list[int]:
    """Levels of the headings inside the main part, in order."""
    return [int(level) for level in re.findall(r"<h([1-6])", response.content.decode().split("<main", 1)[1])]
