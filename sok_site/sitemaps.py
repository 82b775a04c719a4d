"""sitemap.xml, robots.txt, and which address of a page counts. What pages say in data: places/structured."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cohesion.areas import Area, AreaKind, areas
from cohesion.models import Assessment
from places.models import BoundaryEdition, Entry, Municipality, Place, Space, Support

MOST = 50_000  # addresses in one file, says sitemaps.org
STATIC = ("map", "areas", "interplay", "method", "concept", "api:docs", "imprint", "privacy", "accessibility")
LISTED = {*STATIC, *AreaKind, "municipality", "place", "support", "space"}  # what a search engine should know

# What is not for everybody, what only takes something in, and what a link in a mail opens.
DISALLOWED = (
    *("/admin/", "/konto/", "/pruefung/", "/demo/", "/post/", "/i18n/", "/embed/"),
    *("/bestaetigen/", "/eingereicht/", "/einladung/", "/noch-da/"),
    *(f"/*/neu/{rest}" for rest in ("aehnliche/", "*/")),
    *(f"/*/*/{act}/" for act in ("bearbeiten", "betreuen", "betreuung", "fotos", "melden", "verlauf")),
)


def canonical(request: HttpRequest) -> str:
    """The one address of a listed page, without its query; "" for all other pages."""
    match = request.resolver_match
    return f"{settings.SITE_URL}{request.path}" if match is not None and match.view_name in LISTED else ""


class _Pages(Sitemap[Any]):
    """Addresses begin as all links to this installation do, whatever host was asked."""

    limit = MOST

    def get_domain(self, site: Any = None) -> str:
        return urlsplit(settings.SITE_URL).netloc

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme


class StaticPages(_Pages):
    """Pages that exist once."""

    def items(self) -> tuple[str, ...]:
        return STATIC

    def location(self, item: str) -> str:
        return reverse(item)

    def get_latest_lastmod(self) -> datetime | None:
        return None


class Municipalities(_Pages):
    """Municipalities of the current edition; each assessment may change them all."""

    def items(self) -> QuerySet[Municipality]:
        return Municipality.objects.current().only("ags", "name").order_by("ags")

    def lastmod(self, item: Municipality) -> datetime | None:
        return self._changed_at

    def get_latest_lastmod(self) -> datetime | None:
        return self._changed_at

    def __init__(self) -> None:
        edition = BoundaryEdition.objects.current()
        assessment = Assessment.objects.of_edition(edition).newest() if edition else None
        days = [edition.imported_at if edition else None, assessment.created_at if assessment else None]
        self._changed_at = max(filter(None, days), default=None)


class Areas(_Pages):
    """States, districts and planning regions of the current edition."""

    def items(self) -> list[Area]:
        edition = BoundaryEdition.objects.current()
        return [area for kind in AreaKind for area in areas(kind, edition)] if edition else []

    def get_latest_lastmod(self) -> datetime | None:
        return None


class _Entries(_Pages):
    """The published entries of one kind."""

    model: type[Entry]

    def items(self) -> QuerySet[Any]:
        return self._published().only("pk", "name", "updated_at").order_by("pk")

    def lastmod(self, item: Entry) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> datetime | None:
        latest: datetime | None = self._published().aggregate(at=Max("updated_at"))["at"]
        return latest

    def _published(self) -> QuerySet[Any]:
        published: QuerySet[Any] = self.model._default_manager.published()  # type: ignore[attr-defined]
        return published


class Places(_Entries):
    """Soziale Orte."""

    model = Place


class Supports(_Entries):
    """Support structures."""

    model = Support


class Spaces(_Entries):
    """Spaces of possibility."""

    model = Space


SECTIONS: dict[str, type[_Pages]] = {
    "seiten": StaticPages,
    "gemeinden": Municipalities,
    "gebiete": Areas,
    "orte": Places,
    "unterstuetzung": Supports,
    "raeume": Spaces,
}


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """One file for each section that lists something, several where there is too much for one."""
    files = []
    for name, section in SECTIONS.items():
        pages = section()
        latest = pages.get_latest_lastmod()
        address = f"{settings.SITE_URL}{reverse('sitemap_section', args=[name])}"
        if pages.paginator.count:
            numbers = pages.paginator.page_range
            files += [{"location": f"{address}?p={n}" if n > 1 else address, "last_mod": latest} for n in numbers]
    return render(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")


def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """The addresses of a section; 404 for one that there is not."""
    return sitemap(request, sitemaps={**SECTIONS}, section=section)


def robots(request: HttpRequest) -> HttpResponse:
    """Search engines may read what is public; nothing at all while invented places are shown."""
    models: tuple[type[Place | Support | Space], ...] = (Place, Support, Space)
    if any(model.objects.fictional().exists() for model in models):
        rules = ["# Die Orte dieser Demo sind frei erfunden.", "User-agent: *", "Disallow: /"]
    else:
        sitemap_address = f"{settings.SITE_URL}{reverse('sitemap')}"
        rules = ["User-agent: *", *(f"Disallow: {path}" for path in DISALLOWED), "", f"Sitemap: {sitemap_address}"]
    return HttpResponse("\n".join(rules) + "\n", content_type="text/plain; charset=utf-8")
