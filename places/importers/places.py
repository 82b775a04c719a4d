"""import_places: places and their actors from CSV or GeoJSON, found again by ``external_id``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone

from places.facts import forget_persons
from places.importers.entry_rows import (
    each_once,
    fields_of,
    first_columns,
    last_columns,
    longest,
    same,
    text_of,
    with_municipality,
)
from places.importers.municipalities import edition_of
from places.importers.recorded import Altered, record_import
from places.importers.report import Progress, Report, announce, in_batches, one_transaction, refuse_rejected, silent
from places.importers.rows import (
    Column,
    Rejected,
    Row,
    day,
    read_features,
    read_table,
    text,
    whole_number,
    yes_no,
)
from places.models import Actor, BoundaryEdition, Involvement, Place
from places.vocabulary import RATINGS, Circle, Criterion, Kind, Publication, Rating, Role, Sector

BATCH = 500
NO_FIELDS = {word.value for word in (*Role, *Circle)}  # columns that speak of actors

# Name, sector, and of those without a name which one it is at the place: its circle and 1, 2, …; "" of all others.
ActorKey = tuple[str, str, str]
Ties = dict[ActorKey, tuple[str, frozenset[str]]]  # circle and roles of each actor at one place


def columns(today: date) -> tuple[Column, ...]:
    """The columns of the table, GeoJSON's properties; a confirmation that is told of has come."""
    rating = whole_number(min(Rating), max(Rating))
    return (
        *first_columns(Place, Kind.values, today),
        Column("founded_on", day),
        Column("opening_hours", text_of(Place, "opening_hours")),
        *(Column(criterion.value, yes_no) for criterion in Criterion),
        *(Column(subject.value, rating) for subject in RATINGS),
        *(Column(role.value, _actors) for role in Role),
        *(Column(circle.value, _actors) for circle in Circle),
        *last_columns(Place),
    )


def import_places(
    path: Path,
    *,
    today: date,
    fictional: bool = False,
    skip_invalid: bool = False,
    dry_run: bool = False,
    progress: Progress = silent,
) -> Report:
    """Published places from ``path``, CSV or GeoJSON by its suffix; the municipality follows from the coordinates.

    Places that are there are updated by their ``external_id``; others stay. Raises RefusedError.
    """
    report = Report(str(path), rejected=Rejected(str(path)), dry_run=dry_run)
    read = read_features if path.suffix.lower() in (".geojson", ".json") else read_table
    rows = each_once(progress(read(path, columns(today), report.rejected), "reading places"), report.rejected)
    with one_transaction(dry_run):
        announce(progress, "locating places")
        located = _located(rows, edition_of(path, None), report.rejected)
        refuse_rejected(report.rejected, skip_invalid)
        _write(located, fictional, report, progress)
    report.count("rows skipped", len(report.rejected.lines))
    return report


# --- Cells ----------------------------------------------------------------------------------------------------------


def _actors(cell: str) -> tuple[ActorKey, ...]:
    """``Dorfverein|civil_society; Gemeinde X|administration`` as names with sectors, each once; ``|civil_society`` is a
    person who is not named."""
    found: list[ActorKey] = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        name, bar, sector = (piece.strip() for piece in part.rpartition("|"))
        if not bar:
            raise ValueError(f"“{part}” has no sector, as in Dorfverein|civil_society")
        if sector not in Sector.values:
            raise ValueError(f"“{sector}” is not one of {', '.join(Sector.values)}")
        if not name:
            found.append(("", sector, str(1 + sum(other[:2] == ("", sector) for other in found))))
            continue
        actor = (text(longest(Actor, "name"))(name), sector, "")
        if actor in found:
            raise ValueError(f"“{part}” is named twice")
        found.append(actor)
    return tuple(found)


# --- Rows -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Located:
    """A row with the municipality it lies in and its actors; None where the file has no column of actors."""

    row: Row
    municipality: int
    ties: Ties | None


def _located(rows: Sequence[Row], stand: BoundaryEdition, rejected: Rejected) -> list[_Located]:
    located = []
    for row, municipality in with_municipality(rows, stand, rejected):
        try:
            ties = _ties(row)
        except ValueError as error:
            rejected.add(row.line, *error.args)
            continue
        if municipality is not None:
            located.append(_Located(row, municipality, ties))
    return located


def _ties(row: Row) -> Ties | None:
    """Who takes part: holders of a role are key actors; nobody stands in two circles."""
    if not any(word.value in row.values for word in (*Role, *Circle)):
        return None
    circles: dict[ActorKey, str] = {}
    roles: dict[ActorKey, set[str]] = {}
    for word in (*Role, *Circle):
        circle = word if isinstance(word, Circle) else Circle.KEY_ACTOR
        for actor in row.values.get(word.value) or ():
            if not actor[0]:
                actor = ("", actor[1], f"{circle.value} {actor[2]}")
            if circles.setdefault(actor, circle.value) != circle.value:
                raise ValueError(word.value, f"is in the circle {circles[actor]} already", "|".join(actor[:2]))
            roles.setdefault(actor, set()).update({word.value} if isinstance(word, Role) else ())
    return {actor: (circle, frozenset(roles[actor])) for actor, circle in circles.items()}


# --- The database ---------------------------------------------------------------------------------------------------


def _write(located: Sequence[_Located], fictional: bool, report: Report, progress: Progress) -> None:
    stored = Place.objects.in_bulk([item.row.values["external_id"] for item in located], field_name="external_id")
    actors = _actor_ids({actor for item in located for actor in item.ties or ()}, report)
    before = _stored_involvements(stored.values())
    nameless = _nameless(before)
    new, changed, altered_fields, involved, recorded = [], [], {"updated_at"}, [], []
    for item in located:
        said = fields_of(Place, item.row, item.municipality, NO_FIELDS, fictional)
        place = stored.get(item.row.values["external_id"])
        own = nameless.get(place.pk, {}) if place else {}
        ties = None
        if item.ties is not None:
            ties = {(actors.get(actor) or _person(actor, own), *tie) for actor, tie in item.ties.items()}
        if place is None:
            place = Place(**said, publication=Publication.PUBLISHED)
            new.append(place)
            involved.append((place, ties or set()))
            continue
        altered = {name for name, value in said.items() if not same(getattr(place, name), value)}
        has_other_ties = ties is not None and ties != before.get(place.pk, set())
        if has_other_ties:
            involved.append((place, ties or set()))
        if altered or has_other_ties:
            other_ties = (before.get(place.pk, set()), ties or set()) if has_other_ties else None
            recorded.append(Altered.of(place, {name: said[name] for name in altered}, other_ties))
            for name in altered:
                setattr(place, name, said[name])
            place.updated_at = timezone.now()
            altered_fields |= altered
            changed.append(place)
    for batch in in_batches(new, BATCH, progress, "writing places"):
        Place.objects.bulk_create(batch)
    for batch in in_batches(changed, BATCH, progress, "updating places"):
        Place.objects.bulk_update(batch, sorted(altered_fields), batch_size=BATCH)
    for group in in_batches(involved, BATCH, progress, "writing involvements"):
        Involvement.objects.filter(place__in=[place.pk for place, _ in group]).delete()
        Involvement.objects.bulk_create(
            Involvement(place=place, actor_id=actor, circle=circle, **dict.fromkeys(roles, True))
            for place, ties in group
            for actor, circle, roles in sorted(ties, key=lambda tie: tie[0])
        )
    record_import(report.file, new, recorded, progress)
    forget_persons()  # the record says of them that they were there
    report.counts = {
        "created": len(new),
        "updated": len(changed),
        "unchanged": len(located) - len(new) - len(changed),
        **report.counts,
    }


def _actor_ids(wanted: set[ActorKey], report: Report) -> dict[ActorKey, int]:
    """The id of each actor that has a name; those that are not there are made."""
    known: dict[ActorKey, int] = {}
    named = {actor for actor in wanted if actor[0]}
    for names in in_batches(sorted({name for name, *_ in named}), BATCH, silent, ""):
        rows = Actor.objects.filter(name__in=names).values_list("name", "sector", "pk")
        known |= {(name, sector, ""): pk for name, sector, pk in rows}
    new = [Actor(name=name, sector=sector) for name, sector, _ in sorted(named - known.keys())]
    for actor in Actor.objects.bulk_create(new, batch_size=BATCH):
        known[actor.name, actor.sector, ""] = actor.pk
    report.count("actors created", len(new))
    return known


def _person(actor: ActorKey, own: Mapping[tuple[str, str], Sequence[int]]) -> int:
    """The id of somebody without a name: the one who is at the place already, or somebody new."""
    _, sector, which = actor
    circle, number = which.split()
    there = own.get((sector, circle), ())
    if int(number) <= len(there):
        return there[int(number) - 1]
    return Actor.objects.create(name="", sector=sector, is_person=True).pk


def _nameless(
    before: Mapping[int, set[tuple[int, str, frozenset[str]]]],
) -> dict[int, dict[tuple[str, str], list[int]]]:
    """The persons without a name at each place, by sector and circle."""
    sectors: dict[int, str] = {}
    for batch in in_batches(sorted({actor for ties in before.values() for actor, *_ in ties}), BATCH, silent, ""):
        sectors |= dict(Actor.objects.filter(pk__in=batch, name="").values_list("pk", "sector"))
    found: dict[int, dict[tuple[str, str], list[int]]] = {}
    for place, ties in before.items():
        for actor, circle in sorted((actor, circle) for actor, circle, _ in ties if actor in sectors):
            found.setdefault(place, {}).setdefault((sectors[actor], circle), []).append(actor)
    return found


def _stored_involvements(places: Iterable[Place]) -> dict[int, set[tuple[int, str, frozenset[str]]]]:
    found: dict[int, set[tuple[int, str, frozenset[str]]]] = {}
    names = [role.value for role in Role]
    for batch in in_batches([place.pk for place in places], BATCH, silent, ""):
        rows = Involvement.objects.filter(place__in=batch).values_list("place_id", "actor_id", "circle", *names)
        for place, actor, circle, *held in rows:
            roles = frozenset(name for name, holds in zip(names, held, strict=True) if holds)
            found.setdefault(place, set()).add((actor, circle, roles))
    return found
