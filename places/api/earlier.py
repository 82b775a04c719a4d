"""``asOf``: entries as they stood at the end of an earlier day, with the filters, the order and the pages of that day.

Those that have not changed since are found and ordered by the database; those that have are rebuilt, a batch at a time,
and asked the same questions here. What stood when: places/as_of.py.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import numpy as np
from django.contrib.gis.measure import Distance
from django.db import connection
from django.db.models import QuerySet
from rest_framework import serializers

from places import clock
from places.as_of import BATCH, changed_since, end_of, rebuilt, unchanged_since, with_everything
from places.fields import COORDINATE_DECIMALS
from places.geo import Nearby, to_metres
from places.models import Entry
from places.parameters import Parameters

Row = dict[str, Any]  # id, whether it is rebuilt, and what it is ordered by


class Day(serializers.DateField):
    """A day that has begun."""

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if day > clock.today():
            raise serializers.ValidationError("This day is still to come.")
        return day


class AsOfParameters(Parameters):
    def get_fields(self) -> dict[str, Any]:
        day = Day(
            required=False,
            input_formats=["%Y-%m-%d"],
            error_messages={"invalid": "A day is expected, as in 2026-11-22."},
            help_text="As it was public at the end of this day (in Germany), not in the future.",
        )
        return {**super().get_fields(), "asOf": day}


class Earlier(Sequence[Entry]):
    """The entries of a reading as they stood, for pages: it has a ``count`` and can be sliced."""

    def __init__(
        self,
        kind: str,
        day: date,
        *,
        narrowed: Callable[[Any], QuerySet[Any]],
        was_asked_for: Callable[[Any], bool],
        ordering: Sequence[str],
        orders: Mapping[str, str],
        nearby: Nearby | None,
        with_geometry: bool,
    ) -> None:
        self.kind, self.end, self.with_geometry = kind, end_of(day), with_geometry
        self.narrowed, self.was_asked_for, self.nearby = narrowed, was_asked_for, nearby
        self.ordering = [(word.removeprefix("-"), word.startswith("-")) for word in ordering]
        self.columns = {word: orders[word] for word, _ in self.ordering}
        self.rows = self._ordered([*self._unchanged(), *self._changed()])

    def count(self, _value: object = None) -> int:
        return len(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: Any) -> Any:
        rows = self.rows[part] if isinstance(part, slice) else [self.rows[part]]
        here = {row["pk"] for row in rows if not row["rebuilt"]}
        then = {row["pk"] for row in rows if row["rebuilt"]}
        found = with_everything(unchanged_since(self.kind, self.end), self.end).in_bulk(here)
        changed = with_everything(changed_since(self.kind, self.end), self.end).filter(pk__in=then)
        found |= rebuilt(list(changed), self.end)
        entries = [found[row["pk"]] for row in rows if row["pk"] in found]
        if self.with_geometry:
            put_geometry(entries)
        return entries if isinstance(part, slice) else entries[0]

    def _unchanged(self) -> Iterator[Row]:
        rows = self.narrowed(unchanged_since(self.kind, self.end)).order_by("pk")
        words = list(self.columns)
        for pk, *values in rows.values_list("pk", *self.columns.values()):
            yield {"pk": pk, "rebuilt": False, **dict(zip(words, map(_plain, values), strict=True))}

    def _changed(self) -> Iterator[Row]:
        waiting = with_everything(changed_since(self.kind, self.end), self.end).order_by("pk")
        last = 0
        while batch := list(islice(waiting.filter(pk__gt=last), BATCH)):
            last = batch[-1].pk
            for pk, entry in rebuilt(batch, self.end).items():
                if self.nearby is not None:
                    entry.distance = metres_between(entry, self.nearby)  # type: ignore[attr-defined]
                    if entry.distance > self.nearby.metres:  # type: ignore[attr-defined]
                        continue
                if self.was_asked_for(entry):
                    values = {word: getattr(entry, path) for word, path in self.columns.items()}
                    yield {"pk": pk, "rebuilt": True, **values}

    def _ordered(self, rows: list[Row]) -> list[Row]:
        """As ``Listing.ordered`` has the database order them: what is not known last either way, then by id."""
        rows.sort(key=lambda row: row["pk"])
        for word, descending in reversed(self.ordering):
            rank = _ranks([row["name"] for row in rows]) if word == "name" else None
            known = [row for row in rows if row[word] is not None]
            unknown = [row for row in rows if row[word] is None]
            known.sort(key=lambda row: rank[row["name"]] if rank else row[word], reverse=descending)
            rows = [*known, *unknown]
        return rows


def one_earlier(kind: str, pk: int, day: date, with_geometry: bool) -> Entry | None:
    """One entry as it stood at the end of ``day``; None where it was not public."""
    end = end_of(day)
    found: Entry | None = with_everything(unchanged_since(kind, end), end).filter(pk=pk).first()
    if found is None:
        found = rebuilt(list(with_everything(changed_since(kind, end), end).filter(pk=pk)), end).get(pk)
    if found is not None and with_geometry:
        put_geometry([found])
    return found


def put_geometry(entries: Iterable[Entry]) -> None:
    """Give them their points as GeoJSON text, which the database would write."""
    for entry in entries:
        point = [round(entry.location.x, COORDINATE_DECIMALS), round(entry.location.y, COORDINATE_DECIMALS)]
        entry.geojson = json.dumps({"type": "Point", "coordinates": point})  # type: ignore[attr-defined]


def metres_between(entry: Entry, nearby: Nearby) -> float:
    """How far an entry lies from a point, measured as the database does."""
    longitudes = np.array([entry.location.x, nearby.longitude])
    x, y = to_metres(longitudes, np.array([entry.location.y, nearby.latitude]))
    return float(np.hypot(x[0] - x[1], y[0] - y[1]))


def _plain(value: Any) -> Any:
    return value.m if isinstance(value, Distance) else value


def _ranks(names: Sequence[str]) -> dict[str, int]:
    """The place of each name in the order in which the database has names."""
    different = sorted(set(names))  # as SQLite does
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM unnest(%s::text[]) AS asked(name) ORDER BY name", [different])
            different = [name for (name,) in cursor.fetchall()]
    return {name: index for index, name in enumerate(different)}
