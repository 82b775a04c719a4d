"""What the endpoints of this package share: which assessment is read, and how a score is shown."""

from typing import Any

from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.exceptions import NotFound

from cohesion.explanation import Explanation, explain
from cohesion.models import Assessment, Score
from cohesion.vocabulary import CohesionClass, LossKind, PopulationBasis
from places.api.earlier import AsOfParameters
from places.api.places import ActorSerializer, PlaceReferenceSerializer
from places.as_of import end_of
from places.fields import Address, Known, KnownWord
from places.models import BoundaryEdition, Municipality
from places.reading import Reading
from places.vocabulary import Condition, Publication, Role

SHARE_DECIMALS = 4


class AssessmentParameters(AsOfParameters):
    """Which assessment is read: by its id, or as of an earlier day."""

    assessment = serializers.PrimaryKeyRelatedField(
        queryset=Assessment.objects.select_related("edition__population_grid"),
        required=False,
        help_text="Id of an assessment, which also chooses the edition of boundaries. "
        "Without it: the newest of the current edition. Not together with `asOf`.",
        error_messages={
            "does_not_exist": "There is no assessment with the id {pk_value}.",
            "incorrect_type": "The id of an assessment is expected.",
        },
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if {"assessment", "asOf"} <= attrs.keys():
            raise serializers.ValidationError({"asOf": "It cannot be asked for together with “assessment”."})
        return attrs


class AssessedReading(Reading):
    """Reads one assessment and the edition it belongs to."""

    @cached_property
    def edition(self) -> BoundaryEdition | None:
        return self._chosen.edition if self._chosen else super().edition

    @cached_property
    def assessment(self) -> Assessment | None:
        """The one that is asked for, else the newest of the current edition; None before the first."""
        if self._chosen or self.edition is None:
            return self._chosen
        return self.once("assessment", Assessment.objects.of_edition(self.edition).newest)

    @cached_property
    def _chosen(self) -> Assessment | None:
        """The one that is asked for, by its id or by a day. Raises NotFound where there was none on that day."""
        if "asOf" not in self.asked:
            chosen: Assessment | None = self.asked.get("assessment")
            return chosen
        day = self.asked["asOf"]
        found = Assessment.objects.shown_on(day, end_of(day))
        if found is None:
            raise NotFound(f"At the end of {day} there was no assessment.")
        return found


# --- A score --------------------------------------------------------------------------------------------------------


class Share(serializers.FloatField):
    """A share from 0 to 1, rounded at this border; null where not known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=1, **{"allow_null": True, **options})

    def to_representation(self, value: float) -> Any:
        return round(value, SHARE_DECIMALS)


class CriticalSerializer(serializers.Serializer[Any]):
    """The worst single loss. Id and name are null when it is a place that is no longer public."""

    kind = serializers.ChoiceField(LossKind.values)
    id = Known()
    name = Known(help_text="Null for a person, too.")

    def get_attribute(self, instance: Score) -> dict[str, Any] | None:
        if not instance.critical_kind:
            return None
        if instance.critical_kind == LossKind.ACTOR:
            return {"kind": LossKind.ACTOR, "id": instance.critical_actor_id, "name": instance.critical_name}
        place = instance.critical_place
        if place is None or place.publication != Publication.PUBLISHED:
            return {"kind": LossKind.PLACE, "id": None, "name": None}
        return {"kind": LossKind.PLACE, "id": place.pk, "name": place.name}


class ClassSharesSerializer(serializers.Serializer[Any]):
    """Share of the draws in each class."""

    def get_fields(self) -> dict[str, Any]:
        return {name: Share(allow_null=False) for name in CohesionClass.values}


class ScoreSerializer(serializers.Serializer[Any]):
    """Cohesion of a municipality in one assessment."""

    supply = Share(help_text="K: how well its residents are supplied.")
    supply_after_loss = Share(help_text="K⁻: supply after the worst single loss.")
    renewal = Share(help_text="Q: how good the conditions are to build or rebuild.")
    stability = Share(help_text="How sure the class is: share of the draws that agree with it.")
    class_shares = ClassSharesSerializer(allow_null=True, help_text="Of the draws; null where none were made.")
    critical = CriticalSerializer(allow_null=True)
    population_basis = KnownWord(PopulationBasis.values, help_text="Where residents are counted or spread.")
    assessment = Address("assessment-detail", source="assessment_id", allow_null=True)
    assessed_on = serializers.DateField(source="assessment.as_of", allow_null=True)
    method = serializers.CharField(source="assessment.method", allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        # "class" is no name for a Python attribute.
        cohesion_class = serializers.ChoiceField(CohesionClass.values, source="cohesion_class")
        return {"class": cohesion_class, **super().get_fields()}


class CohesionSerializer(ScoreSerializer):
    """Cohesion of a municipality; one without a score is unassessed, with null for every figure."""

    def get_attribute(self, instance: Municipality) -> Score:
        score: Score = getattr(instance, "score", None) or Score(cohesion_class=CohesionClass.UNASSESSED)
        if (assessment := self.context["view"].assessment) is not None:
            score.assessment = assessment
        return score


# --- Its explanation ------------------------------------------------------------------------------------------------


class StandingSerializer(serializers.Serializer[Any]):
    place = PlaceReferenceSerializer()
    share = Share(allow_null=False, help_text="What it contributes to the supply.")
    loss = Share(allow_null=False, help_text="What the supply loses when it closes.")


class CarrierSerializer(serializers.Serializer[Any]):
    actor = ActorSerializer()
    loss = Share(allow_null=False, help_text="What the supply loses when it leaves everywhere at once.")


class CrowdedSerializer(serializers.Serializer[Any]):
    place = PlaceReferenceSerializer()
    crowding = Share(allow_null=False, help_text="So much of its strength is left for each.")
    demand = serializers.IntegerField(help_text="Residents it faces, weighted by closeness.")


class VacantRolesSerializer(serializers.Serializer[Any]):
    place = PlaceReferenceSerializer()
    roles = serializers.ListField(child=serializers.ChoiceField(Role.values))


class KnownConditionsSerializer(serializers.Serializer[Any]):
    """What counts for renewal: its own rating, else the mean of its places; 0 to 4, null where unknown."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.FloatField(min_value=0, max_value=4, allow_null=True) for name in Condition.values}

    def get_attribute(self, instance: Explanation) -> dict[str, float | None]:
        return {
            rated.condition.value: None if rated.rating is None else round(rated.rating, SHARE_DECIMALS)
            for rated in instance.conditions
        }


class ExplanationSerializer(serializers.Serializer[Any]):
    """Why it has its class: what stands, what it hangs on, what is missing, what could be used. Public places only."""

    standing = StandingSerializer(many=True, help_text="Places that supply it, by contribution.")
    standing_count = serializers.IntegerField(help_text="Of all, also beyond the list.")
    carriers = CarrierSerializer(many=True, help_text="Actors whose leaving would cost supply.")
    residents = serializers.IntegerField()
    unreached_residents = serializers.IntegerField(help_text="Residents without a place in reach.")
    crowded = CrowdedSerializer(many=True, help_text="Places that face more residents than they can serve.")
    vacant_roles = VacantRolesSerializer(many=True, help_text="Roles of the triad that nobody holds.")
    conditions = KnownConditionsSerializer()
    unconfirmed = PlaceReferenceSerializer(many=True, help_text="Active places that nobody confirmed in time.")
    planned = PlaceReferenceSerializer(many=True)
    dormant = PlaceReferenceSerializer(many=True)


class ExplainedCohesionSerializer(CohesionSerializer):
    """Cohesion of a municipality with its explanation."""

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "explanation": _Explained(allow_null=True)}


class _Explained(ExplanationSerializer):
    def get_attribute(self, instance: Score) -> Explanation | None:
        return explain(instance) if instance.pk else None
