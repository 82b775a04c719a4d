"""What the API answers for the key of a municipality that is gone: where it went, and why."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request

from places.successors import Fate, fate_of

SHARE_DECIMALS = 4


class DividedError(exceptions.APIException):
    """The municipality is gone and has no single successor; ``members`` lists those that took parts of it over."""

    status_code = HTTPStatus.GONE
    default_code = "gone"

    def __init__(self, fate: Fate, request: Request, name: str) -> None:
        super().__init__(fate.in_english())
        self.members = {"successors": successors(fate, request, name)}


def successors(fate: Fate, request: Request, name: str) -> list[dict[str, Any]]:
    """Those that took it over, the largest part first; ``name`` is the endpoint that is asked for."""
    return [
        {
            "ags": heir.municipality.ags,
            "name": heir.municipality.name,
            "area_share": round(heir.area_share, SHARE_DECIMALS),
            "resident_share": None if heir.resident_share is None else round(heir.resident_share, SHARE_DECIMALS),
            "is_confirmed": heir.is_confirmed,
            "url": request.build_absolute_uri(reverse(f"api:{name}", args=[heir.municipality.ags])),
        }
        for heir in fate.heirs
    ]


def elsewhere(request: Request, ags: str, name: str) -> HttpResponsePermanentRedirect | None:
    """The way to the only successor of a key that is gone; None where no edition ever had the key, the current one
    has it, or nobody knows of a successor. Raises DividedError where there is more than one."""
    fate = fate_of(ags)
    if fate is None or not fate.heirs:
        return None
    if fate.sole is None:
        raise DividedError(fate, request, name)
    query = request.META.get("QUERY_STRING", "")
    address = reverse(f"api:{name}", args=[fate.sole.municipality.ags])
    answer = HttpResponsePermanentRedirect(f"{address}{'?' if query else ''}{query}")
    answer.headers["Link"] = f'<{request.build_absolute_uri(address)}>; rel="successor-version"'
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.content = f"{fate.in_english()}\n".encode()
    return answer
