"""What the API answers for the key of a municipality or a district that is gone: where it went, and why."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponsePermanentRedirect
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request

from places.successors import Fate, fate_of, fate_of_district

SHARE_DECIMALS = 4


class DividedError(exceptions.APIException):
    """The municipality, or the district, is gone and has no single successor; ``members`` lists those that took parts
    of it over."""

    status_code = HTTPStatus.GONE
    default_code = "gone"

    def __init__(self, why: str, **members: list[dict[str, Any]]) -> None:
        super().__init__(why)
        self.members = members


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
        raise DividedError(fate.in_english(), successors=successors(fate, request, name))
    return _redirect(request, reverse(f"api:{name}", args=[fate.sole.municipality.ags]), fate.in_english())


def district_elsewhere(request: Request, key: str) -> HttpResponsePermanentRedirect | None:
    """The same for a district."""
    fate = fate_of_district(key)
    if fate is None or not fate.heirs:
        return None
    if fate.sole is None:
        found = [
            {
                "key": region.key,
                "name": region.full_name(),
                "area_share": round(share, SHARE_DECIMALS),
                "url": request.build_absolute_uri(reverse("api:district-detail", args=[region.key])),
            }
            for region, share in fate.heirs
        ]
        raise DividedError(fate.in_english(), districts=found)
    return _redirect(request, reverse("api:district-detail", args=[fate.sole.key]), fate.in_english())


def _redirect(request: Request, address: str, why: str) -> HttpResponsePermanentRedirect:
    query = request.META.get("QUERY_STRING", "")
    answer = HttpResponsePermanentRedirect(f"{address}{'?' if query else ''}{query}")
    answer.headers["Link"] = f'<{request.build_absolute_uri(address)}>; rel="successor-version"'
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    answer.content = f"{why}\n".encode()
    return answer
