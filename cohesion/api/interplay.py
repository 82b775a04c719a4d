"""/api/v1/interplay/: the SOK × ZOK table of counts."""

from typing import Any

from django.db.models import Count, Sum
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cohesion.api.assessed import AssessedReading, AssessmentParameters
from cohesion.api.assessments import AssessmentReferenceSerializer, EditionSerializer
from cohesion.api.municipalities import RegionParameters, narrowed
from cohesion.querysets import with_scores
from cohesion.vocabulary import CohesionClass
from places.fields import KnownWord
from places.models import Municipality
from places.parameters import TableParameters
from places.vocabulary import ZokTier


class CellSerializer(serializers.Serializer[Any]):
    """So many municipalities of one class have one tier."""

    cohesion_class = serializers.ChoiceField(CohesionClass.values)
    zok_tier = KnownWord(ZokTier.values, help_text="Null: municipalities whose tier is not known.")
    municipalities = serializers.IntegerField()
    population = serializers.IntegerField(allow_null=True, help_text="Null where no population is known.")


class InterplaySerializer(serializers.Serializer[Any]):
    """Every class against every tier, in the order of the concept, also where the count is 0."""

    assessment = AssessmentReferenceSerializer(allow_null=True)
    edition = EditionSerializer(allow_null=True)
    attribution = serializers.CharField()
    notice = serializers.CharField(required=False)
    results = CellSerializer(many=True)


class InterplayParameters(RegionParameters, AssessmentParameters, TableParameters):
    pass


class Interplay(AssessedReading):
    """Counts of municipalities by cohesion class and central-place tier, without unincorporated areas."""

    operation = "getInterplay"
    title = "Interplay of cohesion and central places (SOK × ZOK)"
    parameters = InterplayParameters
    formats = ("json", "csv")
    serializer_class = InterplaySerializer
    row_serializer_class = CellSerializer
    pagination_class = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        beside = {"assessment": self.assessment, "edition": self.edition, **self.beside()}
        return Response(self.get_serializer({**beside, "results": self._cells()}).data)

    def _cells(self) -> list[dict[str, Any]]:
        municipalities = narrowed(Municipality.objects.filter(edition=self.edition).incorporated(), self.asked)
        counted = {
            (row["cohesion_class"], row["zok_tier"]): row
            for row in with_scores(municipalities, self.assessment)
            .order_by()
            .values("cohesion_class", "zok_tier")
            .annotate(municipalities=Count("pk"), residents=Sum("population"))
        }
        empty = {"municipalities": 0, "residents": 0}
        return [
            {
                "cohesion_class": cohesion_class,
                "zok_tier": tier,
                "municipalities": (row := counted.get((cohesion_class, tier), empty))["municipalities"],
                "population": row["residents"],
            }
            for cohesion_class in CohesionClass.values
            for tier in (*ZokTier.values, "")
        ]
