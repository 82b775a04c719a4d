"""/api/v1/municipalities/: facts and cohesion of municipalities, their history, their places."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.request import Request

from cohesion.api.assessed import (
    AssessedReading,
    AssessmentParameters,
    CohesionSerializer,
    ExplainedCohesionSerializer,
    ScoreSerializer,
    Share,
)
from cohesion.api.successors import elsewhere
from cohesion.querysets import in_classes, with_scores
from cohesion.series import Series
from cohesion.vocabulary import CohesionClass
from places import keys
from places.api.parts import RegionSerializer
from places.api.places import ConditionsSerializer, PlacesOfMunicipality
from places.fields import Address, FeatureSerializer, Known, KnownWord, PageAddress, Position
from places.models import Municipality, Place
from places.parameters import BoxParameters, Key, PageParameters, Parameters, Several, Word
from places.reading import Detail, Listing
from places.vocabulary import ZokTier

# --- Serializers ----------------------------------------------------------------------------------------------------


class ZokSerializer(serializers.Serializer[Any]):
    """Tier in the Zentrale-Orte-Konzept; null where it is not known, which is not the same as "none"."""

    tier = KnownWord(ZokTier.values, source="zok_tier")
    detail = Known(source="zok_detail", help_text="As the plan words it.")
    source = Known(source="zok_source")  # type: ignore[assignment]


class Area(serializers.FloatField):
    """Square kilometres, to the hectare."""

    def to_representation(self, value: float) -> Any:
        return round(value, 2)


class MunicipalitySerializer(FeatureSerializer):
    """A municipality, or an unincorporated area, of one edition of boundaries."""

    feature_id = "ags"

    ags = serializers.CharField(help_text="Amtlicher Gemeindeschlüssel: 8 digits, text.")
    ars = Known(help_text="Amtlicher Regionalschlüssel: 12 digits, text.")
    name = serializers.CharField()
    designation = Known(help_text="Stadt, Gemeinde, Markt …")
    district = RegionSerializer()
    state = RegionSerializer()
    is_unincorporated = serializers.BooleanField(help_text="Gemeindefreies Gebiet: has neither residents nor a class.")
    population = serializers.IntegerField(allow_null=True)
    population_on = serializers.DateField(allow_null=True)
    population_source = Known(help_text="Where the number of residents comes from, with its licence.")
    area_km2 = Area()
    centre = Position(help_text="A point inside: longitude and latitude in degrees (WGS 84).")
    zok = ZokSerializer(source="*")
    conditions = ConditionsSerializer(source="*", help_text="Its own ratings.")
    inventory_completed_on = serializers.DateField(
        allow_null=True, help_text="When the inventory of its places was stated to be complete."
    )
    cohesion = CohesionSerializer()
    url = Address("municipality-detail", source="ags", help_text="This municipality in the API.")
    page = PageAddress(help_text="Its page for people.")


class MunicipalityDetailSerializer(MunicipalitySerializer):
    """A municipality with the explanation of its class."""

    cohesion = ExplainedCohesionSerializer()


class PredecessorSerializer(serializers.Serializer[Any]):
    """A municipality that went into this one, and its own figures in the assessment."""

    ags = serializers.CharField(source="municipality.ags")
    name = serializers.CharField(source="municipality.name")
    share = Share(allow_null=False, help_text="So much of its residents (of its area, if not counted) went over.")
    population = serializers.IntegerField(source="municipality.population", allow_null=True)
    supply = Share(source="score.supply")
    supply_after_loss = Share(source="score.supply_after_loss")
    renewal = Share(source="score.renewal")
    url = Address("municipality-history", source="municipality.ags", help_text="Its own history.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["class"] = serializers.ChoiceField(CohesionClass.values, source="score.cohesion_class")
        return fields


class HistorySerializer(ScoreSerializer):
    """One assessment of a municipality, with the facts of the edition it was made on.

    ``basis``: "own" figures; those of its only "predecessor", under another key; or "joined": it was several
    municipalities then, or a part of one. Joined, ``supply`` is the mean weighted by residents, and there is no class.
    """

    edition = serializers.DateField(source="assessment.edition.date", help_text="Date of the boundaries.")
    population = serializers.IntegerField(allow_null=True, help_text="Of the territory that is spoken of.")
    zok_tier = KnownWord(ZokTier.values)
    basis = serializers.ChoiceField(["own", "predecessor", "joined"])
    predecessors = PredecessorSerializer(many=True, source="parts", help_text="Empty where the figures are its own.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {**fields, "class": KnownWord(CohesionClass.values, source="cohesion_class")}


# --- Parameters -----------------------------------------------------------------------------------------------------


class RegionParameters(Parameters):
    state = Several(child=Key(keys.STATE_DIGITS), required=False, help_text="In any of these states (2 digits).")
    district = Several(
        child=Key(keys.DISTRICT_DIGITS), required=False, help_text="In any of these districts (5 digits)."
    )


class MunicipalityParameters(BoxParameters, RegionParameters, AssessmentParameters):
    items = MunicipalitySerializer
    orders = {
        **{name: name for name in ("ags", "name", "population", "area_km2", "distance")},
        **{figure: f"score__{figure}" for figure in ("supply", "supply_after_loss", "renewal", "stability")},
    }

    zok_tier = Several(child=Word(ZokTier.values), required=False, help_text="Any of these central-place tiers.")
    cohesion_class = Several(child=Word(CohesionClass.values), required=False, help_text="Any of these classes.")
    name = Several(
        child=serializers.CharField(max_length=200), required=False, help_text="The name begins with any of these."
    )


class HistoryParameters(PageParameters):
    items = HistorySerializer


# --- Views ----------------------------------------------------------------------------------------------------------


def narrowed(municipalities: Any, asked: Mapping[str, Any]) -> Any:
    """Those of the states and districts that are asked for."""
    if "state" in asked:
        municipalities = municipalities.of_state(*asked["state"])
    if "district" in asked:
        municipalities = municipalities.of_district(*asked["district"])
    return municipalities


class MunicipalityReading(AssessedReading):
    serializer_class: type[MunicipalitySerializer] = MunicipalitySerializer
    geometry = "geometry"
    deferred: tuple[str, ...] = ("geometry", "score__explanation")

    def get_queryset(self) -> Any:
        municipalities = Municipality.objects.filter(edition=self.edition).order_by("ags")
        if self.shows("district", "state"):
            municipalities = municipalities.with_names()
        scored = with_scores(municipalities, self.assessment)
        if not self.shows("cohesion"):
            return self.located(scored.defer("geometry"))
        return self.located(scored.select_related("score__critical_place").defer(*self.deferred))


class Municipalities(MunicipalityReading, Listing):
    """Municipalities with their facts and their cohesion in one assessment, by AGS."""

    operation = "listMunicipalities"
    title = "Municipalities"
    parameters = MunicipalityParameters

    def get_queryset(self) -> Any:
        asked, municipalities = self.asked, narrowed(super().get_queryset(), self.asked)
        if "zok_tier" in asked:
            municipalities = municipalities.filter(zok_tier__in=asked["zok_tier"])
        if "cohesion_class" in asked:
            municipalities = municipalities.filter(in_classes(asked["cohesion_class"]))
        if "name" in asked:
            municipalities = municipalities.named(*asked["name"])
        if "bbox" in asked:
            municipalities = municipalities.in_bbox(asked["bbox"])
        if "near" in asked:
            municipalities = municipalities.near(asked["near"])
        return municipalities


class MunicipalityDetail(MunicipalityReading, Detail):
    """One municipality, with the explanation of its class: what stands, what it hangs on, what is missing, what could
    be used."""

    operation = "getMunicipality"
    title = "One municipality"
    parameters = AssessmentParameters
    serializer_class = MunicipalityDetailSerializer
    lookup_field = "ags"
    deferred = ("geometry",)
    may_have_gone = True

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            if "assessment" in self.asked or not (answer := elsewhere(request, kwargs["ags"], "municipality-detail")):
                raise
            return answer


class MunicipalityHistory(Listing):
    """Its figures in every assessment, the newest first, across editions of boundaries."""

    operation = "listMunicipalityHistory"
    title = "History of a municipality"
    parameters = HistoryParameters
    formats = ("json", "csv")
    serializer_class = HistorySerializer

    def get_queryset(self) -> Any:
        series = Series(self.kwargs["ags"])
        if not series.exists:
            raise Http404(f"No edition has a municipality {self.kwargs['ags']}.")
        return series


class MunicipalityPlaces(PlacesOfMunicipality):
    """The published places in one municipality of the current edition."""

    operation = "listMunicipalityPlaces"
    title = "Places in a municipality"
    may_have_gone = True

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            if answer := elsewhere(request, kwargs["ags"], "municipality-places"):
                return answer
            raise

    @cached_property
    def municipality(self) -> Municipality:
        """Which one. Raises Http404."""
        return get_object_or_404(Municipality.objects.filter(edition=self.edition).only("pk"), ags=self.kwargs["ags"])

    def narrowed(self, entries: Any) -> Any:
        return super().narrowed(entries).filter(municipality=self.municipality)

    def was_asked_for(self, entry: Place) -> bool:
        return entry.municipality_id == self.municipality.pk and super().was_asked_for(entry)
