"""Pages about what is computed, and what the map draws."""

from datetime import date

from django.urls import path, re_path, register_converter

from cohesion.views.area import area_list, district, planning_region, state
from cohesion.views.changes import ChangesFeed, changes
from cohesion.views.interplay import interplay
from cohesion.views.map import embed, map_page
from cohesion.views.map_classes import map_classes
from cohesion.views.map_entries import map_cells, map_points
from cohesion.views.method import method
from cohesion.views.municipality import municipality
from cohesion.views.webhooks import alter_webhook, new_webhook, webhook, webhook_delivery, webhook_secret, webhooks


class Day:
    """A date in an address, 2022-12-31; one that the calendar has."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


class Digest:
    """A SHA-256 in hexadecimal."""

    regex = r"[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Ags:
    """A key of eight digits."""

    regex = r"[0-9]{8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Ags, "ags")
register_converter(Day, "day")
register_converter(Digest, "digest")

urlpatterns = [
    path("", map_page, name="map"),
    path("embed/", embed, name="embed"),
    path("karte/klassen.json", map_classes, name="map_classes"),
    path("karte/punkte/<slug:layer>.json", map_points, name="map_points"),
    path("karte/punkte/<slug:layer>/zellen.json", map_cells, name="map_cells"),
    path("gemeinden/<ags:ags>-<slug:slug>/", municipality, name="municipality"),
    path("gemeinden/<ags:ags>/", municipality, name="municipality_by_ags"),
    path("kreise/", area_list, name="areas"),
    re_path(r"^kreise/(?P<key>[0-9]{5})/$", district, name="district"),
    re_path(r"^laender/(?P<key>[0-9]{2})/$", state, name="state"),
    path("regionen/<slug:key>/", planning_region, name="planning_region"),
    path("wechselspiel/", interplay, name="interplay"),
    path("methode/", method, name="method"),
    path("konto/abonnements/", webhooks, name="webhooks"),
    path("konto/abonnements/neu/", new_webhook, name="new_webhook"),
    path("konto/abonnements/<int:pk>/", webhook, name="webhook"),
    path("konto/abonnements/<int:pk>/aendern/", alter_webhook, name="alter_webhook"),
    path("konto/abonnements/<int:pk>/geheimnis/", webhook_secret, name="webhook_secret"),
    path("konto/abonnements/<int:pk>/<int:delivery>/", webhook_delivery, name="webhook_delivery"),
    path("aenderungen/", changes, name="changes"),
    path("aenderungen.atom", ChangesFeed(), name="changes_feed"),
]
