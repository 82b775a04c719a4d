"""/api/v1/districts/, states/, planning-regions/: municipalities of an area together, and what changed in it."""

from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cohesion.api.assessed import AssessedReading, AssessmentParameters, Share
from cohesion.api.assessments import AssessmentReferenceSerializer, EditionSerializer
from cohesion.api.successors import district_elsewhere
from cohesion.areas import Area, AreaKind, areas, find_area
from cohesion.engine import Parameters
from cohesion.models import Assessment
from cohesion.regional import TIERS, Counts, counted, counts_of_areas, counts_of_regions, promising, rated, weakest
from cohesion.trend import ClassChange, choices, trend, usual_choice
from cohesion.vocabulary import CohesionClass
from places.fields import Address, Known, KnownWord
from places.parameters import TableParameters
from places.vocabulary import ZokTier

FIGURES = ("supply", "supply_after_loss", "renewal")


class TallySerializer(serializers.Serializer[Any]):
    municipalities = serializers.IntegerField()
    population = serializers.IntegerField(source="residents", help_text="As far as known.")


class ByClassSerializer(serializers.Serializer[Any]):
    """Municipalities and residents by class."""

    def get_fields(self) -> dict[str, Any]:
        return {name: TallySerializer() for name in CohesionClass.values}


class ByTierSerializer(serializers.Serializer[Any]):
    """Municipalities and residents by tier; `unknown` is not `none`."""

    def get_fields(self) -> dict[str, Any]:
        return {tier or "unknown": TallySerializer() for tier in TIERS}


class AreaSerializer(serializers.Serializer[Any]):
    """So many municipalities and residents of an area, by class and tier."""

    key = serializers.CharField(help_text="Of a planning region the word in its address.")
    name = serializers.CharField()
    keys = serializers.ListField(child=serializers.CharField(), help_text="States, districts, municipalities in it.")
    source = Known(help_text="Of a planning region: who drew it.")  # type: ignore[assignment]
    municipalities = serializers.IntegerField()
    population = serializers.IntegerField(help_text="As far as known.")
    classes = ByClassSerializer()
    tiers = ByTierSerializer()
    url = serializers.URLField(help_text="This area in the API.")
    page = serializers.URLField(help_text="Its page for people.")


class RatedSerializer(serializers.Serializer[Any]):
    ags = serializers.CharField()
    name = serializers.CharField()
    cohesion_class = serializers.ChoiceField(CohesionClass.values)
    zok_tier = KnownWord(ZokTier.values)
    population = serializers.IntegerField(allow_null=True)
    supply = Share()
    supply_after_loss = Share()
    renewal = Share()
    url = Address("municipality-detail", source="ags")


class NearSerializer(serializers.Serializer[Any]):
    municipality = RatedSerializer()
    next_class = serializers.ChoiceField(CohesionClass.values)
    gap = Share(
        allow_null=False,
        help_text="To robust: what supply after the worst loss lacks; to resilient: supply and renewal together.",
    )


class CrossingSerializer(serializers.Serializer[Any]):
    """A figure that is on the other side of its threshold now."""

    figure = serializers.ChoiceField(FIGURES)
    before = Share()
    after = Share()
    threshold = Share(allow_null=False)


class ClassChangeSerializer(serializers.Serializer[Any]):
    """A municipality that has another class, and why."""

    ags = serializers.CharField()
    name = serializers.CharField()
    crossings = CrossingSerializer(many=True)
    came = serializers.SerializerMethodField(help_text="Ids of public places that supply it now and did not before.")
    went = serializers.SerializerMethodField(help_text="Ids of public places that supplied it before and do not now.")
    joined = serializers.SerializerMethodField(
        help_text="Keys of municipalities that went into it since, in whole or in part, between two editions."
    )
    inventory = serializers.BooleanField(help_text="Only whether its inventory counts as completed is another.")
    url = Address("municipality-detail", source="ags")

    def get_fields(self) -> dict[str, Any]:
        # "from" is no name for a Python attribute.
        words = CohesionClass.values
        own = {
            "from": serializers.ChoiceField(words, source="before"),
            "to": serializers.ChoiceField(words, source="after"),
        }
        fields = super().get_fields()
        return {"ags": fields.pop("ags"), "name": fields.pop("name"), **own, **fields}

    def get_came(self, change: ClassChange) -> list[str]:
        return [str(place.pk) for place in change.came]

    def get_went(self, change: ClassChange) -> list[str]:
        return [str(place.pk) for place in change.went]

    def get_joined(self, change: ClassChange) -> list[str]:
        return [row.predecessor.ags for row in change.joined]


class TrendSerializer(serializers.Serializer[Any]):
    earlier = AssessmentReferenceSerializer()
    later = AssessmentReferenceSerializer()
    count = serializers.IntegerField(source="total", help_text="Of all, also beyond the list.")
    changes = ClassChangeSerializer(many=True)


class AreaDetailSerializer(AreaSerializer):
    """An area with its weakest and most promising municipalities, and who changed class."""

    assessment = AssessmentReferenceSerializer(allow_null=True)
    edition = EditionSerializer()
    weakest = RatedSerializer(many=True, help_text="Risky ones, the least supplied first.")
    promising = NearSerializer(many=True, help_text="Those that lack least to a better class.")
    trend = TrendSerializer(allow_null=True, help_text="Null where there is no earlier assessment.")
    attribution = serializers.CharField()
    notice = serializers.CharField(required=False)


class AreasSerializer(serializers.Serializer[Any]):
    """All areas of a kind, in one answer."""

    assessment = AssessmentReferenceSerializer(allow_null=True)
    edition = EditionSerializer(allow_null=True)
    attribution = serializers.CharField()
    notice = serializers.CharField(required=False)
    results = AreaSerializer(many=True)


class AreasParameters(AssessmentParameters, TableParameters):
    pass


class ComparedParameters(AssessmentParameters):
    compared_with = serializers.PrimaryKeyRelatedField(
        queryset=Assessment.objects.select_related("edition"),
        required=False,
        help_text="Id of an earlier assessment. Without it: the newest that is a year older, else the oldest.",
        error_messages={
            "does_not_exist": "There is no assessment with the id {pk_value}.",
            "incorrect_type": "The id of an assessment is expected.",
        },
    )


class AreaReading(AssessedReading):
    kind: ClassVar[AreaKind]
    pagination_class = None

    def shown(self, area: Area, counts: Counts) -> dict[str, Any]:
        total = counts.total
        return {
            "key": area.key,
            "name": area.name,
            "keys": list(area.keys),
            "source": area.source,
            "municipalities": total.municipalities,
            "population": total.residents,
            "classes": {name: counts.of_class(name) for name in CohesionClass.values},
            "tiers": {tier or "unknown": counts.of_tier(tier) for tier in TIERS},
            "url": self.request.build_absolute_uri(_address(area)),
            "page": self.request.build_absolute_uri(area.get_absolute_url()),
        }


class AreaListing(AreaReading):
    """All areas of a kind with their counts; they are few, so they come whole."""

    parameters = AreasParameters
    formats = ("json", "csv")
    serializer_class = AreasSerializer
    row_serializer_class = AreaSerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        beside = {"assessment": self.assessment, "edition": self.edition, **self.beside()}
        return Response(self.get_serializer({**beside, "results": self._areas()}).data)

    def _areas(self) -> list[dict[str, Any]]:
        edition = self.edition
        if edition is None:
            return []
        found = list(areas(self.kind, edition))
        if self.kind == AreaKind.PLANNING_REGION:
            counts = counts_of_areas(found, edition, self.assessment)
        else:
            counts = counts_of_regions(edition, self.assessment, self.kind)
        return [self.shown(area, counts[area.key]) for area in found if area.key in counts]


class AreaDetail(AreaReading):
    """One area: counts, who is weakest, who lacks least to a better class, and who changed class and why."""

    parameters = ComparedParameters
    formats = ("json",)
    serializer_class = AreaDetailSerializer

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        edition, assessment = self.edition, self.assessment
        area = find_area(self.kind, kwargs["key"], edition) if edition else None
        if area is None or edition is None:
            if "assessment" not in self.asked and (gone := self._elsewhere(request, kwargs["key"])):
                return gone
            raise Http404(f"There is no {self.kind.replace('_', ' ')} {kwargs['key']} in this edition.")
        municipalities = rated(area, edition, assessment)
        parameters = assessment.parameters_used() if assessment else Parameters()
        earlier = self.asked.get("compared_with") or (usual_choice(choices(), assessment) if assessment else None)
        answer = {
            **self.shown(area, counted(municipalities)),
            "assessment": assessment,
            "edition": edition,
            "weakest": weakest(municipalities),
            "promising": promising(municipalities, parameters),
            "trend": trend(area, earlier, assessment) if earlier and assessment else None,
            **self.beside(),
        }
        return Response(self.get_serializer(answer).data)

    def _elsewhere(self, request: Request, key: str) -> HttpResponse | None:
        """What is answered for a key that is gone; None where nobody knows of it."""
        return None


def _address(area: Area) -> str:
    return reverse(f"api:{area.kind.replace('_', '-')}-detail", args=[area.key])


class Districts(AreaListing):
    """All districts (Kreise) of an edition, by key."""

    operation = "listDistricts"
    title = "Districts"
    kind = AreaKind.DISTRICT


class DistrictDetail(AreaDetail):
    operation = "getDistrict"
    title = "One district"
    kind = AreaKind.DISTRICT
    may_have_gone = True

    def _elsewhere(self, request: Request, key: str) -> HttpResponse | None:
        return district_elsewhere(request, key)


class States(AreaListing):
    """All states (Länder) of an edition, by key."""

    operation = "listStates"
    title = "States"
    kind = AreaKind.STATE


class StateDetail(AreaDetail):
    operation = "getState"
    title = "One state"
    kind = AreaKind.STATE


class PlanningRegions(AreaListing):
    """All planning regions that the operator defined, by name."""

    operation = "listPlanningRegions"
    title = "Planning regions"
    kind = AreaKind.PLANNING_REGION


class PlanningRegionDetail(AreaDetail):
    operation = "getPlanningRegion"
    title = "One planning region"
    kind = AreaKind.PLANNING_REGION
