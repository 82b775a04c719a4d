"""Every path under /api/v1/: the apps' endpoints, their index, the OpenAPI document, the reference for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, path, re_path, resolve, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cohesion.api import rows as rows_of_municipalities
from cohesion.api.areas import (
    DistrictDetail,
    Districts,
    PlanningRegionDetail,
    PlanningRegions,
    StateDetail,
    States,
)
from cohesion.api.assessments import AssessmentDetail, Assessments
from cohesion.api.changes import Changes
from cohesion.api.interplay import Interplay
from cohesion.api.municipalities import Municipalities, MunicipalityDetail, MunicipalityHistory, MunicipalityPlaces
from cohesion.api.scores import Scores
from cohesion.models import Assessment
from cohesion.views.map import same_view
from cohesion.webhooks.upkeep import KEPT
from places.api import rows as rows_of_entries
from places.api.submissions import SubmissionDetail, SubmissionReply, Submissions, SubmissionWithdrawal
from places.api.writing import (
    PlaceConfirmation,
    PlaceWithdrawal,
    SpaceConfirmation,
    SpaceWithdrawal,
    SupportConfirmation,
    SupportWithdrawal,
    WritablePlace,
    WritablePlaces,
    WritableSpace,
    WritableSpaces,
    WritableSupport,
    WritableSupports,
)
from places.models import Municipality, Place, PlanningRegion, Region, Space, Support
from places.reading import Reading
from places.rows import know
from sok_site.exports.files import EXPORTS, files_by_title
from sok_site.exports.views import ExportFile, Exports
from sok_site.openapi import document
from sok_site.problems import problem_response
from sok_site.reference import reference

know(rows_of_entries.READERS, rows_of_municipalities.READERS)

ENTRANCES = {
    "municipalities": "municipality-list",
    "places": "place-list",
    "support": "support-list",
    "spaces": "space-list",
    "districts": "district-list",
    "states": "state-list",
    "planning-regions": "planning-region-list",
    "interplay": "interplay",
    "assessments": "assessment-list",
    "scores": "scores",
    "changes": "changes",
    "submissions": "submission-list",
    "exports": "export-list",
    "schema": "schema",
    "docs": "docs",
}


# What shows the map on somebody else's page.
SNIPPET = '<iframe src="{}" title="{}" width="100%" height="600" loading="lazy" style="border: 0"></iframe>'


class IndexSerializer(serializers.Serializer[Any]):
    """Where everything begins."""

    def get_fields(self) -> dict[str, Any]:
        addresses = {name: serializers.URLField() for name in ENTRANCES}
        return {**addresses, "attribution": serializers.CharField(), "notice": serializers.CharField(required=False)}


class Index(Reading):
    """Addresses of the endpoints."""

    operation = "getIndex"
    title = "Index"
    formats = ("json",)
    serializer_class = IndexSerializer
    pagination_class = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        addresses = {name: request.build_absolute_uri(reverse(f"api:{view}")) for name, view in ENTRANCES.items()}
        return Response({**addresses, **self.beside()})


class OpenApi(APIView):
    """The OpenAPI document, YAML or JSON."""

    schema = None
    renderer_classes = (OpenApiYamlRenderer, OpenApiJsonRenderer)

    def get(self, request: Request) -> Response:
        return Response(document())


class Docs(TemplateView):
    """The reference for people, made from the same document."""

    template_name = "api/docs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        root = self.request.build_absolute_uri("/").rstrip("/")
        endpoints = reference(document(), root, _examples())
        frame = root + same_view("embed", self.request.GET)
        return super().get_context_data(
            root=root,
            endpoints=endpoints,
            files=files_by_title(),
            kept_days=KEPT,
            frame=frame,
            is_narrowed="?" in frame,
            snippet=format_html(SNIPPET, frame, _("Karte des sozialen Zusammenhalts")),
            **kwargs,
        )


def _examples() -> dict[str, str]:
    """For every path with a gap one that exists in this installation, where there is one."""
    found = {
        "{ags}": Municipality.objects.current().order_by("ags").values_list("ags", flat=True).first(),
        "places/{id}": Place.objects.published().order_by("pk").values_list("pk", flat=True).first(),
        "support/{id}": Support.objects.published().order_by("pk").values_list("pk", flat=True).first(),
        "spaces/{id}": Space.objects.published().order_by("pk").values_list("pk", flat=True).first(),
        "districts/{key}": Region.objects.filter(key__regex="^[0-9]{5}$")
        .order_by("key")
        .values_list("key", flat=True)
        .first(),
        "states/{key}": Region.objects.filter(key__regex="^[0-9]{2}$")
        .order_by("key")
        .values_list("key", flat=True)
        .first(),
        "planning-regions/{key}": PlanningRegion.objects.values_list("slug", flat=True).first(),
        "assessments/{id}": Assessment.objects.order_by("-pk").values_list("pk", flat=True).first(),
        "exports/{name}": next(iter(EXPORTS)),
    }
    return {
        template: template.replace(gap, gap.replace(gap[gap.index("{") :], str(value)))
        for template in document()["paths"]
        for gap, value in found.items()
        if gap in template and value is not None
    }


@csrf_exempt
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """No endpoint has this path; where only the slash at its end was forgotten, it leads there."""
    if request.method in ("GET", "HEAD") and not request.path.endswith("/"):
        try:
            match = resolve(f"{request.path}/")
        except Resolver404:
            match = None
        if match and match.url_name != "nowhere":
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{request.path}/{'?' if query else ''}{query}")
    return problem_response(
        request, 404, f"There is no {request.path} here. {reverse('api:index')} lists what there is."
    )


app_name = "api"
urlpatterns = [
    path("", Index.as_view(), name="index"),
    path("municipalities/", Municipalities.as_view(), name="municipality-list"),
    path("municipalities/<str:ags>/", MunicipalityDetail.as_view(), name="municipality-detail"),
    path("municipalities/<str:ags>/history/", MunicipalityHistory.as_view(), name="municipality-history"),
    path("municipalities/<str:ags>/places/", MunicipalityPlaces.as_view(), name="municipality-places"),
    path("places/", WritablePlaces.as_view(), name="place-list"),
    path("places/<int:id>/", WritablePlace.as_view(), name="place-detail"),
    path("places/<int:id>/confirmation/", PlaceConfirmation.as_view(), name="place-confirmation"),
    path("places/<int:id>/withdrawal/", PlaceWithdrawal.as_view(), name="place-withdrawal"),
    path("support/", WritableSupports.as_view(), name="support-list"),
    path("support/<int:id>/", WritableSupport.as_view(), name="support-detail"),
    path("support/<int:id>/confirmation/", SupportConfirmation.as_view(), name="support-confirmation"),
    path("support/<int:id>/withdrawal/", SupportWithdrawal.as_view(), name="support-withdrawal"),
    path("spaces/", WritableSpaces.as_view(), name="space-list"),
    path("spaces/<int:id>/", WritableSpace.as_view(), name="space-detail"),
    path("spaces/<int:id>/confirmation/", SpaceConfirmation.as_view(), name="space-confirmation"),
    path("spaces/<int:id>/withdrawal/", SpaceWithdrawal.as_view(), name="space-withdrawal"),
    path("submissions/", Submissions.as_view(), name="submission-list"),
    path("submissions/<int:id>/", SubmissionDetail.as_view(), name="submission-detail"),
    path("submissions/<int:id>/reply/", SubmissionReply.as_view(), name="submission-reply"),
    path("submissions/<int:id>/withdrawal/", SubmissionWithdrawal.as_view(), name="submission-withdrawal"),
    path("districts/", Districts.as_view(), name="district-list"),
    path("districts/<str:key>/", DistrictDetail.as_view(), name="district-detail"),
    path("states/", States.as_view(), name="state-list"),
    path("states/<str:key>/", StateDetail.as_view(), name="state-detail"),
    path("planning-regions/", PlanningRegions.as_view(), name="planning-region-list"),
    path("planning-regions/<str:key>/", PlanningRegionDetail.as_view(), name="planning-region-detail"),
    path("interplay/", Interplay.as_view(), name="interplay"),
    path("assessments/", Assessments.as_view(), name="assessment-list"),
    path("assessments/<int:id>/", AssessmentDetail.as_view(), name="assessment-detail"),
    path("scores/", Scores.as_view(), name="scores"),
    path("changes/", Changes.as_view(), name="changes"),
    path("exports/", Exports.as_view(), name="export-list"),
    path("exports/<str:name>", ExportFile.as_view(), name="export"),
    path("schema/", OpenApi.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    re_path(r"^(?P<rest>.*)$", nowhere, name="nowhere"),
]
