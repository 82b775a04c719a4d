"""/api/v1/exports/: which files there are, and the files. What is in them: layers.py; how they are kept: files.py."""

import re
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from places.fields import Known
from places.reading import Reading
from sok_site.exports.files import EXPORTS, Built, built, existing
from sok_site.exports.formats import FORMATS
from sok_site.headers import KEPT
from sok_site.licence import licence_address
from sok_site.openapi import PROBLEM_SCHEMA, VALIDATORS, Schema
from sok_site.problems import PROBLEM
from sok_site.ranges import file_response


class ExportSerializer(serializers.Serializer[Any]):
    """A file at an address that stays."""

    name = serializers.CharField()
    url = serializers.URLField()
    layers = serializers.ListField(child=serializers.CharField(), help_text="What is in it, named as at /ogc/.")
    format = serializers.CharField()
    media_type = serializers.CharField()
    bytes = serializers.IntegerField(
        allow_null=True, min_value=0, help_text="Null while it is not built; the first request builds it."
    )
    etag = serializers.CharField(allow_null=True, help_text="Changes with every byte; null while it is not built.")


class ExportsSerializer(serializers.Serializer[Any]):
    """All files, of the newest assessment and of what is published now."""

    licence = Known(help_text="As in /catalog.jsonld; null where the operator has stated none.")
    licence_url = Known()
    attribution = serializers.CharField()
    notice = serializers.CharField(required=False)
    changed_at = serializers.DateTimeField(allow_null=True, help_text="When the data changed last.")
    results = ExportSerializer(many=True)


class Exports(Reading):
    """Every layer as one file in each format, and all layers in one GeoPackage. Each file says inside what it is, from
    whom and under which licence. Keys are text."""

    operation = "listExports"
    title = "Files of everything"
    formats = ("json",)
    serializer_class = ExportsSerializer
    pagination_class = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer = {
            "licence": settings.DATA_LICENCE,
            "licence_url": licence_address(),
            **self.beside(),
            "changed_at": self.changed_at(),
            "results": [
                {
                    "name": name,
                    "url": request.build_absolute_uri(reverse("api:export", args=[name])),
                    "layers": export.layers,
                    "format": export.format.title,
                    "media_type": export.format.media_type,
                    **_state(existing(export)),
                }
                for name, export in EXPORTS.items()
            ],
        }
        return Response(self.get_serializer(answer).data)


class FileSchema(Schema):
    """What the OpenAPI document says of a file."""

    def get_override_parameters(self) -> list[Any]:
        name = OpenApiParameter("name", OpenApiTypes.STR, "path", enum=list(EXPORTS), description="Which file.")
        part = OpenApiParameter("Range", OpenApiTypes.STR, "header", description="A single range of bytes.")
        return [name, part, *VALIDATORS]

    def get_response_serializers(self) -> Any:
        media = [found.media_type.partition(";")[0] for found in FORMATS.values()]
        bytes_of_it = {"type": "string", "format": "binary"}
        json = {"type": "object", "description": "A FeatureCollection as RFC 7946 has it."}
        problem = self._component("Problem", PROBLEM_SCHEMA)
        problems = {
            400: "There is no such query parameter.",
            404: "There is no such file.",
            412: "The file is another one than `If-Match` expects.",
            416: "No byte of the file is in the range.",
        }
        return {
            **{(200, each): OpenApiResponse(json if "json" in each else bytes_of_it, "The file.") for each in media},
            **{(206, each): OpenApiResponse(bytes_of_it, "A part of the file.") for each in media},
            304: OpenApiResponse(description="Not modified."),
            **{(status, PROBLEM): OpenApiResponse(problem, text) for status, text in problems.items()},
        }


class ExportFile(APIView):
    """One file, whole or a range of it. It is built when it is first asked for after the data have changed."""

    schema = FileSchema()
    operation = "getExport"
    title = "A file of everything"
    renderer_classes = (JSONRenderer,)  # of nothing: the address says which format it is, errors are problem+json

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Whatever is accepted."""
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request, name: str) -> HttpResponseBase:
        if unknown := {each: ["There is no such parameter here; a file has none."] for each in request.query_params}:
            raise serializers.ValidationError(unknown)
        if name not in EXPORTS:
            raise Http404(f"There is no file {name}; {reverse('api:export-list')} lists what there is.")
        export = EXPORTS[name]
        file = built(export)
        # nginx in front finds the packed file beside the other by itself
        packed = None if settings.ACCEL_LOCATION or not _accepts_gzip(request) else file.packed
        response = file_response(
            request._request,
            packed or file.path,
            content_type=export.format.media_type,
            etag=f"{file.digest}-gzip" if packed else file.digest,
            attachment=name if name.startswith("sok-atlas") else f"sok-atlas-{name}",
            encoding="gzip" if packed else "",
        )
        if not export.format.is_packed:
            patch_vary_headers(response, ["Accept-Encoding"])
        if response.status_code == HTTPStatus.PARTIAL_CONTENT:  # as of the whole, which the middleware sees to
            response.headers["Cache-Control"] = KEPT
        if address := licence_address():
            response.headers["Link"] = f'<{address}>; rel="license"'
        return response

    head = get


def _state(file: Built | None) -> dict[str, Any]:
    return {
        "bytes": file.path.stat().st_size if file else None,
        "etag": f'"{file.digest}"' if file else None,
    }


def _accepts_gzip(request: Request) -> bool:
    return bool(re.search(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", request.headers.get("Accept-Encoding", "")))
