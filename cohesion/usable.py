"""What could be used in a municipality, assessed or not: spaces in and beside it, support structures that serve it, and
what nobody has confirmed for long. Names of entries only; the templates word it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, IntegerField, Max, Value, When
from django.db.models.functions import Length

from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import Entry, Municipality, Place, Space, Support
from places.vocabulary import Status

SHOWN = 12  # of each list; the map's table has all


@dataclass(frozen=True)
class Usable:
    """Spaces and support structures, the nearest first, and how many there are beyond the lists."""

    spaces: list[Space]
    more_spaces: int
    supports: list[Support]
    more_supports: int

    @classmethod
    def of(cls, municipality: Municipality, neighbours: Iterable[Municipality], today: date) -> "Usable":
        spaces = (
            Space.objects.available(today)
            .filter(municipality__in=[municipality.pk, *(neighbour.pk for neighbour in neighbours)])
            .select_related("municipality")
            .defer("municipality__geometry")
            .order_by(_own_first(municipality), "name", "pk")
        )
        # The smallest of the areas that cover the municipality has the longest key.
        supports = (
            Support.objects.published()
            .filter(status=Status.ACTIVE, pk__in=Support.objects.serving(municipality.ags).values("pk"))
            .annotate(closeness=Max(Length("areas__area")))
            .order_by("-closeness", "name", "pk")
        )
        shown = list(spaces[: SHOWN + 1]), list(supports[: SHOWN + 1])
        return cls(
            shown[0][:SHOWN],
            spaces.count() - SHOWN if len(shown[0]) > SHOWN else 0,
            shown[1][:SHOWN],
            supports.count() - SHOWN if len(shown[1]) > SHOWN else 0,
        )


def _own_first(municipality: Municipality) -> Any:
    return Case(When(municipality=municipality.pk, then=Value(0)), default=Value(1), output_field=IntegerField())


def unconfirmed(municipality: Municipality, today: date) -> list[Entry]:
    """The entries of a municipality whose confirmation ran out or never came, the oldest first."""
    found: list[Entry] = []
    for model in (Place, Support, Space):
        entries = model._default_manager.unconfirmed(today, DEFAULT_FRESHNESS_MONTHS)
        found += entries.filter(municipality=municipality.pk)
    return sorted(found, key=lambda entry: (entry.confirmed_on or date.min, entry.name))
