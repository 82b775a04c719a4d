"""Answers of the API and of /ogc/ that are kept until the data change: finished bytes, packed once, in memory.

A view says that its answer follows from the address and the data alone (places.data_version.keep); nothing else is
kept, and nothing of a request that carries a session or a token. Each worker keeps its own, KEPT_ANSWERS_MB at most.
HSTS and the limits of rates, which are on every answer whatever it is, come from the middleware above this one.
"""

from __future__ import annotations

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus

import brotli
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_http_date_safe

from places.data_version import current_version, is_kept, may_be_kept

PLACES = ("/api/v1/", "/ogc/")
SMALL = 200  # bytes that are not worth packing, as GZipMiddleware has it
LARGEST_SHARE = 4  # one answer takes no more than this part of the memory
BESIDE = 1500  # bytes of an answer beside its body: key, headers
BROTLI, GZIP = 5, 6  # as much time as unpacked bytes would take on their way
# Of a 304, as ConditionalGetMiddleware leaves them, and what CSPMiddleware and ApiMiddleware add
OF_VALIDATORS = {"cache-control", "content-location", "date", "etag", "expires", "last-modified", "vary"}
OF_VALIDATORS |= {"content-security-policy"}
CROSS_ORIGIN = "access-control-"

Key = tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """A finished answer: its headers, and its body as it is (None: only its validators are known) and packed."""

    headers: dict[str, str]
    body: bytes | None
    packed: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """In bytes."""
        return BESIDE + len(self.body or b"") + sum(map(len, self.packed.values()))


class Kept:
    """Answers of one version of the data, the ones that were asked for last. For all threads of a worker."""

    def __init__(self, most: int) -> None:
        self.most, self.size, self.version = most, 0, ""
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, version: str, key: Key) -> Answer | None:
        """What is kept under ``key``; everything of another version is let go."""
        with self._lock:
            if version != self.version:
                self.version, self.size = version, 0
                self._answers.clear()
            if (found := self._answers.get(key)) is not None:
                self._answers.move_to_end(key)
            return found

    def put(self, version: str, key: Key, answer: Answer) -> None:
        """Keep ``answer``, or keep it as it has become, unless there is a newer version or it is too large."""
        with self._lock:
            if version != self.version or answer.size > self.most // LARGEST_SHARE:
                return
            if (before := self._answers.pop(key, None)) is not None:
                self.size -= before.size
            self._answers[key] = answer
            self.size += answer.size
            while self.size > self.most:
                self.size -= self._answers.popitem(last=False)[1].size


class KeptAnswersMiddleware:
    """Inside GZip, which packs anew what it is given; outside of everything that looks at sessions and languages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.kept = Kept(settings.KEPT_ANSWERS_MB * 2**20)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self.kept.most or not _is_public(request) or not may_be_kept():
            return self.get_response(request)
        version = current_version()
        request.data_version = version  # type: ignore[attr-defined]
        if not version.token or (key := _key(request)) is None:
            return self.get_response(request)
        held = version.key()
        answer = self.kept.get(held, key)
        if answer is None or not (answer.body is not None or _is_current(request, answer)):
            response = self.get_response(request)
            if not is_kept(request) or request.method != "GET" or response.cookies or response.streaming:
                return response
            patch_vary_headers(response, ("Accept-Encoding",))
            if response.status_code not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED) or "ETag" not in response:
                return response
            is_whole = response.status_code == HTTPStatus.OK
            answer = Answer(dict(response.items()), response.content if is_whole else None)
            answer.headers.pop("Content-Length", None)
            self.kept.put(held, key, answer)
            if not is_whole:
                return response
        return self._answered(request, answer, held, key)

    def _answered(self, request: HttpRequest, answer: Answer, version: str, key: Key) -> HttpResponse:
        """The answer to this request: packed as it can be read, or that nothing has changed."""
        if _is_current(request, answer):
            return _not_modified(answer)
        body, headers = answer.body or b"", answer.headers
        encoding = _encoding(request) if len(body) >= SMALL else ""
        if encoding:
            if encoding not in answer.packed:
                answer = replace(answer, packed={**answer.packed, encoding: _packed(body, encoding)})
                self.kept.put(version, key, answer)
            body = answer.packed[encoding]
            tag = headers["ETag"]
            # Weak, as other bytes mean the same
            headers = {**headers, "Content-Encoding": encoding, "ETag": tag if tag.startswith("W/") else f"W/{tag}"}
        return HttpResponse(body, headers={**headers, "Content-Length": str(len(body))})


def _is_public(request: HttpRequest) -> bool:
    """A read of the API or of /ogc/ by nobody in particular."""
    return (
        request.method in ("GET", "HEAD")
        and request.path_info.startswith(PLACES)
        and "HTTP_AUTHORIZATION" not in request.META
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


def _key(request: HttpRequest) -> Key | None:
    """What an answer depends on beside the data: links in it are absolute, its format is negotiated."""
    try:
        host = request.get_host()
    except DisallowedHost:
        return None
    return (
        request.META.get("SCRIPT_NAME", ""),
        str(request.scheme),
        host,
        request.path,
        request.META.get("QUERY_STRING", ""),
        request.META.get("HTTP_ACCEPT", ""),
    )


def _is_current(request: HttpRequest, answer: Answer) -> bool:
    """Whether the reader has the very answer already."""
    meta = request.META
    if "HTTP_IF_NONE_MATCH" not in meta and "HTTP_IF_MODIFIED_SINCE" not in meta:
        return False
    modified = parse_http_date_safe(answer.headers.get("Last-Modified", ""))
    response = get_conditional_response(request, answer.headers["ETag"], modified)
    return response is not None and response.status_code == HTTPStatus.NOT_MODIFIED


def _not_modified(answer: Answer) -> HttpResponse:
    told = {
        name: value
        for name, value in answer.headers.items()
        if name.lower() in OF_VALIDATORS or name.lower().startswith(CROSS_ORIGIN)
    }
    response = HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers=told)
    del response.headers["Content-Type"]
    return response


def _encoding(request: HttpRequest) -> str:
    """The best packing that the reader can undo; "" for none."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "").replace(" ", "").lower().split(",")
    for name in ("br", "gzip"):
        for each in accepted:
            word, _, quality = each.partition(";q=")
            if word == name and quality not in ("0", "0.0", "0.00", "0.000"):
                return name
    return ""


def _packed(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=BROTLI))
    return gzip.compress(body, compresslevel=GZIP, mtime=0)
