"""Query parameters of the API: declared per endpoint, parsed once, refused by name. Who has which: api/."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, ClassVar, cast

from django.http import QueryDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from places.geo import FARTHEST_NEAR, Bbox, Nearby

FORMAT = "format"  # belongs to the content negotiation


class Several(serializers.ListField):
    """Any of several values: repeated (``?state=06&state=16``) or with commas (``?state=06,16``)."""

    def to_internal_value(self, data: list[str]) -> list[Any]:
        parts = [part for text in data for part in text.split(",")]
        return list(dict.fromkeys(super().to_internal_value(parts)))


class Word(serializers.ChoiceField):
    """One word of a vocabulary; the refusal lists them all."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        words = list(words)
        refusal = f"“{{input}}” is none of: {', '.join(words)}."
        super().__init__(words, error_messages={"invalid_choice": refusal}, **options)


class Key(serializers.RegexField):
    """A key of so many digits; text, for it may begin with a zero."""

    def __init__(self, digits: int, **options: Any) -> None:
        refusal = f"A key of {digits} digits is expected."
        super().__init__(rf"^[0-9]{{{digits}}}$", error_messages={"invalid": refusal, "blank": refusal}, **options)


@extend_schema_field({"type": "string", "examples": ["9.4,51.2,9.6,51.4"]})
class Box(serializers.CharField):
    """``minlon,minlat,maxlon,maxlat`` in degrees (WGS 84)."""

    def to_internal_value(self, data: Any) -> Any:
        return _parsed(Bbox.parse, data)


@extend_schema_field({"type": "string", "examples": ["9.4,51.2,5000"]})
class Near(serializers.CharField):
    """``lon,lat,metres``: a point in degrees (WGS 84) and a distance."""

    def to_internal_value(self, data: Any) -> Any:
        return _parsed(Nearby.parse, data)


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        message = str(error)
        raise serializers.ValidationError(f"{message[0].upper()}{message[1:]}.") from None


class Parameters(serializers.Serializer[Any]):
    """The query parameters of an endpoint. One that is not declared is refused, and so is a wrong value."""

    @classmethod
    def read(cls, query: QueryDict) -> dict[str, Any]:
        """The values by name, with defaults. Raises ValidationError that names each wrong parameter."""
        fields = cls().fields
        given: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        for name, values in query.lists():
            if name == FORMAT:
                continue
            if name not in fields:
                known = ", ".join(sorted([*fields, FORMAT]))
                errors[name] = [f"There is no such parameter here; there are: {known}."]
            elif isinstance(fields[name], Several):
                given[name] = values
            elif len(values) > 1:
                errors[name] = ["It is given more than once."]
            else:
                given[name] = values[0]
        parsed = cls(data=given)
        if not parsed.is_valid() or errors:
            raise serializers.ValidationError({**errors, **parsed.errors})
        return cast(dict[str, Any], parsed.validated_data)


class TableParameters(Parameters):
    delimiter = Word(
        (",", ";"),
        default=",",
        help_text="Of CSV only. `;` is for spreadsheets: with a BOM, and no text is taken for a formula.",
    )


@cache
def _names(items: type[serializers.Serializer[Any]]) -> tuple[str, ...]:
    return tuple(items().fields)


class PageParameters(TableParameters):
    """Of every list in pages. ``items`` says which fields there are, ``orders`` what it can be ordered by."""

    items: ClassVar[type[serializers.Serializer[Any]]]
    orders: ClassVar[Mapping[str, str]] = {}  # word → what the database orders by

    page = serializers.IntegerField(min_value=1, default=1, help_text="Which page, from 1.")
    page_size = serializers.IntegerField(min_value=1, max_value=1000, default=100, help_text="Items per page.")

    def get_fields(self) -> dict[str, Any]:
        known = Several(child=Word(_names(self.items)), required=False, help_text="Only these fields of each item.")
        words = [word for order in self.orders for word in (order, f"-{order}")]
        ordering = Several(
            child=Word(words), required=False, help_text="By these, the first goes first; `-` descending; null last."
        )
        return {**super().get_fields(), "fields": known, **({"ordering": ordering} if words else {})}


class BoxParameters(PageParameters):
    bbox = Box(
        required=False,
        help_text="Only what touches the box `minlon,minlat,maxlon,maxlat` (degrees, WGS 84).",
    )
    near = Near(
        required=False,
        help_text="Only what is at most so many metres from a point: `lon,lat,metres` (degrees, WGS 84; at most "
        f"{FARTHEST_NEAR:,} metres). Then it can be ordered by `distance`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if {"distance", "-distance"} & {*attrs.get("ordering", ())} and "near" not in attrs:
            raise serializers.ValidationError({"ordering": "There is a distance only together with “near”."})
        validated: dict[str, Any] = super().validate(attrs)
        return validated
