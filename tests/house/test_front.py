"""nginx in front, with the very file that service runs it with: what it keeps, for whom, and what it never keeps."""

import gzip
import json
import re
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import front

ETAG = '"one"'
LICENCE = '<https://www.govdata.de/dl-de/by-2-0>; rel="license"'
LONG = "public, max-age=31536000, immutable"
MINUTE = "public, max-age=0, s-maxage=60, must-revalidate"
BODY = bytes(range(256)) * 400


class Site(BaseHTTPRequestHandler):
    """A site that says what it was asked. The path says which Cache-Control its answer has."""

    protocol_version = "HTTP/1.1"
    asked: list[tuple[str, dict[str, str]]]
    policies = {
        "/api/v1/scores/": MINUTE,
        "/api/v1/mine/": "private, no-cache",
        "/static/map.js": LONG,
        "/fotos/1/gross.webp": LONG,
        "/tiles/2022-12-31-0a1b.pmtiles": LONG,
        "/api/v1/exports/all.gpkg": MINUTE,
    }

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked.append((self.path, headers))
        path = self.path.partition("?")[0]
        if headers.get("if-none-match") == ETAG:
            self._answer(HTTPStatus.NOT_MODIFIED, path, b"")
        elif path == "/api/v1/exports/named.gpkg":
            self._answer(HTTPStatus.OK, path, b"", {"X-Accel-Redirect": "/_files/exports/named.gpkg", "Link": LICENCE})
        elif path.startswith(("/tiles/", "/api/v1/exports/")):
            self._answer(HTTPStatus.OK, path, BODY, {"Accept-Ranges": "bytes"})
        else:
            body = json.dumps({"count": len(self.asked), "language": headers.get("accept-language")}).encode()
            is_packed = "gzip" in headers.get("accept-encoding", "")
            packed = {"Content-Encoding": "gzip"} if is_packed else {}
            self._answer(HTTPStatus.OK, path, gzip.compress(body) if is_packed else body, packed)

    def _answer(self, status: HTTPStatus, path: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        headers = {"ETag": ETAG, "Vary": "Accept-Encoding, Accept", "RateLimit": '"anonymous";r=9;t=60', **(more or {})}
        if path in self.policies:
            headers["Cache-Control"] = self.policies[path]
        if path == "/api/v1/cookie/":
            headers |= {"Cache-Control": MINUTE, "Set-Cookie": "sessionid=secret"}
        for name, value in headers.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: Any) -> None:
        """Not to the terminal."""


@pytest.fixture
def asked() -> list[tuple[str, dict[str, str]]]:
    """What the site behind was asked: paths and headers."""
    return []


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "named.gpkg").write_bytes(BODY)
    return folder


@pytest.fixture
def address(tmp_path: Path, exports: Path, asked: list[tuple[str, dict[str, str]]]) -> Iterator[str]:
    """nginx as service runs it, in front of a site."""
    if front.program() is None:
        pytest.skip("nginx is not installed (apt-get install nginx-light).")
    handler = type("AskedSite", (Site,), {"asked": asked})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        site = f"http://127.0.0.1:{server.server_port}"
        with front.front(site, tmp_path / "nginx", exports=exports) as listening:
            yield listening
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def get(address: str, path: str, **headers: str) -> Any:
    """The answer, read: ``status``, ``headers``, ``body``."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer: Any = connection.getresponse()
    answer.body = answer.read()
    connection.close()
    return answer


def test_what_the_site_lets_a_proxy_keep_is_asked_for_once(address: str, asked: list[Any]) -> None:
    first, second = (get(address, "/api/v1/scores/") for _ in range(2))
    assert (first.body, second.body, len(asked)) == (second.body, first.body, 1)
    assert second.headers["Cache-Control"] == MINUTE
    assert second.headers["ETag"] == ETAG


def test_who_has_it_already_gets_a_304_out_of_the_cache(address: str, asked: list[Any]) -> None:
    get(address, "/api/v1/scores/")
    again = get(address, "/api/v1/scores/", If_None_Match=ETAG)
    assert (again.status, again.body, len(asked)) == (HTTPStatus.NOT_MODIFIED, b"", 1)


def test_what_differs_by_encoding_or_by_type_is_kept_apart(address: str, asked: list[Any]) -> None:
    plain = get(address, "/api/v1/scores/")
    packed = get(address, "/api/v1/scores/", Accept_Encoding="gzip")
    assert json.loads(plain.body)["count"] == 1
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.body))["count"] == 2
    table = get(address, "/api/v1/scores/", Accept="text/csv")
    assert json.loads(table.body)["count"] == 3
    assert json.loads(get(address, "/api/v1/scores/").body)["count"] == 1


@pytest.mark.parametrize("who", [{"Authorization": "Bearer x"}, {"Cookie": "sessionid=x"}])
def test_nobody_gets_what_was_answered_to_somebody_signed_in_nor_the_other_way(
    address: str, asked: list[Any], who: dict[str, str]
) -> None:
    mine = json.loads(get(address, "/api/v1/scores/", **who).body)["count"]
    everybodys = json.loads(get(address, "/api/v1/scores/").body)["count"]
    mine_again = json.loads(get(address, "/api/v1/scores/", **who).body)["count"]
    assert (mine, everybodys, mine_again) == (1, 2, 3)


@pytest.mark.parametrize("path", ["/api/v1/mine/", "/api/v1/cookie/", "/konto/", "/fotos/1/gross.webp"])
def test_what_is_private_sets_a_cookie_or_says_nothing_is_never_kept_nor_is_a_photograph(
    address: str, asked: list[Any], path: str
) -> None:
    assert [json.loads(get(address, path).body)["count"] for _ in range(2)] == [1, 2]


def test_what_one_reader_has_left_is_not_told_to_the_next(address: str) -> None:
    first, second = (get(address, "/api/v1/scores/") for _ in range(2))
    assert first.headers["RateLimit"] == '"anonymous";r=9;t=60'
    assert "RateLimit" not in second.headers


@pytest.mark.parametrize("path", ["/tiles/2022-12-31-0a1b.pmtiles", "/api/v1/exports/all.gpkg"])
def test_parts_of_a_file_come_out_of_the_cache(address: str, asked: list[Any], path: str) -> None:
    for first in (0, 1000, 50_000):
        part = get(address, path, Range=f"bytes={first}-{first + 99}")
        assert (part.status, part.body) == (HTTPStatus.PARTIAL_CONTENT, BODY[first : first + 100])
        assert part.headers["Content-Range"] == f"bytes {first}-{first + 99}/{len(BODY)}"
    newer = get(address, path, Range="bytes=0-99", If_Range='"two"')
    assert (newer.status, newer.body) == (HTTPStatus.OK, BODY)
    assert len(asked) == 1


def test_programs_that_accept_encodings_in_other_words_share_a_file(address: str, asked: list[Any]) -> None:
    for accepted in ("gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "br"):
        get(address, "/static/map.js", Accept_Encoding=accepted)
    assert [headers["accept-encoding"] for _, headers in asked] == ["br"]


def test_a_file_that_the_site_only_names_is_sent_from_its_folder_with_the_headers_of_the_site(address: str) -> None:
    whole = get(address, "/api/v1/exports/named.gpkg")
    assert (whole.status, whole.body, whole.headers["ETag"]) == (HTTPStatus.OK, BODY, ETAG)
    assert whole.headers["Link"] == LICENCE
    part = get(address, "/api/v1/exports/named.gpkg", Range="bytes=10-19")
    assert (part.status, part.body) == (HTTPStatus.PARTIAL_CONTENT, BODY[10:20])


def test_nobody_reaches_the_folder_past_the_site(address: str, asked: list[Any]) -> None:
    assert get(address, "/_files/exports/named.gpkg").status == HTTPStatus.NOT_FOUND
    assert asked == []


@pytest.mark.parametrize("path", ["/konto/", "/static/map.js", "/api/v1/exports/all.gpkg", "/fotos/1/gross.webp"])
def test_the_site_learns_who_asked_how_and_for_which_name(address: str, asked: list[Any], path: str) -> None:
    get(address, path, Host="atlas.example.org", X_Forwarded_For="203.0.113.7", X_Forwarded_Proto="https")
    get(address, path)
    (_, behind_tls), (_, alone) = asked
    assert behind_tls["host"] == "atlas.example.org"
    assert behind_tls["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"
    assert (behind_tls["x-forwarded-proto"], alone["x-forwarded-proto"]) == ("https", "http")


def test_compose_fills_in_every_name_of_the_template_and_leaves_no_way_around_it() -> None:
    names = set(re.findall(r"\$\{(\w+)\}", front.TEMPLATE.read_text(encoding="utf-8")))
    compose = (front.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    services = dict(re.findall(r"^  (\w+):(.*?)(?=^  \w|^\w)", compose, re.MULTILINE | re.DOTALL))
    assert names == set(re.findall(r"^      (ATLAS_\w+):", services["proxy"], re.MULTILINE))
    assert "NGINX_ENVSUBST_FILTER: ^ATLAS_\n" in services["proxy"]
    assert "./deploy/nginx.conf.template:/etc/nginx/templates/default.conf.template:ro" in services["proxy"]
    assert [name for name, service in services.items() if "\n    ports:" in service] == ["proxy"]
    volumes = set(re.findall(r"^  (\w+):$", compose.split("\nvolumes:\n")[1], re.MULTILINE))
    assert volumes == set(re.findall(r"(?:\"|- )(\w+):/[^/]", compose))
