"""/api/v1/assessments/: which assessments there are, on which boundaries, with which parameters."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from cohesion.models import Assessment
from places.fields import Address, Known
from places.parameters import PageParameters
from places.reading import Detail, Listing


class EditionSerializer(serializers.Serializer[Any]):
    """An edition of boundaries (Gebietsstand)."""

    date = serializers.DateField()
    attribution = Known(help_text="Whom to name when the boundaries are shown, with the licence.")


class AssessmentReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    url = Address("assessment-detail", source="pk")
    as_of = serializers.DateField(help_text="The day for which it holds.")
    created_at = serializers.DateTimeField()


class AssessmentSerializer(AssessmentReferenceSerializer):
    """One run of the method."""

    method = serializers.CharField()
    edition = EditionSerializer()
    places_counted = serializers.IntegerField()
    draws = serializers.IntegerField(help_text="So many draws say how sure each class is; 0: none were made.")
    seed = serializers.IntegerField(allow_null=True, help_text="What the draws start from.")
    inputs_digest = serializers.CharField(help_text="The same digest means the same inputs and the same figures.")


class AssessmentDetailSerializer(AssessmentSerializer):
    """One run of the method, with its parameters."""

    parameters = serializers.DictField(
        child=serializers.FloatField(), help_text="Thresholds and weights by their names in the method."
    )


class AssessmentsParameters(PageParameters):
    items = AssessmentSerializer
    orders = {"id": "pk", "as_of": "as_of", "created_at": "created_at", "places_counted": "places_counted"}


class AssessmentQueries:
    def get_queryset(self) -> QuerySet[Assessment]:
        return Assessment.objects.select_related("edition").order_by("-as_of", "-pk")


class Assessments(AssessmentQueries, Listing):
    """All assessments, the newest first."""

    operation = "listAssessments"
    title = "Assessments"
    parameters = AssessmentsParameters
    formats = ("json", "csv")
    serializer_class = AssessmentSerializer


class AssessmentDetail(AssessmentQueries, Detail):
    """One assessment with its parameters."""

    operation = "getAssessment"
    title = "One assessment"
    formats = ("json",)
    serializer_class = AssessmentDetailSerializer
    lookup_field = "id"
