"""/api/v1/places/: the published places, what is known of each and who carries it."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from places import keys
from places.fields import Address, FeatureSerializer, Known, PageAddress, Position, Rating, Wording
from places.models import Involvement, Place
from places.parameters import BoxParameters, Key, Several, Word
from places.reading import Detail, Listing, Reading
from places.vocabulary import Circle, Condition, Criterion, Dynamic, Kind, Role, Sector, Status

# --- Serializers ----------------------------------------------------------------------------------------------------


class RegionSerializer(serializers.Serializer[Any]):
    ags = serializers.CharField(source="key", help_text="District: 5 digits; state: 2 digits.")
    name = Wording(source="*")


class MunicipalityReferenceSerializer(serializers.Serializer[Any]):
    ags = serializers.CharField(help_text="Amtlicher Gemeindeschlüssel, 8 digits.")
    name = serializers.CharField()
    url = Address("municipality-detail", source="ags")


class PlaceReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="pk")
    name = serializers.CharField()
    url = Address("place-detail", source="pk")


class ActorSerializer(serializers.Serializer[Any]):
    """An organisation or a group, never a person."""

    id = serializers.CharField(source="pk")
    name = serializers.CharField()
    sector = serializers.ChoiceField(Sector.values)


class AddressSerializer(serializers.Serializer[Any]):
    street = Known()
    postcode = Known()
    city = Known()


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


class PlaceSerializer(FeatureSerializer):
    """A Sozialer Ort."""

    feature_id = "id"

    id = serializers.CharField(source="pk")
    name = serializers.CharField()
    kind = serializers.ChoiceField(Kind.values)
    status = serializers.ChoiceField(Status.values)
    is_fictional = serializers.BooleanField(help_text="Invented for a demonstration.")
    location = Position(help_text="Longitude and latitude in degrees (WGS 84).")
    municipality = MunicipalityReferenceSerializer(allow_null=True)
    district = RegionSerializer(source="municipality.district", allow_null=True)
    address = AddressSerializer(source="*")
    description = Known()
    website = Known()
    opening_hours = Known(help_text="In the syntax of OpenStreetMap.")
    founded_on = serializers.DateField(allow_null=True)
    confirmed_on = serializers.DateField(allow_null=True, help_text="When somebody last confirmed that it is there.")
    criteria = CriteriaSerializer(source="*")
    conditions = ConditionsSerializer(source="*")
    dynamics = DynamicsSerializer(source="*")
    triad = TriadSerializer(source="*")
    circles = CirclesSerializer(source="*")
    source = Known()  # type: ignore[assignment]
    licence = Known()
    updated_at = serializers.DateTimeField()
    url = Address("place-detail", source="pk", help_text="This place in the API.")
    page = PageAddress(help_text="Its page for people.")


# --- Parameters -----------------------------------------------------------------------------------------------------


class PlacesOfMunicipalityParameters(BoxParameters):
    kind = Several(child=Word(Kind.values), required=False, help_text="Any of these kinds.")
    status = Several(child=Word(Status.values), required=False, help_text="Any of these states.")
    role_missing = Several(
        child=Word(Role.values), required=False, help_text="Nobody holds at least one of these roles of the triad."
    )


class PlaceParameters(PlacesOfMunicipalityParameters):
    municipality = Several(
        child=Key(keys.AGS_DIGITS), required=False, help_text="In any of these municipalities (AGS)."
    )
    district = Several(child=Key(keys.DISTRICT_DIGITS), required=False, help_text="In any of these districts.")


# --- Views ----------------------------------------------------------------------------------------------------------


class PlaceReading(Reading):
    """Published places only: no other is seen anywhere, whoever asks."""

    serializer_class = PlaceSerializer
    geometry = "location"

    def get_queryset(self) -> Any:
        places = Place.objects.published().with_actors().select_related("municipality__district")
        return self.located(places.defer("municipality__geometry").order_by("pk"))


class PlacesOfMunicipality(PlaceReading, Listing):
    """Places with a filter; which municipality is for the subclass to say."""

    parameters = PlacesOfMunicipalityParameters

    def get_queryset(self) -> Any:
        asked, places = self.asked, super().get_queryset()
        if "kind" in asked:
            places = places.filter(kind__in=asked["kind"])
        if "status" in asked:
            places = places.filter(status__in=asked["status"])
        if "role_missing" in asked:
            places = places.role_missing(*map(Role, asked["role_missing"]))
        if "bbox" in asked:
            places = places.in_bbox(asked["bbox"])
        return places


class Places(PlacesOfMunicipality):
    """All published places, by id."""

    operation = "listPlaces"
    title = "Places"
    parameters = PlaceParameters

    def get_queryset(self) -> Any:
        asked, places = self.asked, super().get_queryset()
        if "municipality" in asked:
            places = places.filter(municipality__ags__in=asked["municipality"])
        if "district" in asked:
            places = places.filter(municipality__district__key__in=asked["district"])
        return places


class PlaceDetail(PlaceReading, Detail):
    """One published place. One that is not published is not found."""

    operation = "getPlace"
    title = "One place"
    lookup_field = "id"
