"""/api/v1/places/: the published places, what is known of each and who carries it."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from places.api.parts import (
    EntryDetail,
    EntryListing,
    EntryParameters,
    EntryReading,
    EntrySerializer,
    StatusParameters,
)
from places.fields import Address, Known, Rating
from places.models import Involvement, Place
from places.parameters import PageParameters, Several, Word
from places.vocabulary import Circle, Condition, Criterion, Dynamic, Kind, Role, Sector

# --- Serializers ----------------------------------------------------------------------------------------------------


class PlaceReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="pk")
    name = serializers.CharField()
    url = Address("place-detail", source="pk")


class ActorSerializer(serializers.Serializer[Any]):
    """An organisation or a group; a person by name only where that person agreed."""

    id = Known(source="pk", help_text="Null, with `asOf`, for one of whom nothing is kept any more.")
    name = Known(help_text="Null for a person who does not wish to be named.")
    is_person = serializers.BooleanField(help_text="A natural person.")
    sector = serializers.ChoiceField(Sector.values)


class CriteriaSerializer(serializers.Serializer[Any]):
    """Yes, no, or null where not known. Core: community_use, low_threshold, open_to_all."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: serializers.BooleanField(allow_null=True) for name in Criterion.values}


class ConditionsSerializer(serializers.Serializer[Any]):
    """Bedingungsfaktoren, rated 0 (not at all) to 4 (fully), null where not rated."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: Rating() for name in Condition.values}


class DynamicsSerializer(serializers.Serializer[Any]):
    """Inner dynamics, rated 0 (not at all) to 4 (fully), null where not rated."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: Rating() for name in Dynamic.values}


class ActorsField(serializers.ListSerializer[Any]):
    """The actors of a place that ``chosen`` picks, by name."""

    def __init__(self, chosen: Callable[[Involvement], bool]) -> None:
        self.chosen = chosen
        super().__init__(child=ActorSerializer())

    def get_attribute(self, instance: Place) -> list[Any]:
        actors = [involvement.actor for involvement in instance.involvements.all() if self.chosen(involvement)]
        return sorted(actors, key=lambda actor: (actor.name, actor.sector))


def _holds(role: str) -> ActorsField:
    return ActorsField(lambda involvement: bool(getattr(involvement, role)))


def _stands_in(circle: str) -> ActorsField:
    return ActorsField(lambda involvement: involvement.circle == circle)


class TriadSerializer(serializers.Serializer[Any]):
    """Akteurs-Trias: who holds which role. An actor may hold several."""

    def get_fields(self) -> dict[str, Any]:
        return {role: _holds(role) for role in Role.values}


class CirclesSerializer(serializers.Serializer[Any]):
    """How close the actors stand to the place."""

    def get_fields(self) -> dict[str, Any]:
        return {circle: _stands_in(circle) for circle in Circle.values}


class PlaceSerializer(EntrySerializer):
    """A Sozialer Ort."""

    kind = serializers.ChoiceField(Kind.values)
    opening_hours = Known(help_text="In the syntax of OpenStreetMap.")
    founded_on = serializers.DateField(allow_null=True)
    criteria = CriteriaSerializer(source="*")
    conditions = ConditionsSerializer(source="*")
    dynamics = DynamicsSerializer(source="*")
    triad = TriadSerializer(source="*")
    circles = CirclesSerializer(source="*")
    url = Address("place-detail", source="pk", help_text="This place in the API.")


# --- Parameters -----------------------------------------------------------------------------------------------------


class OwnParameters(PageParameters):
    """What only places can be asked for."""

    items = PlaceSerializer

    kind = Several(child=Word(Kind.values), required=False, help_text="Any of these kinds.")
    role_missing = Several(
        child=Word(Role.values), required=False, help_text="Nobody holds at least one of these roles of the triad."
    )


class PlacesOfMunicipalityParameters(OwnParameters, StatusParameters):
    pass


class PlaceParameters(OwnParameters, EntryParameters):
    pass


# --- Views ----------------------------------------------------------------------------------------------------------


class PlaceReading(EntryReading):
    """Published places with who takes part in them."""

    model = Place
    serializer_class = PlaceSerializer

    def get_queryset(self) -> Any:
        places = super().get_queryset()
        if self.shows("triad", "circles"):
            places = places.with_actors()
        return places

    def narrowed(self, entries: Any) -> Any:
        places = super().narrowed(entries)
        return places.role_missing(*map(Role, self.asked["role_missing"])) if "role_missing" in self.asked else places

    def was_asked_for(self, entry: Place) -> bool:
        held = {role for involvement in entry.involvements.all() for role in involvement.roles()}
        missing = not {*map(Role, self.asked.get("role_missing", ()))} <= held
        return super().was_asked_for(entry) and ("role_missing" not in self.asked or missing)


class PlacesOfMunicipality(PlaceReading, EntryListing):
    """Places with a filter; which municipality is for the subclass to say."""

    parameters = PlacesOfMunicipalityParameters


class Places(PlaceReading, EntryListing):
    """All published places, by id."""

    operation = "listPlaces"
    title = "Places"
    parameters = PlaceParameters


class PlaceDetail(PlaceReading, EntryDetail):
    """One published place. One that was merged leads to the other; one that was withdrawn is gone."""

    operation = "getPlace"
    title = "One place"
