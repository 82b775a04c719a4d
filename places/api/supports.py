"""/api/v1/support/: the published support structures, what each gives and whom it serves."""

from typing import Any

from rest_framework import serializers

from places import keys
from places.api.parts import EntryDetail, EntryListing, EntryParameters, EntryReading, EntrySerializer
from places.fields import Address, Known
from places.models import Support
from places.parameters import Key, Several, Word
from places.vocabulary import SupportKind


class Areas(serializers.ListField):
    """The areas that a support structure serves."""

    def get_attribute(self, instance: Support) -> list[str]:
        return [served.area for served in instance.areas.all()]


class SupportSerializer(EntrySerializer):
    """A support structure: advice, funds, a network."""

    kind = serializers.ChoiceField(SupportKind.values)
    provider = Known(help_text="Who runs it.")
    areas = Areas(
        child=serializers.CharField(allow_blank=True),
        help_text="Whom it serves: keys of states (2 digits), districts (5), municipalities (8); “” is all of Germany.",
    )
    url = Address("support-detail", source="pk", help_text="This support structure in the API.")


class SupportParameters(EntryParameters):
    items = SupportSerializer

    kind = Several(child=Word(SupportKind.values), required=False, help_text="Any of these kinds.")
    serves = Key(keys.AGS_DIGITS, required=False, help_text="Serves this municipality (AGS).")


class SupportReading(EntryReading):
    model = Support
    serializer_class = SupportSerializer

    def get_queryset(self) -> Any:
        supports = super().get_queryset()
        if self.shows("areas"):
            supports = supports.prefetch_related("areas")
        return supports

    def narrowed(self, entries: Any) -> Any:
        supports = super().narrowed(entries)
        return supports.serving(self.asked["serves"]) if "serves" in self.asked else supports

    def was_asked_for(self, entry: Support) -> bool:
        if "serves" in self.asked:
            ags = self.asked["serves"]
            covering = {"", keys.state_key(ags), keys.district_key(ags), ags}
            if covering.isdisjoint(served.area for served in entry.areas.all()):
                return False
        return super().was_asked_for(entry)


class Supports(SupportReading, EntryListing):
    """All published support structures, by id."""

    operation = "listSupport"
    title = "Support structures"
    parameters = SupportParameters


class SupportDetail(SupportReading, EntryDetail):
    """One published support structure. One that was merged leads to the other; one that was withdrawn is gone."""

    operation = "getSupport"
    title = "One support structure"
