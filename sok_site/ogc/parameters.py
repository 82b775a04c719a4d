"""What an address may ask of items, read once: a parameter that is unknown or wrong is refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import QueryDict

from sok_site.ogc import cql2
from sok_site.ogc.collections import Collection, Property
from sok_site.ogc.comparing import compared, one_of_its_words, value_of
from sok_site.ogc.crs import CRS84, SUPPORTED, Crs
from sok_site.ogc.filtering import meaning
from sok_site.ogc.literals import parse_box, parse_time

DEFAULT_LIMIT, MAX_LIMIT = 100, 10_000
FORMATS = ("json", "html")
ITEMS = ("f", "limit", "offset", "bbox", "bbox-crs", "datetime", "crs", "filter", "filter-lang", "filter-crs")
ITEM = ("f", "crs")


class RefusedError(Exception):
    """Parameters that are not understood: name → what is wrong."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass
class Asked:
    """What was asked of a collection."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0
    crs: Crs = CRS84
    conditions: list[Q] = field(default_factory=list)

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that meet every condition."""
        return rows.filter(*self.conditions)


def read(query: QueryDict, known: tuple[str, ...], collection: Collection | None = None) -> Asked:
    """The parameters ``known`` and, where a list is asked, the properties of ``collection`` as equalities.

    Raises RefusedError with every parameter that is unknown, given twice, or wrong.
    """
    given: dict[str, str] = {}
    errors: dict[str, str] = {}
    properties = collection.by_name if collection and "limit" in known else {}
    for name, values in query.lists():
        if name not in known and name not in properties:
            errors[name] = f"There is no such parameter here; there are: {', '.join([*known, *properties])}."
        elif len(values) > 1:
            errors[name] = "It is given more than once."
        else:
            given[name] = values[0]
    asked = Asked()

    def take(name: str, parse: Callable[[str], Any]) -> Any:
        if name not in given:
            return None
        try:
            return parse(given[name])
        except ValueError as error:
            errors[name] = str(error)
            return None

    take("f", _format)
    asked.crs = take("crs", _crs) or CRS84
    asked.offset = take("offset", lambda text: _whole(text, 0)) or 0
    asked.limit = min(take("limit", lambda text: _whole(text, 1)) or DEFAULT_LIMIT, MAX_LIMIT)
    box_crs = take("bbox-crs", _crs) or CRS84
    filter_crs = take("filter-crs", _crs) or CRS84
    language = take("filter-lang", _language) or cql2.TEXT
    for name, meant in (("bbox-crs", "bbox"), ("filter-crs", "filter"), ("filter-lang", "filter")):
        if name in given and meant not in given:
            errors.setdefault(name, f"It says nothing without {meant}.")
    if collection:
        if (box := take("bbox", lambda text: parse_box(text, box_crs))) is not None:
            asked.conditions.append(collection.touching(box))
        if (days := take("datetime", parse_time)) is not None:
            asked.conditions.append(_during(collection, *days))
        chosen = take("filter", lambda text: meaning(collection, cql2.parse(text, language, filter_crs)))
        if chosen is not None:
            asked.conditions.append(chosen)
        for name in given.keys() & properties.keys():
            if (condition := take(name, equality(properties[name]))) is not None:
                asked.conditions.append(condition)
    if errors:
        raise RefusedError(errors)
    return asked


def _format(text: str) -> str:
    if text not in FORMATS:
        raise ValueError(f"“{text}” is none of: {', '.join(FORMATS)}.")
    return text


def _language(text: str) -> str:
    if text not in cql2.LANGUAGES:
        raise ValueError(f"“{text}” is none of: {', '.join(cql2.LANGUAGES)}.")
    return text


def _crs(text: str) -> Crs:
    if text not in SUPPORTED:
        raise ValueError(f"“{text}” is none of: {', '.join(SUPPORTED)}.")
    return SUPPORTED[text]


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) >= least):
        raise ValueError(f"A whole number from {least} is expected.")
    return int(text)


# --- datetime -------------------------------------------------------------------------------------------------------


def _during(collection: Collection, start: date | None, end: date | None) -> Q:
    """What has no time is always meant, as the standard wants it."""
    begins, ends = collection.time
    condition = Q()
    if end:
        condition &= Q(**{f"{begins}__isnull": True}) | Q(**{f"{begins}__lte": end})
    if start:
        condition &= Q(**{f"{ends}__isnull": True}) | Q(**{f"{ends}__gte": start})
    return condition


# --- Properties -----------------------------------------------------------------------------------------------------


def equality(asked: Property) -> Callable[[str], Q]:
    """How a property equals a text of the address. What it returns raises ValueError."""

    def parse(text: str) -> Q:
        if not text:
            raise ValueError("A value is expected.")
        value = value_of(asked, _of_text(asked, text))
        if asked.kind == "text":
            one_of_its_words(asked, text)
        return asked.equals(value) if asked.equals else compared(F(asked.path), "=", value)

    return parse


def _of_text(asked: Property, text: str) -> Any:
    if asked.kind == "truth":
        return {"true": True, "false": False}.get(text)
    if asked.type == "integer":
        return _whole(text, 0)
    if asked.kind == "number":
        try:
            return float(text)
        except ValueError:
            return None
    return text
