"""What an event of the change feed is: what happened, to whom, and its place in the order of all. Found: changes.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from places.models import Entry, Succession
from places.vocabulary import Condition, Criterion, Dynamic

# Facts of the record by the fields of the API that show them; what is not here is shown nowhere.
FIELDS: dict[str, tuple[str, ...]] = {
    **{
        name: (name,)
        for name in (
            *("name", "kind", "status", "location", "description", "participation", "website", "confirmed_on"),
            *("source", "licence", "opening_hours", "founded_on", "areas", "provider"),
            *("area_m2", "owner", "owner_sector", "available_from", "available_until"),
        )
    },
    **dict.fromkeys(("street", "postcode", "city"), ("address",)),
    **dict.fromkeys(Criterion.values, ("criteria",)),
    **dict.fromkeys(Condition.values, ("conditions",)),
    **dict.fromkeys(Dynamic.values, ("dynamics",)),
    "actors": ("triad", "circles"),
}


class Happening(TextChoices):
    """What became of an entry, a municipality or the boundaries."""

    ASSESSED = "assessed", pgettext_lazy("Ereignis", "Neu bewertet")
    PUBLISHED = "published", pgettext_lazy("Ereignis", "Veröffentlicht")
    CHANGED = "changed", pgettext_lazy("Ereignis", "Geändert")
    WITHDRAWN = "withdrawn", pgettext_lazy("Ereignis", "Aus der Öffentlichkeit genommen")
    MERGED = "merged", pgettext_lazy("Ereignis", "Mit einem anderen Eintrag zusammengeführt")
    RESTORED = "restored", pgettext_lazy("Ereignis", "Wieder veröffentlicht")
    EDITION = "edition", pgettext_lazy("Ereignis", "Neuer Gebietsstand")
    DISSOLVED = "dissolved", pgettext_lazy("Ereignis", "Gemeinde aufgelöst")
    REDUCED = "reduced", pgettext_lazy("Ereignis", "Gemeinde gab ein Gebiet ab")
    RENAMED = "renamed", pgettext_lazy("Ereignis", "Gemeinde umbenannt")
    REKEYED = "rekeyed", pgettext_lazy("Ereignis", "Gemeinde hat einen neuen Schlüssel")


# How many keys a cursor of a stream has: an edition is of no municipality.
KEYS = {"a": (1,), "b": (0, 1), "c": (0,)}


@dataclass(frozen=True)
class Cursor:
    """Where a reader stands: after the event with this key, or, without a key, at a moment."""

    at: datetime
    stream: str = ""  # "a": of an assessment, "b": of boundaries, "c": of the record; in this order within one moment
    number: int = 0
    ags: str = ""

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Read what ``str`` wrote, or a day or a moment in ISO 8601. Raises ValueError."""
        moment, *rest = text.split(",")
        at = datetime.fromisoformat(moment)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if not rest:
            return cls(at)
        stream, number, *ags = rest
        if len(ags) not in KEYS.get(stream, ()) or not number.isdecimal() or len(number) > 18:
            raise ValueError("no cursor")
        return cls(at, stream, int(number), *ags)

    def __str__(self) -> str:
        moment = self.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return ",".join([moment, *filter(None, [self.stream, self.stream and str(self.number), self.ags])])

    @property
    def key(self) -> tuple[datetime, str, int, str]:
        return self.at, self.stream, self.number, self.ags


@dataclass(frozen=True)
class Event:
    """Something that happened to an entry, to the figures of a municipality, or to boundaries. A name of an entry is
    told only while it is public."""

    cursor: Cursor
    type: Happening
    ags: str
    entry: Entry | None = None
    into: Entry | None = None
    facts: tuple[str, ...] = ()  # names of the record
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    assessment_id: int | None = None
    name: str = ""  # of the municipality as it was, where it is another or gone
    went_to: tuple[Succession, ...] = ()  # who took it over, the largest part first
    effective_on: date | None = None
    edition: date | None = None  # of boundaries, from which it is so

    @property
    def concerned(self) -> tuple[str, ...]:
        """The keys of the municipalities whom it is about; none: all."""
        return (self.ags, *(row.successor.ags for row in self.went_to)) if self.ags or self.entry else ()

    @property
    def fields(self) -> list[str]:
        """What changed, as the API calls it."""
        return list(dict.fromkeys(field for fact in self.facts for field in FIELDS.get(fact, (fact,))))
