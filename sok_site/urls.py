"""Every public path."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from sok_site import sitemaps, views
from sok_site.catalogue import catalogue
from sok_site.demo_mail import demo_mail
from sok_site.tiles import tiles

# Before its addresses are made.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    # First, for software asks most often, and every path before would be tried for each of its questions
    path("api/v1/", include("sok_site.api")),
    path("ogc/", include("sok_site.ogc.urls")),
    path("", include("cohesion.urls")),
    path("", include("places.urls")),
    path("konzept/", views.Concept.as_view(), name="concept"),
    path("impressum/", views.Imprint.as_view(), name="imprint"),
    path("datenschutz/", views.Privacy.as_view(), name="privacy"),
    path("barrierefreiheit/", views.Accessibility.as_view(), name="accessibility"),
    # Exempt, so that reading sets no cookie on any page: all that a forged request could do is change a language.
    path("i18n/setlang/", csrf_exempt(set_language), name="set_language"),
    path("konto/", include("sok_site.account_urls")),
    path("demo/post/", demo_mail, name="demo_mail"),
    path("catalog.jsonld", catalogue, name="catalogue"),
    path("tiles/<day:day>-<digest:digest>.pmtiles", tiles, name="tiles"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap"),
    path("sitemap-<slug:section>.xml", sitemaps.sitemap_section, name="sitemap_section"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.health, name="health"),
    path("readyz", views.ready, name="ready"),
    path("admin/", admin.site.urls),
]

admin.site.site_header = admin.site.site_title = "SOK-Atlas"
handler500 = "sok_site.problems.server_error"
