"""/api/v1/scores/: all municipalities of one assessment as columns, in one small answer that a map joins by AGS."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import F, FloatField, Func
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cohesion.api.assessed import SHARE_DECIMALS, AssessedReading, AssessmentParameters, Share
from cohesion.api.assessments import AssessmentReferenceSerializer, EditionSerializer
from cohesion.engine import METHOD
from cohesion.querysets import with_scores
from cohesion.vocabulary import CohesionClass
from places import keys
from places.fields import COORDINATE_DECIMALS, KnownWord
from places.models import BoundaryEdition, Municipality, Region
from places.parameters import Several, TableParameters, Word
from places.vocabulary import ZokTier

# Column → where the database has it. Written straight from rows of tuples: 11,000 municipalities are one query.
SOURCES: dict[str, Any] = {
    "ags": "ags",
    "name": "name",
    "designation": "designation",
    "cohesion_class": "cohesion_class",
    "zok_tier": "zok_tier",
    "population": "population",
    "supply": "score__supply",
    "supply_after_loss": "score__supply_after_loss",
    "renewal": "score__renewal",
    "stability": "score__stability",
    "is_unincorporated": "is_unincorporated",
    "longitude": Func("centre", function="ST_X", output_field=FloatField()),
    "latitude": Func("centre", function="ST_Y", output_field=FloatField()),
}
DECIMALS = {
    "supply": SHARE_DECIMALS,
    "supply_after_loss": SHARE_DECIMALS,
    "renewal": SHARE_DECIMALS,
    "stability": SHARE_DECIMALS,
    "longitude": COORDINATE_DECIMALS,
    "latitude": COORDINATE_DECIMALS,
}
NULL_WHERE_EMPTY = ("designation", "zok_tier")


class TiledEditionSerializer(EditionSerializer):
    tiles = serializers.SerializerMethodField(
        allow_null=True,
        help_text="Path of the boundaries as vector tiles, in one PMTiles archive that never changes; feature id: AGS.",
    )

    def get_tiles(self, edition: BoundaryEdition) -> str | None:
        if not edition.tiles_digest:
            return None
        return reverse("tiles", args=[edition.date, edition.tiles_digest])


def _column(child: serializers.Field[Any, Any, Any, Any]) -> serializers.ListField:
    return serializers.ListField(child=child, required=False)  # with `fields`, only those


class ScoresSerializer(serializers.Serializer[Any]):
    """One assessment as columns: the n-th value of every column belongs to the n-th municipality, by AGS."""

    assessment = AssessmentReferenceSerializer(allow_null=True)
    method = serializers.CharField()
    edition = TiledEditionSerializer(allow_null=True)
    attribution = serializers.CharField()
    notice = serializers.CharField(required=False)
    fictional = serializers.BooleanField(help_text="Whether invented places of a demonstration are loaded.")
    districts = serializers.DictField(child=serializers.CharField(), help_text="Names of districts by key.")
    states = serializers.DictField(child=serializers.CharField(), help_text="Names of states by key.")
    columns = _column(serializers.ChoiceField(list(SOURCES)))
    ags = _column(serializers.CharField())
    name = _column(serializers.CharField())
    designation = _column(serializers.CharField(allow_null=True))
    cohesion_class = _column(serializers.ChoiceField(CohesionClass.values))
    zok_tier = _column(KnownWord(ZokTier.values))
    population = _column(serializers.IntegerField(allow_null=True))
    supply = _column(Share())
    supply_after_loss = _column(Share())
    renewal = _column(Share())
    stability = _column(Share())
    is_unincorporated = _column(serializers.BooleanField())
    longitude = _column(serializers.FloatField())
    latitude = _column(serializers.FloatField())


class ScoresParameters(AssessmentParameters, TableParameters):
    def get_fields(self) -> dict[str, Any]:
        known = Several(child=Word(SOURCES), required=False, help_text="Only these columns, in this order.")
        return {**super().get_fields(), "fields": known}


class Scores(AssessedReading):
    """All municipalities of one assessment, columns not rows, without geometry."""

    operation = "getScores"
    title = "Scores as columns"
    parameters = ScoresParameters
    formats = ("json", "csv")
    serializer_class = ScoresSerializer
    pagination_class = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        names = dict(Region.objects.filter(edition=self.edition).values_list("key", "name"))
        context = self.get_serializer_context()
        return Response(
            {
                "assessment": self.assessment and AssessmentReferenceSerializer(self.assessment, context=context).data,
                "method": self.assessment.method if self.assessment else METHOD,
                "edition": self.edition and TiledEditionSerializer(self.edition, context=context).data,
                **self.beside(),
                "fictional": self.is_fictional,
                "districts": {key: name or key for key, name in names.items() if len(key) == keys.DISTRICT_DIGITS},
                "states": {key: name or key for key, name in names.items() if len(key) == keys.STATE_DIGITS},
                "columns": self._names(),
                **self._columns(),
            }
        )

    def _columns(self) -> dict[str, list[Any]]:
        municipalities = with_scores(Municipality.objects.filter(edition=self.edition), self.assessment)
        names = self._names()
        sources = [F(SOURCES[name]) if isinstance(SOURCES[name], str) else SOURCES[name] for name in names]
        rows = list(municipalities.order_by("ags").values_list(*sources))
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
        return {name: _tidied(name, columns.get(name, [])) for name in names}

    def _names(self) -> list[str]:
        """The columns that are asked for."""
        return list(self.asked.get("fields", SOURCES))

    @staticmethod
    def table(data: dict[str, Any]) -> tuple[list[str], Iterator[Iterable[Any]]]:
        """Header and rows, for CSV."""
        return data["columns"], zip(*(data[name] for name in data["columns"]), strict=True)


def _tidied(name: str, values: list[Any]) -> list[Any]:
    if (decimals := DECIMALS.get(name)) is not None:
        return [None if value is None else round(value, decimals) for value in values]
    if name in NULL_WHERE_EMPTY:
        return [value or None for value in values]
    return values
