"""Every error of the API as application/problem+json (RFC 9457)."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import exception_handler

PROBLEM = "application/problem+json"


def problem(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Every error that an endpoint raises, as problem+json, whatever format was asked for."""
    response = exception_handler(error, dict(context))
    if response is None:
        return None
    headers = {name: value for name, value in response.items() if name != "Content-Type"}
    request = context["request"]
    if isinstance(error, exceptions.ValidationError) and isinstance(error.detail, dict):
        errors = [
            {"parameter": name, "detail": text} for name, details in error.detail.items() for text in _texts(details)
        ]
        names = ", ".join(dict.fromkeys(error["parameter"] for error in errors))
        return problem_response(request, response.status_code, f"Not understood: {names}.", errors, headers)
    detail, members = " ".join(_texts(response.data)), getattr(error, "members", None)
    return problem_response(request, response.status_code, detail, headers=headers, members=members)


def server_error(request: HttpRequest) -> HttpResponse:
    """What a failure of ours looks like: a problem in the API, a page elsewhere."""
    if request.path.startswith((reverse("api:index"), reverse("ogc:landing"))):
        return problem_response(request, 500, "Something went wrong here. It is recorded; please try again later.")
    return defaults.server_error(request)


def problem_response(
    request: HttpRequest | Request,
    status: int,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> JsonResponse:
    """An answer with the members of RFC 9457, each wrong parameter by name, and whatever else this problem tells."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": quote(request.path),
        **({"errors": errors} if errors else {}),
        **(members or {}),
    }
    json_options = {"ensure_ascii": False}
    return JsonResponse(body, status=status, content_type=PROBLEM, headers=headers, json_dumps_params=json_options)


def _texts(detail: Any) -> Iterator[str]:
    """The sentences in an error of Django REST framework, however deep."""
    if isinstance(detail, Mapping):
        detail = list(detail.values())
    if isinstance(detail, list):
        for part in detail:
            yield from _texts(part)
    else:
        yield str(detail)
