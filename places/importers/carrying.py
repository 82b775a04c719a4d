"""What goes over to the successors when an edition changes: facts of municipalities, mandates, served areas.

Who succeeds whom: edition_change.py. Entries find their municipality by their coordinates: places/locating.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from places import keys
from places.facts import facts_of
from places.importers.report import Report
from places.models import Change, Mandate, Municipality, ServedArea, Submission, Succession, Support
from places.vocabulary import ActedAs, Condition, SubmissionState, SuccessionKind, Verb

LEAST_PART = 0.02  # of a municipality: from what is less of it no word is needed
DECIDES = 0.9  # of a municipality: so much of it speaks for the whole
WHOLE = 0.98  # of a predecessor that went over
TIER = ("zok_tier", "zok_detail", "zok_source")
POPULATION = ("population", "population_on", "population_source")
CARRIED = (*POPULATION, *TIER, "inventory_completed_on", *Condition.values)
SOURCE_LENGTH = 300
BATCH = 500


@dataclass(frozen=True)
class Origin:
    """A municipality of the earlier edition and how much of it went over."""

    municipality: Municipality
    area: float  # share of it
    residents: float | None
    kind: SuccessionKind

    @property
    def share(self) -> float:
        """Of its residents, or, where they are not counted, of its area."""
        return self.area if self.residents is None else self.residents

    @property
    def square_kilometres(self) -> float:
        """What it brings."""
        return self.area * self.municipality.area_km2


def carry_facts(created: Sequence[tuple[Municipality, Sequence[Origin]]], report: Report) -> None:
    """Give new rows of municipalities what is known of those they come from; the population of the file stays."""
    changed, records = [], []
    for municipality, origins in created:
        if not origins:
            continue
        facts = _facts(municipality, origins, report)
        if all(getattr(municipality, name) == value for name, value in facts.items()):
            continue
        for name, value in facts.items():
            setattr(municipality, name, value)
        changed.append(municipality)
        if len(origins) > 1 or origins[0].municipality.ags != municipality.ags:
            records.append(_record(municipality, origins))
    _update(changed)
    Change.objects.bulk_create(filter(None, records), batch_size=BATCH)
    report.count("municipalities with facts of their predecessors", len(changed))


def _update(municipalities: Sequence[Municipality]) -> None:
    """One statement for each row, prepared once: bulk_update takes a quarter of a minute for Germany."""
    columns: list[Any] = [Municipality._meta.get_field(name) for name in CARRIED]
    assigned = ", ".join(f"{field.column} = %s" for field in columns)
    rows = [
        (*(field.get_db_prep_save(getattr(row, field.name), connection) for field in columns), row.pk)
        for row in municipalities
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE places_municipality SET {assigned} WHERE id = %s", rows)  # noqa: S608


def _facts(municipality: Municipality, origins: Sequence[Origin], report: Report) -> dict[str, Any]:
    if len(origins) == 1 and origins[0].area >= WHOLE:
        only = origins[0].municipality
        facts = {name: getattr(only, name) for name in CARRIED}
    else:
        weighed = _weighed(origins)
        main = [origin for origin, weight in weighed if weight >= LEAST_PART]
        decides = weighed[0][1] > DECIDES
        facts = _population([origin for origin, _ in weighed])
        facts |= _agreed(municipality, main, decides, TIER, "tier", report)
        for condition in Condition.values:
            facts |= _agreed(municipality, main, decides, (condition,), condition, report)
        completed = [origin.municipality.inventory_completed_on for origin in main]
        facts["inventory_completed_on"] = min(filter(None, completed)) if all(completed) else None
        if any(completed) and not all(completed):
            report.count("inventories that are no longer complete: not every predecessor's was")
    if municipality.is_unincorporated:
        facts |= dict(zip(POPULATION, (None, None, ""), strict=True))
        facts["population"] = 0 if municipality.population == 0 else None
    elif municipality.population is not None:  # the file knows better
        facts |= {name: getattr(municipality, name) for name in POPULATION}
    return facts


def _weighed(origins: Sequence[Origin]) -> list[tuple[Origin, float]]:
    """Each with the share of the municipality that it brings, of residents or, where they are not known, of the area;
    the largest first."""
    residents = [0 if origin.municipality.is_unincorporated else origin.municipality.population for origin in origins]
    weights = [(number or 0) * origin.share for number, origin in zip(residents, origins, strict=True)]
    if None in residents or not sum(weights):
        weights = [origin.square_kilometres for origin in origins]
    pairs = [(origin, weight / sum(weights)) for origin, weight in zip(origins, weights, strict=True)]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].municipality.ags))


def _population(origins: Sequence[Origin]) -> dict[str, Any]:
    """The sum over all predecessors where each is known, and in words that it is one."""
    inhabited = [origin for origin in origins if not origin.municipality.is_unincorporated]
    known = [origin.municipality.population for origin in inhabited]
    if not inhabited or any(population is None for population in known):
        return dict(zip(POPULATION, (None, None, ""), strict=True))
    number = sum(round((population or 0) * origin.share) for population, origin in zip(known, inhabited, strict=True))
    days = {origin.municipality.population_on for origin in inhabited}
    names = ", ".join(
        origin.municipality.name if origin.share >= WHOLE else f"{origin.share * 100:.0f} % von {origin.municipality}"
        for origin in inhabited
    )
    sources = "; ".join(dict.fromkeys(filter(None, (origin.municipality.population_source for origin in inhabited))))
    words = f"Summe der Vorgänger: {names}" + (f". {sources}" if sources else "")
    oldest = None if None in days else min(filter(None, days))
    return dict(zip(POPULATION, (number, oldest, _short(words)), strict=True))


def _short(words: str) -> str:
    return words if len(words) <= SOURCE_LENGTH else words[: SOURCE_LENGTH - 1] + "…"


def _agreed(
    municipality: Municipality,
    origins: Sequence[Origin],
    decides: bool,
    names: tuple[str, ...],
    called: str,
    report: Report,
) -> dict[str, Any]:
    """What all predecessors agree in, or what the first says if nearly all comes from it; else unknown."""
    first = origins[0].municipality
    value = getattr(first, names[0])
    agree = all(getattr(origin.municipality, names[0]) == value for origin in origins)
    if agree or decides:
        return {name: getattr(first, name) for name in names}
    report.notes.append(f"{municipality} ({municipality.ags}): {called} is unknown now, its predecessors differ")
    return {name: None if Municipality._meta.get_field(name).null else "" for name in names}


def _record(municipality: Municipality, origins: Sequence[Origin]) -> Change | None:
    """A line of what reviewers state, which the record shows by its key."""
    names = ("inventory_completed_on", *Condition.values)
    after = {name: getattr(municipality, name) for name in names if getattr(municipality, name) is not None}
    if not after:
        return None
    after = {name: value.isoformat() if isinstance(value, date) else value for name, value in after.items()}
    told = ", ".join(f"{origin.municipality} ({origin.municipality.ags})" for origin in origins)
    return Change(
        verb=Verb.IMPORTED,
        acted_as=ActedAs.PLATFORM,
        ags=municipality.ags,
        before={},
        after=after,
        reason=f"Von den Vorgängern übernommen: {told}",
    )


# --- Keys -----------------------------------------------------------------------------------------------------------


def successor_keys(rows: Iterable[Succession], current: set[str]) -> dict[str, list[str]]:
    """For each key of a municipality or a district that is gone: the keys that took it over, the largest part first.

    A district goes to the districts of its municipalities' successors, those with less than LEAST_PART left out.
    """
    found: dict[str, dict[str, float]] = {}
    districts: dict[str, dict[str, float]] = {}
    current_districts = {keys.district_key(key) for key in current}
    for row in rows:
        old, new = row.predecessor.ags, row.successor.ags
        if old not in current:
            found.setdefault(old, {})[new] = row.area_share
        district = keys.district_key(old)
        if district not in current_districts:
            parts = districts.setdefault(district, {})
            parts[keys.district_key(new)] = (
                parts.get(keys.district_key(new), 0.0) + row.area_share * row.predecessor.area_km2
            )
    for district, parts in districts.items():
        total = sum(parts.values())
        found[district] = {key: area / total for key, area in parts.items()}
    return {
        old: [key for key, share in sorted(parts.items(), key=lambda part: (-part[1], part[0])) if share >= LEAST_PART]
        for old, parts in found.items()
    }


def carry_mandates(successors: Mapping[str, list[str]], report: Report) -> None:
    """Who reviewed in a municipality or a district that is gone reviews in what took it over, on record."""
    for mandate in Mandate.objects.filter(area__in=successors).order_by("pk"):
        gone = mandate.area
        for index, area in enumerate(successors[gone]):
            if index:
                mandate = Mandate(user_id=mandate.user_id, starts_on=mandate.starts_on, ends_on=mandate.ends_on)
            mandate.area = area
            mandate.save()
            Change.objects.create(
                verb=Verb.GAVE_MANDATE,
                acted_as=ActedAs.PLATFORM,
                ags=area,
                before={"user": mandate.user_id, "area": gone},
                after={"user": mandate.user_id, "area": area},
                reason=f"{gone} ging in {area} auf",
            )
        report.count("mandates that went over to successors")
        report.notes.append(f"a mandate for {gone} is one for {', '.join(successors[gone])} now")


def carry_served_areas(successors: Mapping[str, list[str]], report: Report) -> None:
    """Support structures serve what took over the areas they served; also where a change of them still waits."""
    touched = Support.objects.filter(areas__area__in=successors).distinct().order_by("pk")
    for support in touched.select_related("municipality").defer("municipality__geometry"):
        before = facts_of(support)["areas"]
        after = replaced(before, successors)
        support.areas.exclude(area__in=after).delete()
        ServedArea.objects.bulk_create(
            ServedArea(support=support, area=area) for area in after if area not in set(before)
        )
        Support.objects.filter(pk=support.pk).update(updated_at=timezone.now())
        Change.objects.create(
            verb=Verb.IMPORTED,
            acted_as=ActedAs.PLATFORM,
            ags=support.municipality.ags if support.municipality else "",
            support=support,
            before={"areas": before},
            after={"areas": after},
            reason="Neuer Gebietsstand",
        )
        report.count("support structures whose areas went over to successors")
    open_states = (SubmissionState.UNCONFIRMED, SubmissionState.WAITING, SubmissionState.ASKED_BACK)
    for submission in Submission.objects.filter(support__isnull=False, state__in=open_states):
        changed = False
        for facts in (submission.values, submission.base):
            if facts and facts.get("areas") and facts["areas"] != (now := replaced(facts["areas"], successors)):
                facts["areas"], changed = now, True
        if changed:
            submission.save(update_fields=["values", "base"])


def replaced(areas: Iterable[str], successors: Mapping[str, list[str]]) -> list[str]:
    """The areas with those that are gone replaced by what took them over."""
    return sorted({now for area in areas for now in successors.get(area, [area])})
