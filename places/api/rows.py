"""How rows of entries are read from columns (places/rows.py), where a field is more than a column."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from places.api.parts import IsConfirmed, PhotoAddress
from places.api.places import ActorsField
from places.api.supports import Areas
from places.fields import Wording
from places.freshness import DEFAULT_FRESHNESS_MONTHS, is_fresh
from places.models import Involvement, ServedArea
from places.rows import SOME_KEY, Columns, Part, Readers, Related, Row, grouped
from places.vocabulary import Role


def name_of_region(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """As ``Region.__str__`` has it."""
    name, key = columns.take(*at, "name"), columns.take(*at, "key")
    return lambda row, page: row[name] or row[key]


def is_confirmed(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    day = columns.take(*at, "confirmed_on")
    return lambda row, page: is_fresh(row[day], page.today, DEFAULT_FRESHNESS_MONTHS)


def photo_address(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    number = columns.take(*at, "pk")
    head, tail = reverse("photo", args=[SOME_KEY, field.size]).split(SOME_KEY)
    return lambda row, page: f"{page.root}{head}{row[number]}{tail}"


def areas(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    def find(found: Sequence[Any]) -> Related:
        return grouped(ServedArea.objects.filter(support__in=found).values_list("support_id", "area"), 0)

    columns.related["areas"] = find
    pk = columns.take("pk")
    return lambda row, page: [area for _, area in page.related["areas"].get(row[pk], ())]


def actors(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """Those involvements that the field chooses, with their actors; all of a page are looked up once."""
    others = Columns(Involvement)
    mine, order = others.take("place_id"), [others.take("actor", name) for name in ("name", "sector")]
    said = [(name, others.take(name)) for name in (*Role.values, "circle")]
    part = others.part(field.child, ("actor",))

    def find(found: Sequence[Any]) -> Related:
        rows = list(Involvement.objects.filter(place__in=found).order_by().values_list(*others.wanted))
        rows.sort(key=lambda row: [row[at] for at in order])
        of_place = grouped(rows, mine)
        for pk, its in of_place.items():
            of_place[pk] = [(SimpleNamespace(**{name: row[at] for name, at in said}), row) for row in its]
        return of_place

    columns.related["involvements"] = find
    pk, chosen = columns.take("pk"), field.chosen

    def shown(row: Row, page: Any) -> list[Any]:
        its = page.related["involvements"].get(row[pk], ())
        return [part(other, page) for involvement, other in its if chosen(involvement)]

    return shown


# What sok_site/api.py makes known.
READERS: Readers = {
    Wording: name_of_region,
    IsConfirmed: is_confirmed,
    PhotoAddress: photo_address,
    Areas: areas,
    ActorsField: actors,
}
