"""What happens to what was sent: who reviews there, and how much waits before them. For pages and letters."""

from datetime import date
from typing import Any

from places.models import Entry, Submission
from places.responsibility import responsibilities, responsibility
from places.territory_search import areas_of


def next_steps(entry: Entry, today: date) -> dict[str, Any]:
    """Where ``entry`` lies (municipality), who is responsible there (responsible, area: its name, "" where nobody is)
    and how many submissions wait for them (waiting)."""
    municipality = entry.municipality
    who = responsibility(municipality.ags if municipality else "", today)
    named = areas_of([who.area]) if who.area else []
    rows = [row.entry.municipality for row in Submission.objects.waiting().with_entries()]
    waiting = [found.ags for found in rows if found is not None]
    areas = responsibilities(waiting, today)
    return {
        "municipality": municipality,
        "responsible": who,
        "area": named[0].name if named else "",
        "waiting": sum(areas[ags].area == who.area for ags in waiting),
    }
