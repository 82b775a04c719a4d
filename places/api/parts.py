"""What the answers about every kind of entry share: serializers, parameters, and where an entry went that is no longer
public. The endpoints are in places.py, supports.py and spaces.py."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any, ClassVar

from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from places import clock, keys
from places.fields import Address, FeatureSerializer, Known, PageAddress, Position, Wording
from places.freshness import DEFAULT_FRESHNESS_MONTHS, lapses_on, months_before
from places.models import Change, Entry, Photo, Place, Space, Support
from places.parameters import BoxParameters, Key, Several, Word
from places.reading import Detail, Listing, Reading
from places.successors import lying_in
from places.vocabulary import Publication, Status

# --- Serializers ----------------------------------------------------------------------------------------------------


class RegionSerializer(serializers.Serializer[Any]):
    ags = serializers.CharField(source="key", help_text="District: 5 digits; state: 2 digits.")
    name = Wording(source="*")


class MunicipalityReferenceSerializer(serializers.Serializer[Any]):
    ags = serializers.CharField(help_text="Amtlicher Gemeindeschlüssel, 8 digits.")
    name = serializers.CharField()
    url = Address("municipality-detail", source="ags")


class AddressSerializer(serializers.Serializer[Any]):
    street = Known()
    postcode = Known()
    city = Known()


class PhotoAddress(serializers.URLField):
    """The absolute address of a photograph."""

    def __init__(self, size: str, **options: Any) -> None:
        self.size = size
        super().__init__(source="pk", **options)

    def to_representation(self, value: Any) -> str:
        return str(self.context["request"].build_absolute_uri(reverse("photo", args=[value, self.size])))


class PhotoSerializer(serializers.Serializer[Photo]):
    """A photograph, WebP."""

    url = PhotoAddress("gross")
    thumbnail_url = PhotoAddress("klein", help_text="The same, small.")
    alternative_text = serializers.CharField(help_text="What it shows, in words.")
    credit = Known(help_text="Who took it.")
    width = serializers.IntegerField(help_text="In pixels.")
    height = serializers.IntegerField(help_text="In pixels.")


class IsConfirmed(serializers.BooleanField):
    """Whether the last confirmation still holds today."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="*", read_only=True, **options)

    def to_representation(self, value: Any) -> bool:
        entry: Entry = value
        return entry.is_fresh(clock.today(), DEFAULT_FRESHNESS_MONTHS)


class EntrySerializer(FeatureSerializer):
    """What every entry says. A kind of entry adds its own between ``first`` and ``last``."""

    feature_id = "pk"
    detail: ClassVar[str]  # the endpoint of one entry
    first = (
        *("id", "name", "kind", "status", "is_fictional", "location", "municipality", "district", "address"),
        *("description", "participation", "website", "confirmed_on", "is_confirmed"),
    )
    last = ("photos", "source", "licence", "updated_at", "url", "page")

    id = serializers.CharField(source="pk")
    name = serializers.CharField()
    status = serializers.ChoiceField(Status.values)
    is_fictional = serializers.BooleanField(help_text="Invented for a demonstration.")
    location = Position(help_text="Longitude and latitude in degrees (WGS 84).")
    municipality = MunicipalityReferenceSerializer(allow_null=True)
    district = RegionSerializer(source="municipality.district", allow_null=True)
    address = AddressSerializer(source="*")
    description = Known()
    participation = Known(help_text="How to take part.")
    website = Known()
    confirmed_on = serializers.DateField(allow_null=True, help_text="When somebody last confirmed that it is there.")
    is_confirmed = IsConfirmed(
        help_text=f"Whether that was no longer than {DEFAULT_FRESHNESS_MONTHS} months ago, as of today."
    )
    photos = PhotoSerializer(many=True)
    source = Known()  # type: ignore[assignment]
    licence = Known()
    updated_at = serializers.DateTimeField()
    page = PageAddress(help_text="Its page for people.")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        own = [name for name in fields if name not in (*self.first, *self.last)]
        return {name: fields[name] for name in (*self.first, *own, *self.last)}


# --- Parameters -----------------------------------------------------------------------------------------------------


class StatusParameters(BoxParameters):
    orders = {"id": "pk", **{name: name for name in ("name", "confirmed_on", "updated_at", "distance")}}

    status = Several(child=Word(Status.values), required=False, help_text="Any of these states.")


class EntryParameters(StatusParameters):
    municipality = Several(
        child=Key(keys.AGS_DIGITS),
        required=False,
        help_text="In any of these municipalities (AGS); a key that is gone means its territory.",
    )
    district = Several(child=Key(keys.DISTRICT_DIGITS), required=False, help_text="In any of these districts.")


# --- Views ----------------------------------------------------------------------------------------------------------


class Gone(exceptions.APIException):
    """It was there and was taken out of the public."""

    status_code = 410
    default_detail = "This entry is no longer public."
    default_code = "gone"


class EntryReading(Reading):
    """Published entries only: no other is seen anywhere, whoever asks."""

    model: ClassVar[type[Place] | type[Support] | type[Space]]
    geometry = "location"

    def get_queryset(self) -> Any:
        entries = self.model._default_manager.published().order_by("pk")
        if self.shows("municipality", "district"):
            entries = entries.select_related("municipality__district").defer("municipality__geometry")
        if self.shows("photos"):
            entries = entries.prefetch_related("photos")
        return self.located(self.narrowed(entries))

    def narrowed(self, entries: Any) -> Any:
        """What is left by the parameters that every list of entries may have."""
        for name, condition in {
            "kind": "kind__in",
            "status": "status__in",
            "district": "municipality__district__key__in",
        }.items():
            if name in self.asked:
                entries = entries.filter(**{condition: self.asked[name]})
        if "municipality" in self.asked:
            entries = entries.filter(lying_in(self.asked["municipality"]))
        if "bbox" in self.asked:
            entries = entries.in_bbox(self.asked["bbox"])
        return entries.near(self.asked["near"]) if "near" in self.asked else entries

    @cached_property
    def _entries(self) -> dict[str, Any]:
        lapsed = Q(confirmed_on__lt=months_before(clock.today(), DEFAULT_FRESHNESS_MONTHS))
        return self.model._default_manager.aggregate(
            changed_at=Max("updated_at"),
            last_lapsed=Max("confirmed_on", filter=lapsed),
            fictional=Count("pk", filter=Q(is_fictional=True)),
        )

    @property
    def is_fictional(self) -> bool:
        return super().is_fictional or bool(self._entries["fictional"])

    def changes(self) -> Iterator[datetime | None]:
        """The record knows of photographs too; a confirmation that ran out changes an answer without any hand."""
        yield from super().changes()
        yield self._entries["changed_at"]
        yield Change.objects.aggregate(at=Max("at"))["at"]
        if last_lapsed := self._entries["last_lapsed"]:
            day = lapses_on(last_lapsed, DEFAULT_FRESHNESS_MONTHS)
            yield timezone.make_aware(datetime.combine(day, time.min))


class EntryListing(EntryReading, Listing):
    """All published entries of a kind, by id."""


class EntryDetail(EntryReading, Detail):
    """One published entry. One that was merged leads to the other; one that was withdrawn is gone."""

    lookup_field = "id"
    may_have_gone = True

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            found = self.model._default_manager.filter(pk=kwargs["id"]).first()
            if found is None:
                raise
            if successor := found.successor():
                query = request.META.get("QUERY_STRING", "")
                address = reverse(f"api:{self.model.entry_kind}-detail", args=[successor.pk])
                return HttpResponsePermanentRedirect(f"{address}{'?' if query else ''}{query}")
            if found.publication == Publication.ARCHIVED:
                raise Gone from None
            raise
