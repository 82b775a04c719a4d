"""import_boundaries: the municipalities and regions of one edition into the database. How files are read: vg250.py."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import GEOSGeometry
from django.utils import timezone

from places import keys
from places.geo import LAEA_EUROPE, WGS84, Geometries, project
from places.importers.edition_change import change_edition
from places.importers.report import Progress, Report, announce, in_batches, one_transaction, refuse_rejected, silent
from places.importers.rows import Rejected
from places.importers.vg250 import Area, Territory, read_territory, require
from places.locating import relocate
from places.models import BoundaryEdition, Municipality, PopulationGrid, Region
from places.tiles.storage import cut_tiles

VG250_ATTRIBUTION = "© GeoBasis-DE / BKG, dl-de/by-2-0"
BATCH = 500
SAME_PLACE = 1e-9  # degrees: what a coordinate may lose on its way through a database
CENTRE_WITHIN = 50.0  # metres


def import_boundaries(
    path: Path,
    *,
    edition: date,
    layer: str | None = None,
    states: Collection[str] = (),
    source: str | None = None,
    attribution: str | None = None,
    changes: Path | None = None,
    skip_invalid: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Report:
    """Municipalities of ``path`` into the edition of that day; those that are there are updated by their AGS.

    Facts stay as they are (population, tier, ratings, inventory): a population in the file (EWZ) fills in only where
    none is known. Municipalities that the file does not name stay too. Where there is an edition before this one, its
    municipalities get their successors, from the official list ``changes`` or by overlap. Raises RefusedError.
    """
    report = Report(str(path), rejected=Rejected(str(path)), dry_run=dry_run)
    announce(progress, "reading boundaries")
    territory = read_territory(path, layer, states, report.rejected)
    refuse_rejected(report.rejected, skip_invalid)
    require(path, territory, states)
    with one_transaction(dry_run):
        stand, is_new = _edition(edition, path, source, attribution, territory.is_vg250, report)
        regions = _regions(stand, territory, report)
        created = _municipalities(stand, territory, regions, report, progress)
        if (report.changed or is_new or not stand.tiles_digest) and not dry_run:
            announce(progress, "cutting tiles")
            cut_tiles(stand)
        had_grid = PopulationGrid.objects.filter(edition=stand).exists()
        has_grid = False
        if report.changed or changes is not None:
            has_grid = change_edition(
                stand, created, changes, skip_invalid=skip_invalid, report=report, progress=progress
            )
        if report.changed and had_grid and not has_grid:
            report.notes.append("The census grid was sorted into the boundaries before: run import_population again.")
        if report.changed and stand == BoundaryEdition.objects.current():
            announce(progress, "locating places")
            _places(report)
    report.counts.update(territory.counts)
    if report.rejected:
        report.count("rows skipped", len(report.rejected.lines))
    return report


def _edition(
    day: date, path: Path, source: str | None, attribution: str | None, is_vg250: bool, report: Report
) -> tuple[BoundaryEdition, bool]:
    """The edition, and whether it is new. What is not said anew stays."""
    stand = BoundaryEdition.objects.filter(date=day).first()
    if is_new := stand is None:
        stand = BoundaryEdition(date=day, imported_at=timezone.now())
    before = (stand.source, stand.attribution)
    stand.source = source if source is not None else stand.source or path.name
    usual = VG250_ATTRIBUTION if is_vg250 else ""
    stand.attribution = attribution if attribution is not None else stand.attribution or usual
    if not stand.attribution:
        report.notes.append("Nobody is credited for these boundaries: name who with --attribution.")
    if is_new:
        stand.save()
    elif before != (stand.source, stand.attribution):
        stand.save(update_fields=["source", "attribution"])
        report.count("source or attribution changed")
    return stand, is_new


def _regions(stand: BoundaryEdition, territory: Territory, report: Report) -> dict[str, Region]:
    """All districts and states that the areas lie in, by key. A name that the file does not have is not taken away."""
    known = {region.key: region for region in stand.regions.all()}
    wanted = {key for area in territory.areas for key in (keys.district_key(area.ags), keys.state_key(area.ags))}
    new, renamed = [], []
    for key in sorted(wanted):
        name, designation = territory.region_names.get(key, (keys.STATE_NAMES.get(key, ""), ""))
        region = known.get(key)
        if region is None:
            new.append(Region(edition=stand, key=key, name=name, designation=designation))
        elif key in territory.region_names and (region.name, region.designation) != (name, designation):
            region.name, region.designation = name, designation
            renamed.append(region)
    Region.objects.bulk_create(new)
    Region.objects.bulk_update(renamed, ["name", "designation"], batch_size=BATCH)
    report.count("districts and states created", len(new))
    report.count("districts and states updated", len(renamed))
    return {region.key: region for region in stand.regions.all()}


def _municipalities(
    stand: BoundaryEdition, territory: Territory, regions: Mapping[str, Region], report: Report, progress: Progress
) -> list[str]:
    """Write what is new or otherwise; returns the keys of the new ones."""
    stored = _stored(stand)
    new, changed = _compared(territory, stored)
    touched = np.array(new + changed, dtype=int)
    figures = dict(zip(touched.tolist(), _figures(territory.geometries[touched]), strict=True))

    def municipality(index: int) -> Municipality:
        area = territory.areas[index]
        known = stored.get(area.ags)
        centre, area_km2 = figures[index]
        return Municipality(
            pk=known.pk if known else None,
            edition=stand,
            ags=area.ags,
            district=regions[keys.district_key(area.ags)],
            state=regions[keys.state_key(area.ags)],
            geometry=_stored_form(territory.geometries[index]),
            centre=_stored_form(centre),
            area_km2=area_km2,
            **_said(area, known),
        )

    for batch in in_batches(new, BATCH, progress, "writing municipalities"):
        Municipality.objects.bulk_create([municipality(index) for index in batch])
    for batch in in_batches(changed, BATCH, progress, "updating municipalities"):
        Municipality.objects.bulk_update([municipality(index) for index in batch], UPDATED, batch_size=BATCH)
    if new or changed:
        BoundaryEdition.objects.filter(pk=stand.pk).update(imported_at=timezone.now())
    named = {area.ags for area in territory.areas}
    report.counts = {
        "created": len(new),
        "updated": len(changed),
        "unchanged": len(territory.areas) - len(new) - len(changed),
        "not in this file, untouched": len(stored.keys() - named),
        "unincorporated areas in this file": sum(area.is_unincorporated for area in territory.areas),
        **report.counts,
    }
    return [territory.areas[index].ags for index in new]


@dataclass(frozen=True)
class _Stored:
    """What the database has of a municipality, as far as the file could change it."""

    pk: int
    said: dict[str, Any]
    geometry: shapely.Geometry


SAID = ("ars", "name", "designation", "is_unincorporated", "population")
UPDATED = (*SAID, "district", "state", "geometry", "centre", "area_km2")


def _stored(stand: BoundaryEdition) -> dict[str, _Stored]:
    rows = list(Municipality.objects.of_edition(stand).values_list("ags", "pk", AsWKB("geometry"), *SAID))
    geometries = shapely.from_wkb([bytes(row[2]) for row in rows])
    return {
        ags: _Stored(pk, dict(zip(SAID, said, strict=True)), geometry)
        for (ags, pk, _, *said), geometry in zip(rows, geometries, strict=True)
    }


def _said(area: Area, known: _Stored | None) -> dict[str, Any]:
    """The columns that come from the file; the population only where none is known and somebody can live there."""
    said: dict[str, Any] = {"ars": "", "designation": "", "is_unincorporated": False, "population": None}
    said |= known.said if known else {}
    said["name"] = area.name
    if area.ars is not None:
        said["ars"] = area.ars
    if area.designation is not None:
        said["designation"] = area.designation
        said["is_unincorporated"] = area.is_unincorporated
    if said["is_unincorporated"]:
        said["population"] = 0 if said["population"] == 0 else None
    elif said["population"] is None:
        said["population"] = area.residents
    return said


def _compared(territory: Territory, stored: Mapping[str, _Stored]) -> tuple[list[int], list[int]]:
    """Indices of the areas that the database does not have, and of those that it has otherwise."""
    new = [index for index, area in enumerate(territory.areas) if area.ags not in stored]
    there = [index for index, area in enumerate(territory.areas) if area.ags in stored]
    before = [stored[territory.areas[index].ags] for index in there]
    same = shapely.equals_exact([known.geometry for known in before], territory.geometries[there], SAME_PLACE)
    changed = [
        index
        for index, known, is_same in zip(there, before, same, strict=True)
        if not is_same or _said(territory.areas[index], known) != known.said
    ]
    return new, changed


def _figures(geometries: Geometries) -> list[tuple[shapely.Point, float]]:
    """For each area the point on which its symbol sits, well inside its largest part, and its square kilometres."""
    metric = project(geometries, WGS84, LAEA_EUROPE)
    largest = np.empty(len(metric), dtype=object)
    largest[:] = [max(parts.geoms, key=lambda part: part.area) for parts in metric]
    radius = shapely.maximum_inscribed_circle(largest, tolerance=CENTRE_WITHIN)
    centres = project(shapely.get_point(radius, 0), LAEA_EUROPE, WGS84)
    outside = ~shapely.contains_properly(geometries, centres)
    centres[outside] = shapely.point_on_surface(geometries[outside])
    return list(zip(centres, (shapely.area(metric) / 1e6).tolist(), strict=True))


def _stored_form(geometry: shapely.Geometry) -> Any:
    return GEOSGeometry(memoryview(shapely.to_wkb(geometry)), srid=WGS84)


def _places(report: Report) -> None:
    """Every entry lies in a municipality of the newest boundaries; which do not is said."""
    relocation = relocate()
    report.count("entries that changed their municipality", relocation.moved)
    report.count("entries in no municipality", len(relocation.outside))
    report.notes += [
        f"{type(entry).__name__} {entry.pk} lies in no municipality now: {entry.name}" for entry in relocation.outside
    ]
