"""Rows of a list straight from columns: neither a model nor a serializer is made for each. What is read, and what
becomes of it, is taken from the very serializer that declares the answer: there is one list of fields.

A kind of field is known by the function that reads it (``reads``); readers of the apps' own fields are in their
api/rows.py, and sok_site/api.py makes them known (``know``). A serializer with a field that nobody reads is not
readable, and its list is serialised as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldError
from django.db.models import FloatField, Func, Model, QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from places import clock, keys
from places.fields import COORDINATE_DECIMALS, Address, Known, KnownWord, PageAddress, Position, Rating

Row = Sequence[Any]
Part = Callable[[Row, "Page"], Any]
Related = dict[Any, list[Any]]  # by the key of the row it belongs to
Reader = Callable[[Any, "Columns", tuple[str, ...]], Part]
Readers = dict[type[serializers.Field[Any, Any, Any, Any]], Reader]

_readers: Readers = {}
SOME_KEY, SOME_SLUG = "99999999", "some-slug"


class UnreadableError(Exception):
    """A field that no reader knows, or that takes its value from elsewhere."""


class Page:
    """What the rows of one answer share."""

    def __init__(self, view: Any, related: dict[str, Related]) -> None:
        self.view, self.related = view, related
        self.root = view.request.build_absolute_uri("/").rstrip("/")
        self.today: date = clock.today()
        self.zone = timezone.get_current_timezone()
        self.made: dict[Any, Any] = {}  # what several fields of a row show alike


class Columns:
    """The columns that a query has to give, and the rows of other tables that belong to its rows."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.wanted: list[Any] = []
        self.related: dict[str, Callable[[Sequence[Any]], Related]] = {}

    def take(self, *path: str, function: str = "") -> int:
        """The number of the column at ``path``, or of what a function of the database makes of it."""
        wanted: Any = "__".join(path)
        if function:
            wanted = Func(wanted, function=function, output_field=FloatField())
        if wanted not in self.wanted:
            self.wanted.append(wanted)
        return self.wanted.index(wanted)

    def part(self, field: Any, at: tuple[str, ...]) -> Part:
        """What becomes of ``field`` of what lies ``at`` a path. Raises UnreadableError."""
        kind: Any
        for kind in type(field).__mro__:
            if reader := _readers.get(kind):
                if type(field).get_attribute is not kind.get_attribute:
                    break  # it takes its value from elsewhere
                return reader(field, self, at)
        raise UnreadableError(f"{field.field_name}: {type(field).__name__}")


def reads(*kinds: type[serializers.Field[Any, Any, Any, Any]]) -> Callable[[Reader], Reader]:
    """Says that a function reads fields of these kinds, and of kinds that follow from them."""

    def known(reader: Reader) -> Reader:
        _readers.update(dict.fromkeys(kinds, reader))
        return reader

    return known


def know(*readers: Readers) -> None:
    """Makes readers of the apps' own kinds of fields known: what was unreadable without them is read from now on."""
    for more in readers:
        _readers.update(more)
    _plans.clear()


class Plan:
    """How the rows of a serializer are read."""

    def __init__(self, serializer: Any, model: type[Model], with_geometry: bool) -> None:
        self.columns = Columns(model)
        self.key = self.columns.take("pk")
        self.parts = [(name, self.columns.part(field, ())) for name, field in serializer.fields.items()]
        if with_geometry:
            shape, identity = self.columns.take("geojson"), self.columns.take(serializer.feature_id)
            self.parts.append(("geometry", lambda row, page: row[shape]))
            self.parts.append(("feature_id", lambda row, page: str(row[identity])))

    def read(self, queryset: QuerySet[Any], view: Any) -> list[dict[str, Any]]:
        """The rows as their serializer shows them."""
        rows = list(queryset.prefetch_related(None).values_list(*self.columns.wanted))
        found = [row[self.key] for row in rows]
        page = Page(view, {name: find(found) for name, find in self.columns.related.items()} if rows else {})
        parts = self.parts
        return [{name: part(row, page) for name, part in parts} for row in rows]


_plans: dict[Any, tuple[Plan | None]] = {}
MOST_PLANS = 200


def plan_of(view: Any, queryset: Any) -> Plan | None:
    """How to read ``queryset`` as ``view`` shows it; None where it has to be serialised."""
    if not isinstance(queryset, QuerySet):
        return None
    with_geometry = "geojson" in queryset.query.annotations
    asked = frozenset(view.asked["fields"]) if "fields" in view.asked else None
    name = (view.serializer_class, queryset.model, asked, with_geometry)
    if (known := _plans.get(name)) is not None:
        return known[0]
    plan: Plan | None
    try:
        plan = Plan(view.get_serializer(), queryset.model, with_geometry)
        queryset.values_list(*plan.columns.wanted)
    except (UnreadableError, FieldError):
        plan = None
    if len(_plans) >= MOST_PLANS:  # there are many ways to ask for some fields
        _plans.clear()
    _plans[name] = (plan,)
    return plan


# --- Kinds of fields --------------------------------------------------------------------------------------------------


@reads(
    *(serializers.CharField, serializers.ChoiceField, serializers.BooleanField, serializers.IntegerField),
    *(serializers.FloatField, serializers.DateField),
)
def column(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """One column, shown as the field shows it."""
    number = _number(field, columns, at)
    shown = SHOWN.get(type(field), field.to_representation)
    if shown is None:
        return lambda row, page: row[number]
    return lambda row, page: None if (value := row[number]) is None else shown(value)


# What these very kinds show of a value that a database gives, without their way round; None: the value itself.
SHOWN: dict[type, Callable[[Any], Any] | None] = {
    serializers.IntegerField: None,
    serializers.BooleanField: None,
    serializers.ChoiceField: None,
    serializers.CharField: str,
    serializers.DateField: date.isoformat,
    Known: lambda value: str(value) or None,
    KnownWord: lambda value: value or None,
    Rating: None,
}


@reads(serializers.DateTimeField)
def moment(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """A time, as told where the site is."""
    number = _number(field, columns, at)

    def shown(row: Row, page: Page) -> str | None:
        value = row[number]
        return None if value is None else value.astimezone(page.zone).isoformat()

    return shown


def _number(field: Any, columns: Columns, at: tuple[str, ...]) -> int:
    if field.source == "*":
        raise UnreadableError(field.field_name)
    return columns.take(*at, *field.source.split("."))


@reads(serializers.Serializer)
def several_columns(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """A part of an item: null where what it is about is not there."""
    path = at if field.source in ("", "*") else (*at, *field.source.split("."))
    parts = [(name, columns.part(each, path)) for name, each in field.fields.items()]
    if path == at:
        return lambda row, page: {name: part(row, page) for name, part in parts}
    known = columns.take(*path)
    return lambda row, page: None if row[known] is None else {name: part(row, page) for name, part in parts}


@reads(Position)
def position(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    path = (*at, field.source)
    longitude, latitude = (columns.take(*path, function=name) for name in ("ST_X", "ST_Y"))
    return lambda row, page: [round(row[longitude], COORDINATE_DECIMALS), round(row[latitude], COORDINATE_DECIMALS)]


@reads(Address)
def address(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    number = columns.take(*at, *field.source.split("."))
    head, tail = reverse(field.name, args=[SOME_KEY]).split(SOME_KEY)
    return lambda row, page: None if (value := row[number]) is None else f"{page.root}{head}{value}{tail}"


@reads(PageAddress)
def page_address(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """As the model's ``get_absolute_url`` has it."""
    kind = getattr(columns.model, "entry_kind", "")
    key, name = columns.take("pk" if kind else "ags"), columns.take("name")
    without, view = ("ort", kind) if kind else ("", "municipality")
    head, rest = reverse(view, args=[SOME_KEY, SOME_SLUG]).split(SOME_KEY)
    between, tail = rest.split(SOME_SLUG)
    return lambda row, page: f"{page.root}{head}{row[key]}{between}{_slug(row[name]) or without}{tail}"


@lru_cache(maxsize=20_000)
def _slug(name: str) -> str:
    return keys.slug(name)


def grouped(rows: Iterable[Row], by: int) -> Related:
    """Rows by what stands in one of their columns."""
    related: Related = {}
    for row in rows:
        related.setdefault(row[by], []).append(row)
    return related


@reads(serializers.ListSerializer)
def related_rows(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """Rows of another table that belong to the item, in the order of that table."""
    relation: Any = columns.model._meta.get_field(field.source)
    model, tie = relation.related_model, relation.field.name
    others = Columns(model)
    mine, part = others.take(f"{tie}_id"), others.part(field.child, ())

    def find(found: Sequence[Any]) -> Related:
        return grouped(model._default_manager.filter(**{f"{tie}__in": found}).values_list(*others.wanted), mine)

    columns.related[field.source] = find
    pk, name = columns.take("pk"), field.source
    return lambda row, page: [part(other, page) for other in page.related[name].get(row[pk], ())]
