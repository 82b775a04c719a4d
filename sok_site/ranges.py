"""Serving a file, whole or a part of it: RFC 9110's ranges, conditions, HEAD. Which files there are, others say."""

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware import gzip
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, parse_http_date_safe, quote_etag

from sok_site.problems import problem_response

BLOCK = 64 * 1024


class OutsideError(Exception):
    """No byte of the file is in the range that is asked for."""


def file_response(
    request: HttpRequest,
    path: Path,
    *,
    content_type: str,
    etag: str = "",
    modified: datetime | None = None,
    attachment: str = "",
    encoding: str = "",
) -> HttpResponseBase:
    """The file at ``path`` for a GET or HEAD: 200, 206, 304, 412 or 416.

    ``etag`` (without quotes; by default of the file's time and size) must change with every byte, ``modified`` is the
    file's time by default. ``attachment``: the name under which it is saved. ``encoding``: how its bytes are packed,
    for a reader who accepts that. Where nginx stands in front (setting ``ACCEL_LOCATION``), it sends what lies in one
    of SERVED_DIRS and heeds ranges itself. Raises FileNotFoundError.
    """
    file = path.open("rb")
    response: HttpResponseBase | None = None
    try:
        told = os.fstat(file.fileno())
        tag = quote_etag(etag or f"{told.st_mtime_ns:x}-{told.st_size:x}")
        at = int((modified or datetime.fromtimestamp(told.st_mtime, UTC)).timestamp())
        headers = {"Accept-Ranges": "bytes", "Content-Type": content_type, "ETag": tag, "Last-Modified": http_date(at)}
        if encoding:
            headers["Content-Encoding"] = encoding
        if attachment:
            headers["Content-Disposition"] = content_disposition_header(True, attachment) or ""
        response = _without_bytes(request, path, told.st_size, at, headers) or _with_bytes(
            request, file, told.st_size, at, headers
        )
        return response
    finally:
        if response is None or not response.streaming:
            file.close()


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte that ``header`` asks for of a file of ``size`` bytes; None where it is no single
    range of bytes, which is to be ignored then. Raises OutsideError."""
    unit, _, spec = header.partition("=")
    first, dash, last = (part.strip() for part in spec.strip().partition("-"))
    numbers = [number for number in (first, last) if number]
    if unit.strip().lower() != "bytes" or not dash or not numbers:
        return None
    if not all(number.isascii() and number.isdecimal() and len(number) <= 18 for number in numbers):
        return None  # also several ranges, which have commas
    if first and last and int(first) > int(last):
        return None
    start = int(first) if first else max(0, size - int(last))
    if start >= size:
        raise OutsideError
    return start, min(int(last), size - 1) if first and last else size - 1


class GZipMiddleware(gzip.GZipMiddleware):
    """Leaves files alone that are served in ranges: their bytes, lengths and ETags are those of the file."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.has_header("Accept-Ranges"):
            return response
        return super().process_response(request, cast(HttpResponse, response))


def _without_bytes(
    request: HttpRequest, path: Path, size: int, at: int, headers: Mapping[str, str]
) -> HttpResponse | None:
    """The answer where none of the file's bytes are sent from here."""
    refused = get_conditional_response(request, headers["ETag"], at)
    if refused is not None and refused.status_code == HTTPStatus.NOT_MODIFIED:
        return HttpResponseNotModified(headers={name: headers[name] for name in ("ETag", "Last-Modified")})
    if refused is not None:
        return problem_response(request, refused.status_code, "The file is another one than the request expects.")
    if location := _accelerated(path):
        return HttpResponse(headers={**headers, "X-Accel-Redirect": location})
    if request.method == "HEAD":
        return HttpResponse(headers={**headers, "Content-Length": str(size)})
    return None


def _with_bytes(
    request: HttpRequest, file: BinaryIO, size: int, at: int, headers: Mapping[str, str]
) -> HttpResponseBase:
    try:
        part = _part(request, size, headers["ETag"], at)
    except OutsideError:
        detail = f"The file has {size} bytes; none of them is in this range."
        told = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
        return problem_response(request, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, detail, headers=told)
    if part is None:
        whole = FileResponse(file, content_type=headers["Content-Type"])  # the server may send it by itself
        del whole.headers["Content-Disposition"]  # which names the file as it lies here
        for name, value in headers.items():
            whole.headers[name] = value
        return whole
    first, last = part
    told = {"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{size}"}
    blocks = _Blocks(file, first, last)
    return StreamingHttpResponse(blocks, status=HTTPStatus.PARTIAL_CONTENT, headers={**headers, **told})


def _part(request: HttpRequest, size: int, tag: str, at: int) -> tuple[int, int] | None:
    header = request.headers.get("Range")
    condition = request.headers.get("If-Range")
    if header is None or (condition is not None and not _is_same(condition.strip(), tag, at)):
        return None
    return parse_range(header, size)


def _is_same(condition: str, tag: str, at: int) -> bool:
    """Whether what the reader has of the file is of this file: by its strong ETag, or its very time."""
    return condition == tag if '"' in condition else parse_http_date_safe(condition) == at


class _Blocks:
    """The bytes of a file from the first to the last; closed with the response."""

    def __init__(self, file: BinaryIO, first: int, last: int) -> None:
        self.file, self.left = file, last - first + 1
        file.seek(first)

    def __iter__(self) -> Iterator[bytes]:
        while self.left and (block := self.file.read(min(BLOCK, self.left))):
            self.left -= len(block)
            yield block

    def close(self) -> None:
        self.file.close()


def _accelerated(path: Path) -> str:
    """Where nginx finds the file; "" where it is not to."""
    prefix: str = settings.ACCEL_LOCATION
    for name, folder in settings.SERVED_DIRS.items() if prefix else ():
        if path.is_relative_to(folder):
            return quote(f"{prefix.rstrip('/')}/{name}/{path.relative_to(folder).as_posix()}")
    return ""
