"""What an import tells of the step to another edition: a line for each municipality that is not what it was.

Who succeeds whom: edition_change.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import shapely

from places import keys
from places.importers.carrying import WHOLE, Origin
from places.importers.report import Report
from places.models import Municipality, Succession
from places.vocabulary import SuccessionKind

if TYPE_CHECKING:
    from places.importers.edition_change import Side

MOVED = 0.05  # of its area, where nothing else tells why it is another


def tell(
    older: Side,
    newer: Side,
    rows: list[Succession],
    origins: Mapping[str, list[Origin]],
    reused: Collection[str],
    wandering: float,
    report: Report,
) -> None:
    """One line for each municipality that was founded, dissolved, divided, renamed, re-keyed or moved; and counts."""
    old_keys, new_keys = older.index.keys() - reused, newer.index.keys() - reused  # of those that may have stayed
    went: dict[str, list[Succession]] = defaultdict(list)
    for row in rows:
        went[row.predecessor.ags].append(row)
    lines: dict[str, list[str]] = {
        name: [] for name in ("founded", "dissolved", "merged", "split", "renamed", "re-keyed", "moved", "unexplained")
    }
    for old in older.rows:
        parts = went[old.ags]
        if old.ags not in new_keys and not parts:
            lines["unexplained"].append(f"{_named(old)}: nothing of it is in the newer edition")
        elif len(parts) > 1:
            shares = ", ".join(f"{_named(row.successor)} {row.share:.0%}" for row in parts)
            lines["split"].append(f"{_named(old)} → {shares}{_since(parts[0])}")
        elif parts and old.ags not in new_keys:
            what = _fate(parts[0], old_keys, origins)
            lines[what].append(f"{_named(old)} → {_named(parts[0].successor)}{_since(parts[0])}")
        elif parts and parts[0].kind == SuccessionKind.RENAMED:
            lines["renamed"].append(f"{_named(old)} → {_named(parts[0].successor)}{_since(parts[0])}")
    for new in newer.rows:
        came = origins.get(new.ags, [])
        if keys.state_key(new.ags) not in older.states:
            continue  # read for the first time, not founded
        if new.ags not in old_keys and not (len(came) == 1 and came[0].area >= WHOLE):
            told = ", ".join(_named(origin.municipality) for origin in came)
            lines["founded"].append(f"{_named(new)}{f' from {told}' if told else ''}")
        elif new.ags in old_keys and len(came) == 1 and not went[new.ags]:
            before, line = (
                came[0].municipality.area_km2,
                float(shapely.length(newer.polygons[newer.index[new.ags]])) / 1000,
            )
            # Lines that wander to and fro change an area little; twice that everywhere outwards is more than drawing
            if abs(new.area_km2 - before) > max(MOVED * before, 2 * wandering / 1000 * line):
                lines["moved"].append(f"{_named(new)}: {before:.1f} → {new.area_km2:.1f} km²")
    report.notes += [
        f"{key} was the key of {older.rows[older.index[key]]} and is that of {newer.rows[newer.index[key]]} now: "
        "look at mandates, served areas and planning regions that name it"
        for key in sorted(reused)
    ]
    for what, told_lines in lines.items():
        report.count(what, len(told_lines))
        report.notes += [f"{what}: {line}" for line in told_lines]


def _fate(row: Succession, old_keys: Collection[str], origins: Mapping[str, list[Origin]]) -> str:
    """What became of a municipality that went into one other as a whole."""
    if row.successor.ags in old_keys:
        return "dissolved"
    return "re-keyed" if len(origins[row.successor.ags]) == 1 else "merged"


def _named(municipality: Municipality) -> str:
    return f"{municipality.name} ({municipality.ags})"


def _since(row: Succession) -> str:
    return f", {row.effective_on.isoformat()}" if row.effective_on else ""
