"""How a page of the site becomes a file of the static atlas: addresses that hold in the folder, and its own policy.

What is in the folder says static_atlas.py, here as ``Places``.
"""

import html
import json
import posixpath
import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language_info

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{basemap}; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
_ADDRESS = re.compile(r'(?<=[ \n])(href|src|action|data-same-view)="(/[^"]*)"')
_QUERY = re.compile(r'(?<=[ \n])href="(\?[^"]*)"')
_JSON = re.compile(r'(<script id="[\w-]+" type="application/json">)(.*?)(</script>)', re.DOTALL)

_OTHER_LANGUAGE = re.compile(r"/~([a-z]{2})(/.*)")  # as in_other_languages writes it


def in_other_languages(path: str, languages: Sequence[str]) -> list[tuple[str, str, str]]:
    """For each language of a copy its code, its name, and the address of this page in it; none where there is one."""
    if len(languages) < 2:
        return []
    return [(code, get_language_info(code)["name_local"], f"/~{code}{path}") for code in languages]


class Places(Protocol):
    """Where everything stands in the folder, for one language."""

    def file_of(self, path: str) -> str | None:
        """The file that stands for an address, from the top of the folder; None where the living site does."""

    def folder_of(self, address: str) -> str | None:
        """Where a page stands, from the top; None for a query that is no page of its own."""

    def in_language(self, code: str) -> "Places":
        """The same in another language."""


def localised(page: str, path: str, exported: Places) -> tuple[str, dict[str, str]]:
    """A page that stands at ``path``, with addresses that hold in the folder, and the files that it names: address →
    file."""
    wanted: dict[str, str] = {}

    def beside(place: str) -> str:
        """The way to a folder."""
        return f"{posixpath.relpath(place, path)}/"

    def address(url: str) -> str:
        if (other := _OTHER_LANGUAGE.fullmatch(url)) and (place := exported.in_language(other[1]).folder_of(other[2])):
            return beside(place)
        parts = urlsplit(url)
        if url.startswith("//") or (name := exported.file_of(parts.path)) is None:
            return f"{settings.SITE_URL}{url}"
        if not name.endswith("index.html") and not name.startswith(settings.STATIC_URL.strip("/")):
            wanted[parts.path] = name
        folder = name.removesuffix("index.html")
        relative = beside(f"/{folder}") if name.endswith("index.html") else posixpath.relpath(f"/{name}", path)
        rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        return f"{relative}{rest}"

    def attribute(found: re.Match[str]) -> str:
        return f'{found[1]}="{html.escape(address(html.unescape(found[2])))}"'

    def turned(found: re.Match[str]) -> str:
        """Another page of the table; with JavaScript the map reads from the address which table is asked for."""
        asked = html.unescape(found[1])
        address = f"{reverse('map')}{asked}"
        if (place := exported.folder_of(address)) is None:
            return f'href="{html.escape(settings.SITE_URL + address)}"'
        shown = "&".join(part for part in asked[1:].split("&") if part.startswith("list="))
        return f'href="{beside(place)}{html.escape(f"?{shown}") if shown else ""}"'

    def data(found: re.Match[str]) -> str:
        return f"{found[1]}{_script(_each_text(json.loads(found[2]), address))}{found[3]}"

    basemap = f" {origin}" if (origin := _basemap_origin()) else ""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY.format(basemap=basemap)}">'
    text = _JSON.sub(data, _QUERY.sub(turned, _ADDRESS.sub(attribute, page)))
    return text.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n    {policy}', 1), wanted


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """JSON with every text that is a path of this site changed."""
    if isinstance(value, dict):
        return {name: _each_text(part, change) for name, part in value.items()}
    if isinstance(value, list):
        return [_each_text(part, change) for part in value]
    return change(value) if isinstance(value, str) and re.match(r"/([^/\s]|$)", value) else value


def _script(value: Any) -> str:
    """JSON that may stand inside a script element, as Django's json_script writes it."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")


def _basemap_origin() -> str:
    parts = urlsplit(settings.BASEMAP_URL)
    return f"{parts.scheme}://{quote(parts.netloc, safe=':{}')}" if parts.netloc else ""
