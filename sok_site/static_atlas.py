"""The public atlas as a folder of files that any web server serves: pages, figures, tiles, downloads. No Python there.

Every page is asked for as a visitor would ask, and its links are made relative; what is not in the folder (signing in,
registering, the API) leads to the living site. A server of files knows no queries: the pages of the map's table, which
readers without JavaScript turn over, are folders of their own (/tabelle/orte/2/).
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.conf import settings
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from django.urls import Resolver404, resolve, reverse

from cohesion.areas import AreaKind, areas
from cohesion.views.map_entries import number_of
from cohesion.views.overview import PAGE_SIZE
from places.models import BoundaryEdition, Municipality, Place, Space, Support
from sok_site.exports.files import EXPORTS
from sok_site.static_pages import localised

IS_COPY = "sok.static_atlas"  # in the environment of a request, where no client can put it (sok_site/context.py)
MARK = "atlas.json"  # says that a folder is an atlas, and from when
PAGES = ("map", "embed", "interplay", "method", "concept", "areas", "changes", "imprint", "privacy", "accessibility")
AREAS = tuple(kind.value for kind in AreaKind)
ENTRIES: dict[str, Any] = {"place": Place, "support": Support, "space": Space}
# What the table of the map shows: its name in the query, and in the folder. The first page of the first is the map's.
TABLES = {"": "gemeinden", "places": "orte", "support": "unterstuetzung", "spaces": "raeume"}
# What pages load or offer besides; an address that ends like a folder gets the name of a file.
IN_EACH_LANGUAGE = ("changes_feed", "opening_hours_calendar")
FILES = {
    "photo": "",
    "tiles": "",
    "map_classes": "",
    "map_points": "",
    "map_cells": "",
    "opening_hours_calendar": "",
    "changes_feed": "",
    "api:export": "",
    "api:scores": "daten/scores.json",
}


class NotAnAtlasError(Exception):
    """The folder holds something else; the message says what to do."""


class MissingFilesError(Exception):
    """Static files are not collected; the message says how."""


@dataclass
class Report:
    """What was written."""

    pages: int = 0
    files: int = 0
    bytes: int = 0
    missing: list[str] = field(default_factory=list)  # addresses that a page names and that answer something else

    def __str__(self) -> str:
        return f"{self.pages} pages and {self.files} files, {self.bytes / 1e6:.1f} MB"


def export_atlas(
    folder: Path,
    *,
    language: str = "de",
    besides: Sequence[str] = (),
    without: Iterable[str] = (),
    dry_run: bool = False,
    progress: Callable[[Iterable[str]], Iterable[str]] = iter,
) -> Report:
    """Write the atlas into ``folder``, in place of an earlier one; whoever breaks in finds the old one whole.

    ``besides``: other languages, each in a folder of its own below (/en/…), with the way from page to page.
    ``without``: "municipalities", "entries" or "downloads", which are then those of the living site.
    Raises NotAnAtlasError, MissingFilesError.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise NotAnAtlasError(f"{folder} holds something that is no atlas: name an empty or a new folder.")
    collected = Path(settings.STATIC_ROOT)
    if collected.resolve() in folder.resolve().parents:
        raise NotAnAtlasError(f"{folder} lies among the static files: name a folder somewhere else.")
    if not (collected / "staticfiles.json").exists():
        raise MissingFilesError("Static files are not collected: run manage.py collectstatic first.")
    exported = Exported(frozenset(without), tuple(dict.fromkeys([language, *besides])))
    paths = list(exported.pages())
    if dry_run:
        return Report(pages=len(paths) * len(exported.languages))
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        with one_connection():
            report = _write(draft, exported, paths, progress)
        shutil.copytree(collected, draft / settings.STATIC_URL.strip("/"), ignore=shutil.ignore_patterns("*.map.*"))
        draft.chmod(0o755)
        _replace(folder, draft)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return report


# --- What is in it ----------------------------------------------------------------------------------------------------


class Exported:
    """Which addresses of the site are in the folder, and under which name: in the first language, or another."""

    def __init__(self, without: frozenset[str], languages: tuple[str, ...] = ("de",), language: str = "") -> None:
        self.without, self.languages = without, languages
        self.language = language or languages[0]
        self.top = "" if self.language == languages[0] else f"{self.language}/"
        self.with_municipalities = "municipalities" not in without
        self.with_entries = "entries" not in without
        self.with_downloads = "downloads" not in without
        self.names = {*PAGES, *AREAS}
        self.names |= {"municipality"} if self.with_municipalities else set()
        self.names |= {*ENTRIES} if self.with_entries else set()

    def pages(self) -> Iterator[str]:
        """The addresses of all pages; those of the table with their queries."""
        yield from map(reverse, PAGES)
        edition = BoundaryEdition.objects.current()
        if edition is None:
            return
        yield from self._tables(edition)
        for kind in AreaKind:
            yield from (area.get_absolute_url() for area in areas(kind, edition))
        if self.with_municipalities:
            for municipality in Municipality.objects.of_edition(edition).only("ags", "name").order_by("ags"):
                yield municipality.get_absolute_url()
        if self.with_entries:
            for model in ENTRIES.values():
                for entry in model.objects.published().only("pk", "name").order_by("pk"):
                    yield entry.get_absolute_url()

    def _tables(self, edition: BoundaryEdition) -> Iterator[str]:
        for name in TABLES:
            if name and not self.with_entries:
                continue
            rows = number_of(name) if name else Municipality.objects.of_edition(edition).incorporated().count()
            for page in range(1 if name else 2, max(1, -(-rows // PAGE_SIZE)) + 1):
                asked = {**({"list": name} if name else {}), **({"page": page} if page > 1 else {})}
                yield f"{reverse('map')}?{urlencode(asked)}"

    def in_language(self, code: str) -> "Exported":
        """The same in another language."""
        return Exported(self.without, self.languages, code)

    def folder_of(self, address: str) -> str | None:
        """Where a page stands in the folder; None for a query of the map that is none of its table's."""
        place = self._folder_of(address)
        return None if place is None else f"/{self.top}{place[1:]}"

    def _folder_of(self, address: str) -> str | None:
        path, _, query = address.partition("?")
        if not query:
            return path
        asked = dict(parse_qsl(query))
        name, page = asked.pop("list", ""), asked.pop("page", "1")
        if asked or name not in TABLES or not page.isdecimal() or (name and not self.with_entries):
            return None
        if not name and page == "1":
            return reverse("map")
        return f"/tabelle/{TABLES[name]}/" + (f"{page}/" if page != "1" else "")

    def downloads(self) -> Iterator[tuple[str, str]]:
        """Addresses and names of the files with everything in them."""
        for name in EXPORTS if self.with_downloads else ():
            address = reverse("api:export", args=[name])
            yield address, address[1:]

    def file_of(self, path: str) -> str | None:
        """The file that stands for an address, from the top of the folder; None where the living site does."""
        if path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            return path[1:]
        name = _name(path)
        if name in self.names:
            return f"{self.top}{path[1:]}index.html"
        if name in FILES and (self.with_downloads or name != "api:export"):
            return (self.top if name in IN_EACH_LANGUAGE else "") + (FILES[name] or path[1:])
        return None


def _name(path: str) -> str:
    try:
        return resolve(unquote(path)).view_name
    except Resolver404:
        return ""


# --- How it is read ---------------------------------------------------------------------------------------------------


class Reader:
    """Asks this site as a visitor would, without a server between."""

    def __init__(self, language: str, languages: Sequence[str]) -> None:
        self.handler = WSGIHandler()
        self.language, self.languages = language, languages
        site = urlsplit(settings.SITE_URL)
        self.scheme, self.host = site.scheme, site.netloc

    def get(self, path: str) -> tuple[int, Iterator[bytes]]:
        """Status and body, in parts: downloads are large."""
        environ = {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path.partition("?")[0]).encode().decode("latin-1"),
            "QUERY_STRING": path.partition("?")[2],
            "SERVER_NAME": self.host.split(":")[0],
            "SERVER_PORT": "443" if self.scheme == "https" else "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": self.host,
            "HTTP_ACCEPT_LANGUAGE": self.language,
            "HTTP_X_FORWARDED_PROTO": self.scheme,
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            IS_COPY: self.languages,
        }
        lines: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], failure: Any = None, /) -> Callable[[bytes], object]:
            lines.append(status)
            return bytes  # nobody writes so any more

        parts: Any = self.handler(environ, start)

        def body() -> Iterator[bytes]:
            with closing(parts) if hasattr(parts, "close") else nullcontext():
                yield from parts

        return int(lines[0].split()[0]), body()


@contextmanager
def one_connection() -> Iterator[None]:
    """The database stays open from page to page, also inside somebody's transaction."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in ends:
            signal.connect(close_old_connections)


# --- How it is written ------------------------------------------------------------------------------------------------


def _write(
    folder: Path, atlas: Exported, paths: Sequence[str], progress: Callable[[Iterable[str]], Iterable[str]]
) -> Report:
    report = Report()

    def store(name: str, body: Iterable[bytes]) -> None:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as target:
            for part in body:
                report.bytes += target.write(part)

    def get(reader: Reader, path: str) -> Iterator[bytes] | None:
        status, body = reader.get(path)
        if status == HTTPStatus.OK:
            return body
        report.missing.append(path)
        return None

    for language in atlas.languages:
        exported, reader = atlas.in_language(language), Reader(language, atlas.languages)
        wanted = dict(exported.downloads())  # address → file, of all that is no page
        for path in progress(paths):
            if body := get(reader, path):
                place = exported.folder_of(path) or path
                text, found = localised(b"".join(body).decode(), place, exported)
                wanted |= found
                store(f"{place[1:]}index.html", [text.encode()])
                report.pages += 1
        for path, name in sorted(wanted.items()):
            if not (folder / name).exists() and (body := get(reader, path)):
                store(name, body)
                report.files += 1
    written = {"written_at": datetime.now().astimezone().isoformat(timespec="seconds"), "site": settings.SITE_URL}
    store(MARK, [json.dumps({**written, "pages": report.pages, "files": report.files}, indent=2).encode()])
    return report


def _replace(folder: Path, draft: Path) -> None:
    """The draft takes the folder's place."""
    old = draft.with_name(f"{draft.name}.old")
    if folder.exists():
        os.replace(folder, old)
    os.replace(draft, folder)
    shutil.rmtree(old, ignore_errors=True)
