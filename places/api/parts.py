"""What the answers about every kind of entry share: serializers, parameters, and where an entry went that is no longer
public. The endpoints are in places.py, supports.py and spaces.py."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, ClassVar

from django.db.models import Max, Q
from django.http import Http404, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from places import clock, keys
from places.api.earlier import AsOfParameters, Earlier, one_earlier
from places.fields import Address, FeatureSerializer, Known, PageAddress, Position, Wording
from places.freshness import DEFAULT_FRESHNESS_MONTHS, lapses_on, months_before
from places.models import Entry, Photo, Place, Space, Support
from places.parameters import BoxParameters, Key, Parameters, Several, Word
from places.reading import Detail, Listing, Reading
from places.successors import gone_territories, lying_in
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
        day = self.context["view"].asked.get("asOf") or clock.today()
        return entry.is_fresh(day, DEFAULT_FRESHNESS_MONTHS)


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


class StatusParameters(AsOfParameters, BoxParameters):
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

    def was_asked_for(self, entry: Any) -> bool:
        """What ``narrowed`` asks the database, of an entry as it stood earlier; not how near it was."""
        lay_in = entry.municipality
        has = {"kind": entry.kind, "status": entry.status, "district": lay_in and lay_in.district.key}
        lay_there = "municipality" not in self.asked or (
            (lay_in is not None and lay_in.ags in self.asked["municipality"])
            or any(territory.intersects(entry.location) for territory in self._gone_territories)
        )
        box = self.asked.get("bbox")
        inside = box is None or (
            box.west <= entry.location.x <= box.east and box.south <= entry.location.y <= box.north
        )
        return (
            inside and lay_there and all(value in self.asked[name] for name, value in has.items() if name in self.asked)
        )

    @cached_property
    def _gone_territories(self) -> list[Any]:
        return gone_territories(self.asked["municipality"])

    @property
    def is_geojson(self) -> bool:
        return bool(self.request.accepted_renderer.format == "geojson")

    @property
    def is_fictional(self) -> bool:
        mine = self.model._default_manager.filter(is_fictional=True)
        return super().is_fictional or self.once(f"fictional {self.model.entry_kind}", mine.exists)

    def changes(self) -> Iterator[datetime | None]:
        """A confirmation that ran out changes an answer without any hand."""
        yield from super().changes()
        if last_lapsed := self.once(f"lapsed {self.model.entry_kind}", self._last_lapsed):
            day = lapses_on(last_lapsed, DEFAULT_FRESHNESS_MONTHS)
            yield timezone.make_aware(datetime.combine(day, time.min))

    def _last_lapsed(self) -> date | None:
        held = Q(confirmed_on__lt=months_before(clock.today(), DEFAULT_FRESHNESS_MONTHS))
        lapsed: date | None = self.model._default_manager.aggregate(last=Max("confirmed_on", filter=held))["last"]
        return lapsed


class EntryListing(EntryReading, Listing):
    """All published entries of a kind, by id."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if "asOf" not in self.asked:
            return super().get(request, *args, **kwargs)
        earlier = Earlier(
            self.model.entry_kind,
            self.asked["asOf"],
            narrowed=self.narrowed,
            was_asked_for=self.was_asked_for,
            ordering=self.asked.get("ordering", ()),
            orders=self.parameters.orders,
            nearby=self.asked.get("near"),
            with_geometry=self.is_geojson,
        )
        page = self.paginate_queryset(earlier)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class EntryDetail(EntryReading, Detail):
    """One published entry. One that was merged leads to the other; one that was withdrawn is gone."""

    parameters: ClassVar[type[Parameters]] = AsOfParameters
    lookup_field = "id"
    may_have_gone = True

    def get_object(self) -> Any:
        if "asOf" not in self.asked:
            return super().get_object()
        found = one_earlier(self.model.entry_kind, self.kwargs["id"], self.asked["asOf"], self.is_geojson)
        if found is None:
            raise Http404(f"It was not public at the end of {self.asked['asOf']}.")
        return found

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
