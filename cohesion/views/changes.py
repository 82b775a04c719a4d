"""The latest changes for people: a page and an Atom feed. For clients: api/changes.py."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohesion.changes import latest, settled_until
from cohesion.events import FIELDS, Event, Happening
from cohesion.vocabulary import CohesionClass
from places import wording
from places.models import Municipality

LATEST = 100
ENTRIES = {
    "place": gettext_lazy("Ein Sozialer Ort"),
    "support": gettext_lazy("Eine Unterstützungsstruktur"),
    "space": gettext_lazy("Ein Möglichkeitsraum"),
}


@dataclass(frozen=True)
class Told:
    """An event in words; ``url`` is "" for what is no longer public."""

    at: datetime
    key: str
    what: str
    subject: str
    url: str
    where: str
    where_url: str
    detail: str

    @property
    def title(self) -> str:
        return f"{self.what}: {self.subject}"


def changes(request: HttpRequest) -> HttpResponse:
    """The latest hundred changes, the newest first."""
    return render(request, "cohesion/changes.html", {"changes": told(latest(LATEST, settled_until()))})


class ChangesFeed(Feed[Told, None]):
    """The same as Atom."""

    feed_type = Atom1Feed
    title = gettext_lazy("SOK-Atlas: Änderungen")
    subtitle = gettext_lazy(
        "Veröffentlichte, geänderte und entfernte Einträge, neue Kohäsionsklassen von Gemeinden, neue Gebietsstände."
    )

    def link(self) -> str:
        return reverse("changes")

    def feed_url(self) -> str:
        return reverse("changes_feed")

    def items(self) -> list[Told]:
        return told(latest(LATEST, settled_until()))

    def item_title(self, item: Told) -> str:
        return item.title

    def author_name(self) -> str:
        """Atom wants one; nobody's name is told, so it is whoever runs the site."""
        return settings.OPERATOR["name"] or "SOK-Atlas"

    def item_description(self, item: Told) -> str:
        """Atom reads it as HTML."""
        return escape(" ".join(filter(None, [item.where and f"{item.where}.", item.detail])))

    def item_link(self, item: Told) -> str:
        return item.url or item.where_url or reverse("changes")

    def item_guid(self, item: Told) -> str:
        return f"tag:sok-atlas,2026:{item.key}"

    def item_pubdate(self, item: Told) -> datetime:
        return item.at

    def item_updateddate(self, item: Told) -> datetime:
        return item.at


def told(events: Sequence[Event]) -> list[Told]:
    """Events in the reader's words."""
    found: Any = Municipality.objects.current().filter(ags__in={event.ags for event in events})
    municipalities = {municipality.ags: municipality for municipality in found.only("ags", "name")}
    return [_told(event, municipalities.get(event.ags)) for event in events]


def _told(event: Event, municipality: Municipality | None) -> Told:
    where, where_url = (municipality.name, municipality.get_absolute_url()) if municipality else ("", "")
    entry = event.entry
    if event.type == Happening.EDITION and event.edition is not None:
        subject, url = date_format(event.edition, "DATE_FORMAT"), reverse("areas")
    elif entry is None:
        subject, url = event.name or where or event.ags, where_url
        if event.went_to:  # the old key leads on, or says where to
            url = reverse("municipality_by_ags", args=[event.ags])
        where = where_url = ""
    elif entry.is_published:
        subject, url = entry.name, entry.get_absolute_url()
    else:
        subject, url = str(ENTRIES[entry.entry_kind]), ""
    return Told(
        at=event.cursor.at,
        key=str(event.cursor),
        what=str(event.type.label),
        subject=subject,
        url=url,
        where=where,
        where_url=where_url,
        detail=_detail(event),
    )


def _detail(event: Event) -> str:
    if event.type == Happening.ASSESSED and event.before and event.after:
        was, now = (CohesionClass(figures["cohesion_class"]).label for figures in (event.before, event.after))
        return _("Kohäsionsklasse: %(before)s → %(after)s") % {"before": was, "after": now}
    if event.went_to:
        return _territory(event)
    if event.type == Happening.MERGED and event.into is not None and event.into.is_published:
        return _("Jetzt unter „%s“.") % event.into.name
    if event.type == Happening.CHANGED and event.entry is not None:
        return _("Neu: %s.") % ", ".join(_labels(type(event.entry), event.facts))
    return ""


def _territory(event: Event) -> str:
    """What became of a municipality, and since when."""
    others = [row for row in event.went_to if row.successor.ags != event.ags]
    names = ", ".join(row.successor.name for row in others)
    parts = ", ".join(f"{row.successor.name} ({floatformat(row.share * 100, 0)}\u202f%)" for row in others)
    words = {
        Happening.DISSOLVED: _("Jetzt aufgeteilt auf: %s.") % parts if others[1:] else _("Jetzt Teil von %s.") % names,
        Happening.REDUCED: _("Ein Teil gehört jetzt zu: %s.") % names,
        Happening.RENAMED: _("Jetzt: %s.") % event.went_to[0].successor.name,
        Happening.REKEYED: _("%(new)s statt %(old)s.") % {"new": event.went_to[0].successor.ags, "old": event.ags},
    }[event.type]
    if event.effective_on is None:
        return words
    return _("Seit dem %(day)s. %(words)s") % {"day": date_format(event.effective_on, "DATE_FORMAT"), "words": words}


def _labels(model: type[Any], facts: Iterable[str]) -> list[str]:
    return [wording.label(model, fact) if fact in FIELDS else _("Fotos") for fact in facts]
