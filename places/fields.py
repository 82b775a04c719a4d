"""Fields of the API's answers: what is not known is null, addresses are absolute. Which answer has which: api/."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.gis.geos import Point
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

COORDINATE_DECIMALS = 5  # about one metre


@extend_schema_field(
    {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2, "examples": [[9.42, 51.28]]}
)
class Position(serializers.Field[Any, Any, Any, Any]):
    """A point as [longitude, latitude] in degrees (WGS 84)."""

    def to_representation(self, value: Point) -> list[float]:
        return [round(value.x, COORDINATE_DECIMALS), round(value.y, COORDINATE_DECIMALS)]


class Known(serializers.CharField):
    """Text, or null where the database has none: an empty string says nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) or None


class Wording(serializers.CharField):
    """What a thing calls itself."""


class KnownWord(serializers.ChoiceField):
    """A word of a vocabulary, or null where it is not known."""

    def __init__(self, words: Iterable[str], **options: Any) -> None:
        super().__init__(list(words), allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return value or None


class Rating(serializers.IntegerField):
    """0 (not at all) to 4 (fully), or null where nobody has rated it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, min_value=0, max_value=4, **options)


class Address(serializers.URLField):
    """The absolute address of a named endpoint of this API; the value is its argument."""

    def __init__(self, name: str, **options: Any) -> None:
        self.name = f"api:{name}"
        super().__init__(**options)

    def to_representation(self, value: Any) -> str:
        return str(self.context["request"].build_absolute_uri(reverse(self.name, args=[value])))


class PageAddress(serializers.URLField):
    """The absolute address of the page for people."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", **options)

    def to_representation(self, value: Any) -> str:
        return str(self.context["request"].build_absolute_uri(value.get_absolute_url()))


class FeatureSerializer(serializers.Serializer[Any]):
    """Something with a geometry: what carries it as GeoJSON text (``Reading.located``) passes it on as it is."""

    feature_id: ClassVar[str]  # the attribute that identifies it

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        if hasattr(instance, "geojson"):
            shown["geometry"] = instance.geojson
            shown["feature_id"] = str(getattr(instance, self.feature_id))
        return shown
