"""How often the API and /ogc/ may be asked: so many requests a minute from one network address, more with a key.

Told as the IETF draft on RateLimit fields has it. Counted in a small piece of memory: no database, no file, and no
address is kept, only where its hash points, which is another place every minute. Forms: places/throttling.py.
"""

from __future__ import annotations

import mmap
import secrets
import struct
from collections.abc import Callable
from hashlib import blake2b
from http import HTTPStatus
from time import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from places import clock
from places.throttling import network_address
from places.tokens import find_token
from sok_site.problems import problem_response

PLACES = ("/api/v1/", "/ogc/")
WINDOW = 60  # seconds
TOLD = "RateLimit, RateLimit-Policy, Retry-After"
SLOTS = 2**16
KEYS_REMEMBERED, KEYS_FOR = 1000, 300  # so many keys are known to be good, for so many seconds


class Counters:
    """Counts of one minute each, in memory that forked processes share.

    Everybody has two slots and the lower count, so that two who share one slot do not count as one. A count that is
    lost between two processes does no harm.
    """

    slot = struct.Struct("<II")  # minute, count

    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, SLOTS * self.slot.size)
        self.secret = secrets.token_bytes(16)

    def count(self, who: str, minute: int) -> int:
        """One more request; how many there are now in this minute."""
        pointing = blake2b(f"{minute} {who}".encode(), key=self.secret, digest_size=8).digest()
        return min(self._count(pointing[:4], minute), self._count(pointing[4:], minute))

    def _count(self, pointing: bytes, minute: int) -> int:
        at = int.from_bytes(pointing, "little") % SLOTS * self.slot.size
        last, number = self.slot.unpack_from(self.memory, at)
        number = number + 1 if last == minute else 1
        self.slot.pack_into(self.memory, at, minute, min(number, 2**32 - 1))
        return number


class RateLimitsMiddleware:
    """Above the kept answers: those count too, and what is left is everybody's own.

    gunicorn with --preload makes it before it forks, so that all workers count together; without, each for itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.counters = Counters()
        self.good_keys: dict[bytes, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PLACES) or not settings.RATE_LIMIT_ANONYMOUS:
            return self.get_response(request)
        minute, passed = divmod(int(time()), WINDOW)
        name, limit, number = self._counted(request, minute)
        left = max(0, limit - number)
        headers = {
            "RateLimit-Policy": f'"{name}";q={limit};w={WINDOW}',
            "RateLimit": f'"{name}";r={left};t={WINDOW - passed}',
        }
        if number > limit:
            return _refused(request, headers, limit, WINDOW - passed)
        response = self.get_response(request)
        for header, value in headers.items():
            response.headers[header] = value
        return response

    def _counted(self, request: HttpRequest, minute: int) -> tuple[str, int, int]:
        """By which rule the request is counted, how many that one allows, and how many there are."""
        secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")[2].strip()
        if secret and self._is_known(secret):
            limit = max(settings.RATE_LIMIT_TOKEN, settings.RATE_LIMIT_ANONYMOUS)
            return "token", limit, self.counters.count(f"key {secret}", minute)
        limit = settings.RATE_LIMIT_ANONYMOUS
        number = self.counters.count(network_address(request), minute)
        if secret and number <= limit:  # a key is looked up once, at the cost of the address it comes from
            self._look_up(secret)
        return "anonymous", limit, number

    def _is_known(self, secret: str) -> bool:
        return self.good_keys.get(self._hash(secret), 0) > time()

    def _look_up(self, secret: str) -> None:
        if find_token(secret, clock.today()) is None:
            return
        if len(self.good_keys) >= KEYS_REMEMBERED:
            self.good_keys.clear()
        self.good_keys[self._hash(secret)] = time() + KEYS_FOR

    def _hash(self, secret: str) -> bytes:
        return blake2b(secret.encode(), key=self.counters.secret, digest_size=16).digest()


def _refused(request: HttpRequest, headers: dict[str, str], limit: int, seconds: int) -> HttpResponse:
    told = {
        **headers,
        "Retry-After": str(seconds),
        "Cache-Control": "no-store",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": TOLD,
    }
    detail = f"These were more than {limit} requests in a minute. Please go on in {seconds} seconds."
    return problem_response(request, HTTPStatus.TOO_MANY_REQUESTS, detail, headers=told)
