"""Language, caching and cross-origin headers of the API; what is shown to one person stays with that person."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control, set_response_etag
from django.utils.http import parse_http_date_safe

METHODS = "GET, HEAD, OPTIONS"
# A page of another site may write with a key that its reader gave it; cookies are never sent along, nor read.
MAY_BE_SENT = (
    "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-Modified-Since, If-None-Match, If-Range, "
    "If-Unmodified-Since, Range"
)
MAY_BE_READ = (
    "Accept-Ranges, Content-Crs, Content-Disposition, Content-Location, Content-Range, ETag, Last-Modified, Link, "
    "Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate"
)
# What is read as data loads nothing and stands in no frame.
POLICY, NOTHING = "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"
PAGE = "text/html"  # of /ogc/: for people, so as every page
# A proxy may answer many readers for a minute and must ask then; a browser asks every time. Nobody's session is in it:
# PrivateMiddleware has spoken first where there is one.
KEPT = "public, max-age=0, s-maxage=60, must-revalidate"
UNTIL_CHANGED = (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)


class ApiMiddleware:
    """The API speaks English, asks to be revalidated, and is open to pages of other sites (reads carry no cookie).

    Inside GZip, whose bytes differ from time to time, and outside ConditionalGet, whose 304 drops headers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.status_code != HTTPStatus.NO_CONTENT and response.get("Content-Type", "").startswith(PAGE)
        if not (_is_api(request) or _is_layer(request)) or is_page:
            return response
        if request.method == "HEAD" and response.status_code == HTTPStatus.OK:  # ConditionalGet heeds GET only
            set_response_etag(response)
            modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
            response = get_conditional_response(request, response.headers["ETag"], modified, response) or response
        _is_of_all_languages(response)
        response.headers[POLICY] = NOTHING
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = MAY_BE_READ
        response.headers.setdefault("Cache-Control", KEPT if response.status_code in UNTIL_CHANGED else "no-cache")
        return response

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Runs after LocaleMiddleware has chosen the reader's language, which the API does not follow."""
        if _is_api(request):
            translation.activate("en")
        elif not _is_layer(request):
            return None
        if request.method != "OPTIONS":
            return None
        methods = _methods(view[0]) if view else METHODS
        headers = {
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": MAY_BE_SENT,
            "Access-Control-Max-Age": "86400",
        }
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=headers)


class PolicyMiddleware(CSPMiddleware):
    """Content-Security-Policy. Data carry the strictest one, which nobody has to put together for each answer."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if POLICY in response:
            return response
        return super().process_response(request, response)


class PrivateMiddleware:
    """What is answered to somebody with a session or a key is kept by no cache but the browser's, and that one asks.

    Outside the session middleware: that one sets the cookie of a new session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        cookie = settings.SESSION_COOKIE_NAME
        if cookie in request.COOKIES or cookie in response.cookies or "Authorization" in request.headers:
            if "Cache-Control" in response:
                patch_cache_control(response, private=True)
            else:
                patch_cache_control(response, private=True, no_cache=True)
        return response


def _is_of_all_languages(response: HttpResponse) -> None:
    """LocaleMiddleware says otherwise of every answer, and a cache would keep one for each browser's list."""
    names = [name for name in response.get("Vary", "").split(", ") if name and name.lower() != "accept-language"]
    if names:
        response.headers["Vary"] = ", ".join(names)
    else:
        del response.headers["Vary"]


def _methods(view: Callable[..., Any]) -> str:
    """What an endpoint answers."""
    endpoint = getattr(view, "cls", None)
    written = [name.upper() for name in ("post", "patch", "put", "delete") if hasattr(endpoint, name)]
    return ", ".join([*(METHODS.split(", ") if not written or hasattr(endpoint, "get") else ["OPTIONS"]), *written])


def _is_api(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.namespace == "api" and match.url_name != "docs"


def _is_layer(request: HttpRequest) -> bool:
    """Whether it is something of /ogc/, whose views choose the language themselves."""
    match = request.resolver_match
    return match is not None and match.namespace == "ogc"
