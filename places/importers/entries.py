"""import_support and import_spaces: support structures with their areas, and spaces, found again by ``external_id``."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from places import keys
from places.importers.entry_rows import (
    each_once,
    fields_of,
    first_columns,
    last_columns,
    same,
    text_of,
    with_municipality,
)
from places.importers.municipalities import edition_of
from places.importers.recorded import Altered, record_import
from places.importers.report import Progress, Report, announce, in_batches, one_transaction, refuse_rejected, silent
from places.importers.rows import Column, Rejected, Row, choice, day, read_features, read_table, whole_number
from places.models import ServedArea, Space, Support
from places.vocabulary import Publication, Sector, SpaceKind, SupportKind

BATCH = 500
LARGEST_AREA = 1_000_000  # m², a hundred hectares
GERMANY = "DE"  # in a file; the database has "" for all of Germany

# Cells that fit one by one and not together: raises ValueError of column, what is wrong, value.
Check = Callable[[Row, Any], None]


@dataclass(frozen=True)
class Source:
    """What one kind of entry looks like in a file."""

    model: type[Support] | type[Space]
    noun: str
    columns: Callable[[date], tuple[Column, ...]]
    check: Check = lambda row, stored: None
    besides: frozenset[str] = frozenset()  # columns that are no column of the table


def _support_columns(today: date) -> tuple[Column, ...]:
    return (
        *first_columns(Support, SupportKind.values, today),
        Column("provider", text_of(Support, "provider")),
        Column("areas", _areas),
        *last_columns(Support),
    )


def _space_columns(today: date) -> tuple[Column, ...]:
    return (
        *first_columns(Space, SpaceKind.values, today),
        Column("area_m2", whole_number(1, LARGEST_AREA)),
        Column("owner_sector", choice(Sector.values)),
        Column("owner", text_of(Space, "owner")),
        Column("available_from", day),
        Column("available_until", day),
        *last_columns(Space),
    )


def _areas(cell: str) -> tuple[str, ...]:
    """``06; 16061; 06635015`` as keys, each once; ``DE`` is all of Germany."""
    found: list[str] = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        if part != GERMANY and not (re.fullmatch(r"[0-9]{2}|[0-9]{5}|[0-9]{8}", part) and part[:2] in keys.STATE_NAMES):
            raise ValueError(f"“{part}” is neither a key of 2, 5 or 8 digits nor {GERMANY}")
        area = "" if part == GERMANY else part
        if area in found:
            raise ValueError(f"“{part}” is named twice")
        found.append(area)
    return tuple(found)


def _ends_after_it_begins(row: Row, stored: Space | None) -> None:
    begins, ends = (
        row.values[name] if name in row.values else getattr(stored, name, None)
        for name in ("available_from", "available_until")
    )
    if begins and ends and ends < begins:
        raise ValueError("available_until", f"lies before available_from, {begins}", ends.isoformat())


SUPPORT = Source(Support, "support structures", _support_columns, besides=frozenset({"areas"}))
SPACES = Source(Space, "spaces", _space_columns, check=_ends_after_it_begins)


def import_entries(
    source: Source,
    path: Path,
    *,
    today: date,
    fictional: bool = False,
    skip_invalid: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Report:
    """Published entries from ``path``, CSV or GeoJSON by its suffix; the municipality follows from the coordinates.

    Entries that are there are updated by their ``external_id``; others stay. Raises RefusedError.
    """
    report = Report(str(path), rejected=Rejected(str(path)), dry_run=dry_run)
    read = read_features if path.suffix.lower() in (".geojson", ".json") else read_table
    lines = progress(read(path, source.columns(today), report.rejected), f"reading {source.noun}")
    rows = each_once(lines, report.rejected)
    with one_transaction(dry_run):
        announce(progress, f"locating {source.noun}")
        located = with_municipality(rows, edition_of(path, None), report.rejected)
        stored = source.model._default_manager.in_bulk(
            [row.values["external_id"] for row in rows], field_name="external_id"
        )
        sound = []
        for row, municipality in located:
            try:
                source.check(row, stored.get(row.values["external_id"]))
            except ValueError as error:
                report.rejected.add(row.line, *error.args)
                continue
            if municipality is not None:
                sound.append((row, municipality))
        refuse_rejected(report.rejected, skip_invalid)
        _write(source, sound, stored, fictional, report, progress)
    report.count("rows skipped", len(report.rejected.lines))
    return report


def _write(
    source: Source,
    located: list[tuple[Row, int]],
    stored: dict[Any, Any],
    fictional: bool,
    report: Report,
    progress: Progress,
) -> None:
    new: list[Any] = []
    changed: list[Any] = []
    recorded: list[Altered] = []
    areas: list[tuple[Any, tuple[str, ...]]] = []
    altered_fields = {"updated_at"}
    before = _stored_areas(source, stored)
    for row, municipality in located:
        said = fields_of(source.model, row, municipality, set(source.besides), fictional)
        served = row.values["areas"] or () if "areas" in row.values else None
        entry = stored.get(row.values["external_id"])
        if entry is None:
            entry = source.model(**said, publication=Publication.PUBLISHED)
            new.append(entry)
            areas.append((entry, served or ()))
            continue
        altered = {name for name, value in said.items() if not same(getattr(entry, name), value)}
        has_other_areas = served is not None and sorted(served) != before.get(entry.pk, [])
        if not altered and not has_other_areas:
            continue
        line = Altered.of(entry, {name: said[name] for name in altered})
        if has_other_areas:
            areas.append((entry, served or ()))
            line.before["areas"], line.after["areas"] = before.get(entry.pk, []), sorted(served or ())
        recorded.append(line)
        for name in altered:
            setattr(entry, name, said[name])
        entry.updated_at = timezone.now()
        altered_fields |= altered
        changed.append(entry)
    entries = source.model._default_manager
    for batch in in_batches(new, BATCH, progress, f"writing {source.noun}"):
        entries.bulk_create(batch)
    for batch in in_batches(changed, BATCH, progress, f"updating {source.noun}"):
        entries.bulk_update(batch, sorted(altered_fields), batch_size=BATCH)
    if source.model is Support:
        _write_areas(areas, progress)
    record_import(report.file, new, recorded, progress)
    counts = {"created": len(new), "updated": len(changed), "unchanged": len(located) - len(new) - len(changed)}
    report.counts = {**counts, **report.counts}


def _write_areas(areas: list[tuple[Any, tuple[str, ...]]], progress: Progress) -> None:
    for batch in in_batches(areas, BATCH, progress, "writing areas"):
        ServedArea.objects.filter(support__in=[support.pk for support, _ in batch]).delete()
        ServedArea.objects.bulk_create(
            ServedArea(support=support, area=area) for support, served in batch for area in served
        )


def _stored_areas(source: Source, stored: dict[Any, Any]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    if source.model is Support:
        rows = ServedArea.objects.filter(support__in=list(stored.values())).order_by("area")
        for support, area in rows.values_list("support_id", "area"):
            found.setdefault(support, []).append(area)
    return found
