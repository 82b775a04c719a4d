"""import_municipalities: facts and ratings of municipalities that are there. Boundaries make them: boundaries.py."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from places.importers.report import Progress, Report, announce, in_batches, one_transaction, refuse_rejected, silent
from places.importers.rows import (
    Column,
    Rejected,
    Row,
    choice,
    day_up_to,
    read_table,
    refuse,
    text,
    whole_number,
)
from places.keys import parse_ags
from places.models import BoundaryEdition, Municipality
from places.vocabulary import Condition, Rating, ZokTier

MOST_RESIDENTS = 100_000_000
BATCH = 500


def columns(today: date) -> tuple[Column, ...]:
    """The columns of the table; days that are told of have come."""
    return (
        Column("ags", parse_ags, required=True),
        Column("population", whole_number(0, MOST_RESIDENTS)),
        Column("population_on", day_up_to(today)),
        Column("population_source", text(300)),
        Column("zok_tier", choice(ZokTier.values)),
        Column("zok_detail", text(300)),
        Column("zok_source", text(300)),
        Column("inventory_completed_on", day_up_to(today)),
        *(Column(condition.value, whole_number(min(Rating), max(Rating))) for condition in Condition),
    )


def import_municipalities(
    path: Path,
    *,
    today: date,
    edition: date | None = None,
    skip_invalid: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Report:
    """Facts from the CSV file ``path`` into the edition of that day, the newest if none is named.

    An empty cell, and a column that is not there, leaves what stands. Raises RefusedError.
    """
    report = Report(str(path), rejected=Rejected(str(path)), dry_run=dry_run)
    announce(progress, "reading municipalities")
    rows = list(read_table(path, columns(today), report.rejected))
    with one_transaction(dry_run):
        stand = edition_of(path, edition)
        stored = {
            municipality.ags: municipality
            for municipality in Municipality.objects.of_edition(stand).defer("geometry", "centre")
        }
        rows = _accepted(rows, stored, stand, report.rejected)
        refuse_rejected(report.rejected, skip_invalid)
        changed = [
            municipality for row in rows if (municipality := _update(stored[row.values["ags"]], row)) is not None
        ]
        names = [column.name for column in columns(today) if column.name != "ags"]
        for batch in in_batches(changed, BATCH, progress, "writing municipalities"):
            Municipality.objects.bulk_update(batch, names, batch_size=BATCH)
        if changed:
            BoundaryEdition.objects.filter(pk=stand.pk).update(imported_at=timezone.now())
    report.count("updated", len(changed))
    report.count("unchanged", len(rows) - len(changed))
    report.count("not in this file, untouched", len(stored) - len(rows))
    report.count("rows skipped", len(report.rejected.lines))
    return report


def edition_of(path: Path, day: date | None) -> BoundaryEdition:
    """The edition of ``day``, or the newest one. Raises RefusedError where it is not there."""
    editions = BoundaryEdition.objects.all()
    found = editions.current() if day is None else editions.filter(date=day).first()
    if found is None:
        which = "any edition" if day is None else f"the edition {day}"
        raise refuse(str(path), f"there are no boundaries of {which} yet: import_boundaries comes first")
    return found


def _accepted(
    rows: list[Row], stored: Mapping[str, Municipality], stand: BoundaryEdition, rejected: Rejected
) -> list[Row]:
    """The rows that say something possible of a municipality that is there, each of another one."""
    lines: dict[str, int] = {}
    for row in rows:
        ags, population = row.values["ags"], row.values.get("population")
        if ags not in stored:
            rejected.add(row.line, "ags", f"no municipality of the edition {stand} has this key", ags)
        elif ags in lines:
            rejected.add(row.line, "ags", f"is in line {lines[ags]} already", ags)
        elif population and stored[ags].is_unincorporated:
            rejected.add(row.line, "population", f"{stored[ags].name} is an unincorporated area", str(population))
        lines.setdefault(ags, row.line)
    return [row for row in rows if row.line not in rejected.lines]


def _update(municipality: Municipality, row: Row) -> Municipality | None:
    """The municipality with the row's values, None where it had them all."""
    said: dict[str, Any] = {name: value for name, value in row.values.items() if value is not None}
    if all(getattr(municipality, name) == value for name, value in said.items()):
        return None
    for name, value in said.items():
        setattr(municipality, name, value)
    return municipality
