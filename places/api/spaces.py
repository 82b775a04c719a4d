"""/api/v1/spaces/: the published spaces of possibility: where, how large, whose, until when."""

from rest_framework import serializers

from places.api.parts import EntryDetail, EntryListing, EntryParameters, EntryReading, EntrySerializer
from places.fields import Address, Known, KnownWord
from places.models import Space
from places.parameters import Several, Word
from places.vocabulary import Sector, SpaceKind


class SpaceSerializer(EntrySerializer):
    """A space of possibility: an empty shop, a hall, a school that could become a Sozialer Ort."""

    kind = serializers.ChoiceField(SpaceKind.values)
    area_m2 = serializers.IntegerField(allow_null=True, min_value=0, help_text="Square metres.")
    owner_sector = KnownWord(Sector.values, help_text="Whose it is.")
    owner = Known(help_text="The owner's name: an organisation, or a person who agreed.")
    available_from = serializers.DateField(allow_null=True)
    available_until = serializers.DateField(allow_null=True, help_text="The last day; null where no end is known.")
    url = Address("space-detail", source="pk", help_text="This space in the API.")


class SpaceParameters(EntryParameters):
    items = SpaceSerializer
    orders = {**EntryParameters.orders, "area_m2": "area_m2"}

    kind = Several(child=Word(SpaceKind.values), required=False, help_text="Any of these kinds.")


class SpaceReading(EntryReading):
    model = Space
    serializer_class = SpaceSerializer


class Spaces(SpaceReading, EntryListing):
    """All published spaces of possibility, by id."""

    operation = "listSpaces"
    title = "Spaces of possibility"
    parameters = SpaceParameters


class SpaceDetail(SpaceReading, EntryDetail):
    """One published space. One that was merged leads to the other; one that was withdrawn is gone."""

    operation = "getSpace"
    title = "One space of possibility"
