"""What every read of the API shares: parameters, geometry on request, what stands beside the data, when it changed.

The endpoints are in api/; how an answer is written (JSON, GeoJSON, CSV, problems, pages) in sok_site.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from django.contrib.gis.db.models.functions import AsGeoJSON, GeomOutputGeoFunc
from django.db.models import F, QuerySet
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.http import http_date
from rest_framework import generics
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from places.data_version import Version, current_version, keep, once_per_version, version_for
from places.fields import COORDINATE_DECIMALS
from places.models import BoundaryEdition, Place
from places.parameters import PageParameters, Parameters
from places.rows import plan_of

_Value = TypeVar("_Value")
FICTIONAL = (
    "Demonstration: places, actors, inventories and therefore all classes are invented; boundaries, names, populations "
    "and tiers are official."
)


class Counterclockwise(GeomOutputGeoFunc):
    """Outer rings counterclockwise, holes clockwise: the right-hand rule of RFC 7946."""

    function = "ST_ForcePolygonCCW"


class Reading(generics.GenericAPIView[Any]):
    """A read of the public API. A subclass says which parameters, which formats, which geometry."""

    parameters: ClassVar[type[Parameters]] = Parameters
    formats: ClassVar[tuple[str, ...]] = ("json", "geojson", "csv")
    geometry: ClassVar[str] = ""  # the field that GeoJSON shows
    operation: ClassVar[str] = ""  # its name in the OpenAPI document
    title: ClassVar[str] = ""
    may_have_gone: ClassVar[bool] = False  # what was merged or withdrawn answers 301 or 410
    may_be_kept: ClassVar[bool] = True  # the answer follows from the address, the data and the day, not from the hour

    asked: Mapping[str, Any] = MappingProxyType({})  # nothing, until a request has been read

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.asked = self.parameters.read(request.query_params)

    def get_renderers(self) -> list[BaseRenderer]:
        return [renderer for renderer in super().get_renderers() if renderer.format in self.formats]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.status_code == 200:
            if changed_at := self.changed_at():
                response.headers["Last-Modified"] = http_date(changed_at.timestamp())
            if self.may_be_kept:
                keep(request._request)
        return response

    def shows(self, *names: str) -> bool:
        """Whether the answer has any of these fields."""
        return "fields" not in self.asked or not {*names}.isdisjoint(self.asked["fields"])

    def located(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With the geometry as text where GeoJSON is asked for: written by the database, never parsed here."""
        if self.request.accepted_renderer.format != "geojson":
            return queryset
        located: QuerySet[Any] = queryset.annotate(
            geojson=AsGeoJSON(Counterclockwise(self.geometry), precision=COORDINATE_DECIMALS)
        )
        return located

    @cached_property
    def version(self) -> Version:
        """The version of the data that was there before anything was read."""
        request = getattr(self, "request", None)
        return version_for(request._request) if request else current_version()

    @cached_property
    def edition(self) -> BoundaryEdition | None:
        """The edition of boundaries that is read."""
        return self.once("edition", BoundaryEdition.objects.select_related("population_grid").current)

    def once(self, name: Any, find: Callable[[], _Value]) -> _Value:
        """What ``find`` finds, looked up once per version of the data; ``name`` is the same for every reader."""
        return once_per_version(self.version, name, find)

    @cached_property
    def is_fictional(self) -> bool:
        """Whether invented places of the demo are loaded."""
        return self.once("fictional places", Place.objects.filter(is_fictional=True).exists)

    def changes(self) -> Iterator[datetime | None]:
        """When what an answer depends on changed last: the data, whoever changed them."""
        yield self.version.at

    def changed_at(self) -> datetime | None:
        """When the answer changed last; None before there is anything."""
        return max(filter(None, self.changes()), default=None)

    def beside(self) -> dict[str, Any]:
        """What stands beside the data: whom to name when they are shown, and a notice while places are invented."""
        grid = getattr(self.edition, "population_grid", None)
        attributions = [source.attribution for source in (self.edition, grid) if source and source.attribution]
        notice = {"notice": FICTIONAL} if self.is_fictional else {}
        return {"attribution": " · ".join(attributions), **notice}


class Listing(Reading):
    """A list in pages: in the order that is asked for, with the fields that are asked for."""

    parameters: ClassVar[type[PageParameters]]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.ordered(self.get_queryset())
        page: Any = self.paginate_queryset(queryset)
        if plan := plan_of(self, queryset):
            # What the pages before pass over is neither read nor written: the page's keys are found first.
            return self.get_paginated_response(plan.read(queryset.filter(pk__in=page.values("pk")), self))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Without the fields that nobody asked for, so they are not computed."""
        serializer: Any = super().get_serializer(*args, **kwargs)
        if "fields" in self.asked:
            fields = getattr(serializer, "child", serializer).fields
            for name in {*fields} - {*self.asked["fields"]}:
                del fields[name]
        return serializer

    def ordered(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By what is asked for; what it leaves open stays in the list's own order, so that pages never overlap."""
        orders = []
        for word in self.asked.get("ordering", ()):
            by = F(self.parameters.orders[word.removeprefix("-")])
            orders.append(by.desc(nulls_last=True) if word.startswith("-") else by.asc(nulls_last=True))
        return queryset.order_by(*orders, *queryset.query.order_by) if orders else queryset


class Detail(Reading):
    """One thing. No CSV, which is for tables."""

    formats: ClassVar[tuple[str, ...]] = ("json", "geojson")
    pagination_class = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(self.get_object()).data)

    def get_object(self) -> Any:
        """The thing. Raises Http404, which says what there is none of."""
        try:
            return super().get_object()
        except Http404:
            kind, key = self.get_queryset().model._meta.model_name, self.lookup_url_kwarg or self.lookup_field
            raise Http404(f"There is no {kind} {self.kwargs[key]} here.") from None
