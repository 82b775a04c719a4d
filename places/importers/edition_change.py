"""The step from one edition of boundaries to the next: who succeeds whom, and what goes over.

Matching by overlap: places/succession.py. The official list: changes_list.py. What goes over: carrying.py, cells.py.
What is told of it: edition_report.py.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.utils import timezone

from places import keys
from places.geo import LAEA_EUROPE, WGS84, Geometries, project
from places.importers.carrying import (
    Origin,
    carry_facts,
    carry_mandates,
    carry_served_areas,
    successor_keys,
)
from places.importers.cells import Cells, assigned, write_cells
from places.importers.changes_list import Official, Part, read_changes
from places.importers.edition_report import tell
from places.importers.report import Progress, Report, announce, refuse_rejected
from places.importers.rows import Rejected
from places.models import BoundaryEdition, Municipality, Region, Succession
from places.signals import boundaries_changed
from places.succession import Match, match, resident_shares
from places.successors import UNAMBIGUOUS
from places.vocabulary import SuccessionKind, SuccessionSource, SuccessionState

NOTABLE = 0.02  # of a municipality: what is less is a matter of surveyors
BATCH = 500


@dataclass(frozen=True)
class Side:
    """The municipalities of one edition by AGS, and their polygons in EPSG:3035 metres in the same order."""

    edition: BoundaryEdition
    rows: list[Municipality]
    polygons: Geometries

    @cached_property
    def index(self) -> dict[str, int]:
        """Where a key is."""
        return {row.ags: index for index, row in enumerate(self.rows)}

    @cached_property
    def states(self) -> set[str]:
        """The keys of the states that it has anything of."""
        return {keys.state_key(row.ags) for row in self.rows}

    def within(self, states: Collection[str]) -> "Side":
        """Only what lies in these states."""
        inside = [index for index, row in enumerate(self.rows) if keys.state_key(row.ags) in states]
        return Side(self.edition, [self.rows[index] for index in inside], self.polygons[inside])

    @classmethod
    def of(cls, edition: BoundaryEdition) -> "Side":
        """What the database has."""
        found = (
            Municipality.objects.of_edition(edition).defer("geometry").order_by("ags").annotate(wkb=AsWKB("geometry"))
        )
        rows, polygons = [], []
        for row in found.iterator(chunk_size=BATCH):
            polygons.append(shapely.from_wkb(bytes(row.__dict__.pop("wkb"))))
            rows.append(row)
        metric = project(np.array(polygons, dtype=object), WGS84, LAEA_EUROPE)
        invalid = ~shapely.is_valid(metric)
        metric[invalid] = shapely.make_valid(metric[invalid])
        return cls(edition, rows, metric)


def change_edition(
    edition: BoundaryEdition,
    created: Collection[str],
    changes: Path | None,
    *,
    skip_invalid: bool,
    report: Report,
    progress: Progress,
) -> bool:
    """Settle who succeeded whom between ``edition`` and the one before: call it when its municipalities are stored. Of
    one that is older than all others: between it and the next.

    ``created``: the keys whose rows are new; only they get facts, and only in the newest edition. Nothing happens to
    the only edition, nor to one between two that were compared. What an administrator decided, and what the official
    list said, is not proposed anew. Returns whether the census grid went over too. Raises RefusedError for a list that
    is wrong.
    """
    pair = _compared(edition)
    if pair is None:
        if BoundaryEdition.objects.exclude(pk=edition.pk).exists():
            report.notes.append(
                f"{edition} lies between two editions that were compared with each other: who succeeded whom is told "
                "by these, and an address goes on only if one of them knows its key"
            )
        if changes is not None:
            report.notes.append(f"{changes}: not read; there are no two editions to compare")
        return False
    announce(progress, "comparing editions")
    earlier_edition, newer_edition = pair
    BoundaryEdition.objects.filter(pk=newer_edition.pk).exclude(follows=earlier_edition).update(
        follows=earlier_edition, followed_at=timezone.now()
    )
    before, newer = Side.of(earlier_edition), Side.of(newer_edition)
    # An edition of some states says nothing of the others, not even of those along its borders
    older = before.within(newer.states)
    if elsewhere := len(before.rows) - len(older.rows):
        report.notes.append(
            f"{elsewhere} municipalities of {earlier_edition} lie in states that this edition lacks: read them into it "
            "too, for the atlas shows the newest edition only"
        )
    _names_of_regions(older, newer)
    official = _official(older, newer, changes, skip_invalid, report)
    pairs = match([row.ags for row in older.rows], older.polygons, [row.ags for row in newer.rows], newer.polygons)
    if edition == newer_edition:
        _what_they_are(older, newer, pairs, created, report)
    announce(progress, "carrying the census grid over")
    cells = assigned(older, newer, pairs)
    found = _successions(older, newer, pairs, official, cells, has_list=changes is not None)
    kept = _write(older, newer, found, report)
    has_cells = write_cells(cells, older, newer, report, progress)
    by_ags = newer.index
    origins = _origins(older, newer, kept)
    if edition == BoundaryEdition.objects.current():
        carry_facts([(newer.rows[by_ags[key]], origins.get(key, [])) for key in sorted(created)], report)
        carry_keys(newer_edition, report)
    tell(older, newer, kept, origins, _reused(older, newer, pairs), pairs.wandering, report)
    boundaries_changed.send(sender=BoundaryEdition)
    return has_cells


def _compared(edition: BoundaryEdition) -> tuple[BoundaryEdition, BoundaryEdition] | None:
    """Which two editions one of them is to be compared in, the earlier first; None for the only one, and for one that
    came when its neighbours had been compared."""
    earlier = BoundaryEdition.objects.filter(date__lt=edition.date).order_by("-date").first()
    later = BoundaryEdition.objects.filter(date__gt=edition.date).order_by("date").first()
    if earlier is not None and (later is None or edition.follows_id == earlier.pk):
        return earlier, edition
    return (edition, later) if later is not None and later.follows_id in (None, edition.pk) else None


def _names_of_regions(older: Side, newer: Side) -> None:
    """A file without layers of districts and states leaves them without names: they have those of before."""
    known = {region.key: region for region in Region.objects.filter(edition=older.edition).exclude(name="")}
    nameless = [region for region in Region.objects.filter(edition=newer.edition, name="") if region.key in known]
    for region in nameless:
        region.name, region.designation = known[region.key].name, known[region.key].designation
    Region.objects.bulk_update(nameless, ["name", "designation"], batch_size=BATCH)


def carry_keys(newer_edition: BoundaryEdition, report: Report) -> None:
    """Mandates and served areas of what is gone go to the successors that are certain: confirmed, or unambiguous."""
    current = set(Municipality.objects.of_edition(newer_edition).values_list("ags", flat=True))
    rows = list(
        Succession.objects.filter(successor__edition=newer_edition)
        .exclude(state=SuccessionState.REJECTED)
        .select_related("predecessor", "successor")
        .defer("predecessor__geometry", "successor__geometry")
    )
    largest: dict[int, float] = defaultdict(float)
    proposed = set()
    for row in rows:
        largest[row.predecessor_id] = max(largest[row.predecessor_id], row.area_share)
        if row.state == SuccessionState.PROPOSED:
            proposed.add(row.predecessor_id)
    open_ones = {pk for pk in proposed if largest[pk] < UNAMBIGUOUS}
    certain = [row for row in rows if row.predecessor_id not in open_ones]
    successors = successor_keys(certain, current)
    uncertain = {keys.district_key(row.predecessor.ags) for row in rows if row.predecessor_id in open_ones}
    successors = {old: new for old, new in successors.items() if new and old not in uncertain}
    carry_mandates(successors, report)
    carry_served_areas(successors, report)


def _what_they_are(older: Side, newer: Side, pairs: Match, created: Collection[str], report: Report) -> None:
    """A file without designations (BEZ) does not say what is a town and what an unincorporated area: new rows are what
    nearly all of their territory was, else unknown."""
    square_kilometres: dict[int, dict[int, float]] = defaultdict(dict)
    for old, new, share in zip(pairs.old.tolist(), pairs.new.tolist(), pairs.share.tolist(), strict=True):
        square_kilometres[new][old] = share * older.rows[old].area_km2
    told: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for key in created:
        row, parts = newer.rows[newer.index[key]], square_kilometres[newer.index[key]]
        if row.designation or not parts:
            continue
        same = older.index.get(key)
        first = same if same in parts else max(parts, key=lambda old: parts[old])
        was = older.rows[first]
        forest = sum(area for old, area in parts.items() if older.rows[old].is_unincorporated)
        row.is_unincorporated = forest >= UNAMBIGUOUS * sum(parts.values())
        if was.is_unincorporated == row.is_unincorporated and (first == same or len(parts) == 1):
            row.designation = was.designation
        if row.is_unincorporated and row.population:
            row.population = None  # nobody can be counted there
        told[row.designation, row.is_unincorporated].append(row.pk)
    for (designation, is_unincorporated), rows in told.items():
        facts: dict[str, Any] = {"designation": designation, "is_unincorporated": is_unincorporated}
        for start in range(0, len(rows), BATCH):
            some = Municipality.objects.filter(pk__in=rows[start : start + BATCH])
            if is_unincorporated:
                some.filter(population__gt=0).update(population=None)
            some.update(**facts)
    forests = sum(len(rows) for (_, is_unincorporated), rows in told.items() if is_unincorporated)
    report.count("unincorporated areas, as in the edition before", forests)


def _official(older: Side, newer: Side, changes: Path | None, skip_invalid: bool, report: Report) -> Official:
    if changes is None:
        return {}
    rejected = Rejected(str(changes))
    official = read_changes(
        changes,
        after=older.edition.date,
        until=newer.edition.date,
        earlier=older.index.keys(),
        newer=newer.index.keys(),
        rejected=rejected,
        report=report,
    )
    refuse_rejected(rejected, skip_invalid)
    report.rejected.take(rejected)
    return official


@dataclass(frozen=True)
class _Found:
    """A succession before it is stored: indices of both municipalities."""

    old: int
    new: int
    part: Part
    source: SuccessionSource


def _successions(
    older: Side, newer: Side, pairs: Match, official: Official, cells: Cells | None, *, has_list: bool
) -> list[_Found]:
    """Everything that is not "the same key with the same name and territory"."""
    by_key, found = newer.index, []
    counted = np.full(len(pairs.old), np.nan)
    if cells is not None:
        inside = cells.new >= 0
        counted = resident_shares(pairs, cells.old[inside], cells.new[inside], cells.residents[inside].astype(float))
    of_old: dict[int, list[int]] = defaultdict(list)
    for pair, old in enumerate(pairs.old.tolist()):
        of_old[old].append(pair)
    reused = _reused(older, newer, pairs)
    for old, row in enumerate(older.rows):
        parts = official.get(row.ags)
        if parts is not None:
            found += [
                _Found(old, by_key[key], part, SuccessionSource.OFFICIAL)
                for key, part in _notable(
                    row, newer.rows[by_key[row.ags]] if row.ags in by_key else None, parts
                ).items()
            ]
            continue
        went = [pair for pair in of_old[old] if pairs.share[pair] >= NOTABLE or row.ags not in by_key]
        if row.ags in by_key and row.ags not in reused and (has_list or len(went) < 2):
            # The list is complete: what it does not tell of is the work of generalising
            if _bare(row.name) != _bare(newer.rows[by_key[row.ags]].name):
                renamed = Part(1.0, 1.0, SuccessionKind.RENAMED, None, "")
                found.append(_Found(old, by_key[row.ags], renamed, SuccessionSource.OVERLAP))
            continue
        total = sum(float(pairs.share[pair]) for pair in went)
        for pair in went:
            new = int(pairs.new[pair])
            residents = None if np.isnan(counted[pair]) else float(counted[pair])
            part = Part(float(pairs.share[pair]) / total, residents, _kind(older, newer, old, new, reused), None, "")
            found.append(_Found(old, new, part, SuccessionSource.OVERLAP))
    return found


def _notable(row: Municipality, same: Municipality | None, parts: Mapping[str, Part]) -> Mapping[str, Part]:
    """What is worth a row of its own: of a municipality that stayed, not the exchange of a meadow."""
    if same is None or len(parts) == 1:
        return parts
    return (
        parts
        if any(max(part.area, part.residents or 0) >= NOTABLE for key, part in parts.items() if key != row.ags)
        else {}
    )


def _reused(older: Side, newer: Side, pairs: Match) -> set[str]:
    """Keys that another municipality has now: of another name, and nothing of the territory is the same."""
    stayed = {
        older.rows[old].ags
        for old, new, share in zip(pairs.old.tolist(), pairs.new.tolist(), pairs.share.tolist(), strict=True)
        if older.rows[old].ags == newer.rows[new].ags and share >= NOTABLE
    }
    return {
        row.ags
        for row in older.rows
        if row.ags in newer.index
        and row.ags not in stayed
        and _bare(row.name) != _bare(newer.rows[newer.index[row.ags]].name)
    }


def _kind(older: Side, newer: Side, old: int, new: int, reused: Collection[str]) -> SuccessionKind:
    row, there = older.rows[old], newer.rows[new]
    if row.ags in newer.index and row.ags not in reused:
        return SuccessionKind.REMAINED if there.ags == row.ags else SuccessionKind.PART
    is_founded = there.ags not in older.index
    return (
        SuccessionKind.KEY_CHANGED if is_founded and _bare(row.name) == _bare(there.name) else SuccessionKind.DISSOLVED
    )


def _bare(name: str) -> str:
    """Without what some files add, and how they set it: "Korbach, Kreisstadt" is Korbach, "a.See" is "a. See"."""
    return "".join(filter(str.isalnum, name.split(",")[0])).casefold()


def _write(older: Side, newer: Side, found: list[_Found], report: Report) -> list[Succession]:
    """Store what was found; what somebody decided before stays. Returns what stands now, without what was rejected."""
    stored = {
        (row.predecessor_id, row.successor_id): row
        for row in Succession.objects.filter(predecessor__edition=older.edition, successor__edition=newer.edition)
    }
    new, stands, now = [], [], timezone.now()
    settled = {
        row.predecessor_id
        for row in stored.values()
        if row.state != SuccessionState.PROPOSED or row.source == SuccessionSource.OFFICIAL
    }
    told = {older.rows[each.old].pk for each in found if each.source == SuccessionSource.OFFICIAL}
    outdated = [row.pk for row in stored.values() if row.predecessor_id in told or row.predecessor_id not in settled]
    Succession.objects.filter(pk__in=outdated).delete()
    for each in found:
        predecessor, successor = older.rows[each.old], newer.rows[each.new]
        if predecessor.pk in settled - told:
            continue
        before = stored.get((predecessor.pk, successor.pk))
        known_since = before.confirmed_at if before is not None else None  # what is told once is not told again
        is_certain = each.source == SuccessionSource.OFFICIAL or each.part.kind == SuccessionKind.RENAMED
        new.append(
            Succession(
                predecessor=predecessor,
                successor=successor,
                kind=each.part.kind,
                effective_on=each.part.effective_on,
                area_share=min(1.0, each.part.area),
                resident_share=None if each.part.residents is None else min(1.0, each.part.residents),
                source=each.source,
                reference=each.part.reference,
                state=SuccessionState.CONFIRMED if is_certain else SuccessionState.PROPOSED,
                confirmed_at=(known_since or now) if is_certain else None,
            )
        )
    Succession.objects.bulk_create(new, batch_size=BATCH)
    rows = {row.pk: row for side in (older, newer) for row in side.rows}
    stands = list(
        Succession.objects.filter(predecessor__edition=older.edition, successor__edition=newer.edition)
        .exclude(state=SuccessionState.REJECTED)
        .order_by("predecessor__ags", "-area_share", "successor__ags")
    )
    for row in stands:
        row.predecessor, row.successor = rows[row.predecessor_id], rows[row.successor_id]
    proposed = sum(row.state == SuccessionState.PROPOSED for row in stands)
    report.count("successions stored", len(new))
    report.count("of them proposed by overlap, to be confirmed", proposed)
    return stands


def _origins(older: Side, newer: Side, rows: list[Succession]) -> dict[str, list[Origin]]:
    """For each municipality of the newer edition what it comes from; who has no row succeeds herself."""
    origins: dict[str, list[Origin]] = defaultdict(list)
    told = set()
    for row in rows:
        told.add(row.predecessor_id)
        origin = Origin(row.predecessor, row.area_share, row.resident_share, SuccessionKind(row.kind))
        origins[row.successor.ags].append(origin)
    by_key = newer.index
    for municipality in older.rows:
        if municipality.pk not in told and municipality.ags in by_key:
            origins[municipality.ags].append(Origin(municipality, 1.0, 1.0, SuccessionKind.REMAINED))
    return origins
