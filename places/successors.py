"""Who succeeded whom through all editions: what became of a key that is gone, and what a municipality comes from.

Stored between neighbouring editions (models/succession.py); here it is followed from edition to edition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from places.keys import AGS_DIGITS, DISTRICT_DIGITS
from places.models import BoundaryEdition, Municipality, Region, Succession
from places.vocabulary import SuccessionKind, SuccessionState

UNAMBIGUOUS = 0.9  # of the area: so much of it in one successor speaks for the whole
WHOLE = 0.98
LEAST = 0.005  # of a municipality; less is not followed
NOTABLE = 0.02  # of a municipality of today: less of a former district makes it none of its successors
# It is another key or name, or a meadow less: the municipality is what it was.
STILL_ITSELF = {SuccessionKind.KEY_CHANGED, SuccessionKind.RENAMED, SuccessionKind.REMAINED}


@dataclass(frozen=True)
class Heir:
    """A municipality of the current edition that took over the one that is gone, in whole or in part."""

    municipality: Municipality
    area_share: float
    resident_share: float | None
    is_confirmed: bool

    @property
    def share(self) -> float:
        """Of the residents, or, where they are not counted, of the area."""
        return self.area_share if self.resident_share is None else self.resident_share


@dataclass(frozen=True)
class Fate:
    """What became of a municipality that the current edition no longer has."""

    predecessor: Municipality  # in the last edition that had it
    heirs: tuple[Heir, ...]  # of today, the largest part first
    # What is told is what ended it; only where nothing else happened, that it has another key.
    kind: str  # SuccessionKind of the largest part; "" where nothing is known
    into: tuple[Municipality, ...]  # that took it over then; the only one, or all
    effective_on: date | None
    since: date  # the last edition that had it as it was
    until: date  # the first that did not

    @property
    def sole(self) -> Heir | None:
        """The one that took over (nearly) all of it."""
        first = self.heirs[0] if self.heirs else None
        return first if first is not None and first.area_share >= UNAMBIGUOUS else None

    @property
    def is_other_key(self) -> bool:
        """Whether nothing but the key changed."""
        return self.kind == SuccessionKind.KEY_CHANGED and self.sole is not None

    @property
    def today(self) -> tuple[Municipality, ...]:
        """Who has the territory now."""
        return tuple(heir.municipality for heir in ([self.sole] if self.sole else self.heirs))

    @property
    def went_on(self) -> bool:
        """Whether others have the territory now than those that took it over."""
        return bool(self.into) and {each.ags for each in self.into} != {each.ags for each in self.today}

    def in_words(self) -> str:
        """A sentence or two for people, in their language: who went where, and when."""
        said = {
            "gone": self.predecessor.name,
            "names": _in_a_row(self.today if self.is_other_key else self.into or self.today),
            "today": _in_a_row(self.today),
            "old": self.predecessor.ags,
            "new": self.heirs[0].municipality.ags,
            "from": date_format(self.since, "DATE_FORMAT"),
            "until": date_format(self.until, "DATE_FORMAT"),
            "day": date_format(self.effective_on, "DATE_FORMAT") if self.effective_on else "",
        }
        if self.is_other_key and self.effective_on:
            return _("%(names)s hat seit dem %(day)s einen anderen Schlüssel: %(new)s statt %(old)s.") % said
        if self.is_other_key:
            return _("%(names)s hat einen anderen Schlüssel als früher: %(new)s statt %(old)s.") % said
        is_whole = not (self.into or self.today)[1:]
        if self.effective_on and is_whole:
            words = _("%(gone)s ging am %(day)s in %(names)s auf.") % said
        elif self.effective_on:
            words = _("%(gone)s wurde am %(day)s aufgeteilt: auf %(names)s.") % said
        elif is_whole:
            words = _("%(gone)s ging zwischen dem %(from)s und dem %(until)s in %(names)s auf.") % said
        else:
            words = _("%(gone)s wurde zwischen dem %(from)s und dem %(until)s aufgeteilt: auf %(names)s.") % said
        now = _("Heute gehört das Gebiet zu %(today)s.") % said
        return f"{words} {now}" if self.went_on else words

    def in_english(self) -> str:
        """A sentence or two for the API."""
        when = (
            f"on {self.effective_on.isoformat()}"
            if self.effective_on
            else f"between {self.since.isoformat()} and {self.until.isoformat()}"
        )
        gone = f"{self.predecessor.name} ({self.predecessor.ags})"
        if not self.heirs:
            return f"{gone} ceased to exist {when}."
        if self.is_other_key:
            since = f"since {self.effective_on.isoformat()}" if self.effective_on else "now"
            new = self.heirs[0].municipality
            return f"{new.name} has another key {since}: {new.ags}, no longer {self.predecessor.ags}."
        words = f"{gone} became part of {_with_keys(self.into or self.today)} {when}."
        return f"{words} Its territory is now in {_with_keys(self.today)}." if self.went_on else words


def _in_a_row(municipalities: Sequence[Municipality]) -> str:
    names = [each.name for each in municipalities]
    return _("%(first)s und %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]} if names[1:] else names[0]


def _with_keys(municipalities: Sequence[Municipality]) -> str:
    names = [f"{each.name} ({each.ags})" for each in municipalities]
    return ", ".join(names[:-1]) + (" and " if names[:-1] else "") + names[-1]


@dataclass(frozen=True)
class Forebear:
    """A municipality of an earlier edition that went, in whole or in part, into a later one."""

    municipality: Municipality
    area_share: float
    resident_share: float | None

    @property
    def share(self) -> float:
        """Of its residents, or, where they are not counted, of its area."""
        return self.area_share if self.resident_share is None else self.resident_share


def fate_of(ags: str) -> Fate | None:
    """What became of the municipality of this key; None where the current edition has it, or no edition ever had."""
    rows = list(Municipality.objects.filter(ags=ags).select_related("edition").defer("geometry"))
    rows.sort(key=lambda row: row.edition.date, reverse=True)
    current = BoundaryEdition.objects.current()
    if not rows or current is None or rows[0].edition_id == current.pk:
        return None
    # An edition that was never compared, because newer ones were there before it, hides no successor
    last, chain = next(
        ((row, chain) for row in rows if (chain := _editions_after(row.edition, current))), (rows[0], [])
    )
    parts: dict[int, tuple[float, float | None, bool]] = {last.pk: (1.0, 1.0, True)}
    for edition in chain:
        parts = _passed_on(parts, edition)
    heirs = (
        Municipality.objects.filter(pk__in=parts, edition=current)
        .select_related("edition", "district", "state")
        .defer("geometry")
    )
    found = [Heir(heir, *parts[heir.pk]) for heir in heirs if parts[heir.pk][0] >= LEAST]
    told = _ending(last, chain)
    is_whole = bool(told) and told[0].area_share >= UNAMBIGUOUS * sum(row.area_share for row in told)
    return Fate(
        predecessor=last,
        heirs=tuple(sorted(found, key=lambda heir: (-heir.area_share, heir.municipality.ags))),
        kind=told[0].kind if told else "",
        into=tuple(row.successor for row in told[: 1 if is_whole else None] if row.area_share >= LEAST),
        effective_on=told[0].effective_on if told else None,
        since=told[0].predecessor.edition.date if told else last.edition.date,
        until=told[0].successor.edition.date if told else chain[0].date if chain else current.date,
    )


def _ending(last: Municipality, chain: Sequence[BoundaryEdition]) -> list[Succession]:
    """What ended the municipality, the largest part first: the first that is more than another key or name; if it has
    only those, the first of them."""
    renamed: list[Succession] = []
    at = last
    for edition in chain:
        rows = list(
            Succession.objects.filter(predecessor=at, successor__edition=edition)
            .exclude(state=SuccessionState.REJECTED)
            .select_related("predecessor__edition", "successor__edition")
            .defer("predecessor__geometry", "successor__geometry")
            .order_by("-area_share", "successor__ags")
        )
        if not rows:
            same = Municipality.objects.filter(edition=edition, ags=at.ags).defer("geometry").first()
            if same is None:
                break
            at = same
            continue
        if rows[0].kind not in STILL_ITSELF:
            return rows
        renamed = renamed or rows
        at = rows[0].successor
    return renamed


def _editions_after(edition: BoundaryEdition, current: BoundaryEdition) -> list[BoundaryEdition]:
    """The editions that follow, one on the other, up to the current one; none where they were never compared."""
    rows = {row.pk: row for row in BoundaryEdition.objects.all()}
    chain, at = [], rows[current.pk]
    while at.pk != edition.pk:
        chain.append(at)
        if at.follows_id is None or rows[at.follows_id] in chain:
            return []
        at = rows[at.follows_id]
    return chain[::-1]


def _passed_on(
    parts: dict[int, tuple[float, float | None, bool]], edition: BoundaryEdition
) -> dict[int, tuple[float, float | None, bool]]:
    """Shares of municipalities of one edition as shares of those of the next, ``edition``."""
    rows: dict[int, list[Succession]] = {}
    told = Succession.objects.filter(predecessor__in=parts, successor__edition=edition)
    for row in told.exclude(state=SuccessionState.REJECTED):
        rows.setdefault(row.predecessor_id, []).append(row)
    silent = dict(Municipality.objects.filter(pk__in=[pk for pk in parts if pk not in rows]).values_list("ags", "pk"))
    same = Municipality.objects.filter(edition=edition, ags__in=silent).values_list("ags", "pk")
    passed: dict[int, tuple[float, float | None, bool]] = {}
    for ags, pk in same:
        _add(passed, pk, parts[silent[ags]])
    for pk, found in rows.items():
        area, residents, confirmed = parts[pk]
        # What was rejected went to the others
        whole = sum(row.area_share for row in found) or 1.0
        counted = [row.resident_share for row in found]
        people = None if None in counted else sum(filter(None, counted)) or None
        for row in found:
            share = None
            if residents is not None and people is not None:
                share = residents * (row.resident_share or 0.0) / people
            is_confirmed = confirmed and row.state == SuccessionState.CONFIRMED
            _add(passed, row.successor_id, (area * row.area_share / whole, share, is_confirmed))
    return passed


def _add(passed: dict[int, tuple[float, float | None, bool]], pk: int, more: tuple[float, float | None, bool]) -> None:
    area, residents, confirmed = passed.get(pk, (0.0, 0.0, True))
    both = None if residents is None or more[1] is None else residents + more[1]
    passed[pk] = (area + more[0], both, confirmed and more[2])


def forebears(municipality: Municipality) -> dict[int, list[Forebear]]:
    """By edition (id) what the municipality comes from, as far back as editions were compared; its own not."""
    editions = {row.pk: row for row in BoundaryEdition.objects.all()}
    found: dict[int, list[Forebear]] = {}
    at = editions[municipality.edition_id]
    # Of each municipality of the edition that is looked at: the share of it that ends in ``municipality``
    ends: dict[int, tuple[float, float | None]] = {municipality.pk: (1.0, 1.0)}
    while at.follows_id is not None and at.follows_id not in found and ends:
        before = editions[at.follows_id]
        ends = _traced(ends, before, at)
        rows = Municipality.objects.filter(pk__in=ends).select_related("edition").defer("geometry")
        found[before.pk] = [Forebear(row, *ends[row.pk]) for row in rows.order_by("ags") if ends[row.pk][0] >= LEAST]
        at = before
    return found


def _traced(
    ends: dict[int, tuple[float, float | None]], before: BoundaryEdition, at: BoundaryEdition
) -> dict[int, tuple[float, float | None]]:
    told = Succession.objects.filter(successor__in=ends, predecessor__edition=before)
    shares: dict[int, list[Succession]] = {}
    for row in told.exclude(state=SuccessionState.REJECTED):
        shares.setdefault(row.predecessor_id, []).append(row)
    own_keys = dict(Municipality.objects.filter(pk__in=ends).values_list("ags", "pk"))
    has_rows = Succession.objects.filter(predecessor__edition=before, successor__edition=at).exclude(
        state=SuccessionState.REJECTED
    )
    silent = (
        Municipality.objects.filter(edition=before, ags__in=own_keys)
        .exclude(pk__in=has_rows.values("predecessor"))
        .values_list("pk", "ags")
    )
    traced = {pk: ends[own_keys[ags]] for pk, ags in silent}
    for pk, rows in shares.items():
        area, residents = 0.0, 0.0
        counted = True
        for row in rows:
            later_area, later_residents = ends[row.successor_id]
            area += row.area_share * later_area
            if row.resident_share is None or later_residents is None:
                counted = False
            else:
                residents += row.resident_share * later_residents
        traced[pk] = (min(1.0, area), min(1.0, residents) if counted else None)
    return traced


@dataclass(frozen=True)
class DistrictFate:
    """What became of a district that the current edition no longer has."""

    predecessor: Region  # in the last edition that had it
    heirs: tuple[tuple[Region, float], ...]  # of today, with the share of its area that lies in each; the largest first
    municipalities: tuple[str, ...]  # of today, by their keys, that have more than a meadow of it
    until: date  # the edition that no longer had it

    @property
    def sole(self) -> Region | None:
        """The one that has (nearly) all of it."""
        return self.heirs[0][0] if self.heirs and self.heirs[0][1] >= UNAMBIGUOUS else None

    def in_words(self) -> str:
        """One sentence for people, in their language."""
        into = [self.sole] if self.sole else [region for region, _ in self.heirs]
        return _("%(gone)s (Schlüssel %(old)s) gibt es nicht mehr; das Gebiet gehört heute zu: %(names)s.") % {
            "gone": self.predecessor.full_name(),
            "old": self.predecessor.key,
            "names": ", ".join(map(_region_with_key, into)),
        }

    def in_english(self) -> str:
        """One sentence for the API."""
        into = ", ".join(_region_with_key(region) for region, _ in self.heirs)
        gone = _region_with_key(self.predecessor)
        return f"{gone} is no district since the edition {self.until.isoformat()}. Its territory is in: {into}."


def _region_with_key(region: Region) -> str:
    return f"{region.full_name()} ({region.key})" if region.name else region.key


def fate_of_district(key: str) -> DistrictFate | None:
    """What became of a district: where its municipalities went. None where the current edition has it, or none had."""
    rows = sorted(
        Region.objects.filter(key=key).select_related("edition"), key=lambda row: row.edition.date, reverse=True
    )
    current = BoundaryEdition.objects.current()
    if not rows or current is None or rows[0].edition_id == current.pk:
        return None
    last, chain = next(
        ((row, chain) for row in rows if (chain := _editions_after(row.edition, current))), (rows[0], [])
    )
    areas = dict(Municipality.objects.filter(district=last).values_list("pk", "area_km2"))
    total = sum(areas.values())
    parts: dict[int, tuple[float, float | None, bool]] = {pk: (own / total, None, True) for pk, own in areas.items()}
    for edition in chain:
        parts = _passed_on(parts, edition)
    shares: dict[int, float] = {}
    municipalities = []
    there = Municipality.objects.filter(pk__in=parts, edition=current).order_by("ags")
    for pk, ags, district, area in there.values_list("pk", "ags", "district_id", "area_km2"):
        shares[district] = shares.get(district, 0.0) + parts[pk][0]
        if parts[pk][0] * total >= NOTABLE * area:
            municipalities.append(ags)
    regions = Region.objects.in_bulk([pk for pk, share in shares.items() if share >= LEAST])
    heirs = sorted(regions.values(), key=lambda region: (-shares[region.pk], region.key))
    return DistrictFate(
        predecessor=last,
        heirs=tuple((region, shares[region.pk]) for region in heirs),
        municipalities=tuple(municipalities),
        until=chain[0].date if chain else current.date,
    )


def current_keys(areas: Iterable[str]) -> list[str]:
    """Keys of areas with each municipality that is gone replaced by those that took it over."""
    wanted = list(areas)
    heirs = heirs_of(area for area in wanted if len(area) == AGS_DIGITS)
    return list(dict.fromkeys(key for area in wanted for key in heirs.get(area, (area,))))


def heirs_of(areas: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Of the keys that are those of municipalities or districts which are gone: the municipalities that took them over,
    as far as any did."""
    wanted = set(areas)
    current = BoundaryEdition.objects.order_by("-date").values("pk")[:1]
    there = {
        *Municipality.objects.current().filter(ags__in=wanted).values_list("ags", flat=True),
        *Region.objects.filter(edition__in=current, key__in=wanted).values_list("key", flat=True),
    }
    found: dict[str, tuple[str, ...]] = {}
    for key in sorted(wanted - there):
        if len(key) == AGS_DIGITS and (fate := fate_of(key)):
            found[key] = tuple(heir.municipality.ags for heir in fate.heirs)
        elif len(key) == DISTRICT_DIGITS and (former := fate_of_district(key)):
            found[key] = former.municipalities
    return {key: heirs for key, heirs in found.items() if heirs}


def lying_in(ags: Iterable[str]) -> Q:
    """Entries in municipalities of these keys. A key that is gone means the territory it had."""
    wanted = set(ags)
    found = Q(municipality__ags__in=wanted)
    for territory in gone_territories(wanted):
        found |= Q(location__intersects=territory)
    return found


def gone_territories(ags: Iterable[str]) -> list[Any]:
    """The territories that those of the keys had that are gone."""
    wanted = set(ags)
    current = Municipality.objects.current().filter(ags__in=wanted).values_list("ags", flat=True)
    rows = Municipality.objects.order_by("-edition__date").only("geometry")
    last = (rows.filter(ags=key).first() for key in sorted(wanted.difference(current)))
    return [municipality.geometry for municipality in last if municipality is not None]
