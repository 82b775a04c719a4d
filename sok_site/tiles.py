"""/tiles/: the tile archives of the editions, read in ranges of bytes by maps here and on other sites."""

from datetime import date
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from places.tiles.storage import archive_path
from sok_site.ranges import file_response

CONTENT_TYPE = "application/vnd.pmtiles"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}
ASKED_FIRST = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Match, If-None-Match, If-Range",
    "Access-Control-Max-Age": "86400",
    "Allow": "GET, HEAD, OPTIONS",
}


@require_http_methods(["GET", "HEAD", "OPTIONS"])
def tiles(request: HttpRequest, day: date, digest: str) -> HttpResponseBase:
    """The archive with that digest, whole or in parts. Under this address it never changes."""
    path = archive_path(day, digest)
    if request.method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=CORS | ASKED_FIRST)
    try:
        response = file_response(request, path, content_type=CONTENT_TYPE, etag=digest)
    except FileNotFoundError:
        raise Http404 from None
    for name, value in CORS.items():
        response.headers[name] = value
    if response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
