"""How rows of entries are read from columns (places/rows.py), where a field is more than a column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from django.urls import reverse

from places.api.parts import IsConfirmed, PhotoAddress
from places.api.places import ActorsField
from places.api.supports import Areas
from places.fields import Wording
from places.freshness import DEFAULT_FRESHNESS_MONTHS, months_before
from places.models import Involvement, ServedArea
from places.rows import SOME_KEY, Columns, Page, Part, Readers, Related, Row, grouped
from places.vocabulary import Role


def name_of_region(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """As ``Region.__str__`` has it."""
    name, key = columns.take(*at, "name"), columns.take(*at, "key")
    return lambda row, page: row[name] or row[key]


def is_confirmed(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    day = columns.take(*at, "confirmed_on")

    def shown(row: Row, page: Page) -> bool:
        if "fresh_since" not in page.made:
            page.made["fresh_since"] = months_before(page.today, DEFAULT_FRESHNESS_MONTHS)
        since: date = page.made["fresh_since"]
        return row[day] is not None and since <= row[day] <= page.today

    return shown


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
    """Those involvements that the field chooses, with their actors; all of a page are looked up once, and each is made
    once for all fields that choose it."""
    others = Columns(Involvement)
    mine, order = others.take("place_id"), [others.take("actor", name) for name in ("name", "sector")]
    key, words = others.take("pk"), (*Role.values, "circle")
    said = itemgetter(*[others.take(word) for word in words])
    part = others.part(field.child, ("actor",))

    def find(found: Sequence[Any]) -> Related:
        rows = list(Involvement.objects.filter(place__in=found).order_by().values_list(*others.wanted))
        rows.sort(key=lambda row: [row[at] for at in order])
        return grouped(rows, mine)

    columns.related["involvements"] = find
    pk = columns.take("pk")

    @cache  # there are few ways to be involved
    def chosen(involved: tuple[Any, ...]) -> bool:
        return bool(field.chosen(SimpleNamespace(**dict(zip(words, involved, strict=True)))))

    def made(other: Row, page: Page) -> Any:
        if (actor := page.made.get(other[key])) is None:
            actor = page.made[other[key]] = part(other, page)
        return actor

    def shown(row: Row, page: Page) -> list[Any]:
        its = page.related["involvements"].get(row[pk], ())
        return [made(other, page) for other in its if chosen(said(other))]

    return shown


# What sok_site/api.py makes known.
READERS: Readers = {
    Wording: name_of_region,
    IsConfirmed: is_confirmed,
    PhotoAddress: photo_address,
    Areas: areas,
    ActorsField: actors,
}
