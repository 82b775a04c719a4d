"""import_places: places and their actors from CSV or GeoJSON, found again by ``external_id``."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import Model
from django.utils import timezone

from places.geo import WGS84
from places.importers.municipalities import edition_of
from places.importers.recorded import Altered, record_import
from places.importers.report import Progress, Report, announce, in_batches, one_transaction, refuse_rejected, silent
from places.importers.rows import (
    Column,
    Parser,
    Rejected,
    Row,
    choice,
    day,
    day_up_to,
    degrees,
    read_features,
    read_table,
    text,
    whole_number,
    yes_no,
)
from places.locating import locate
from places.models import Actor, BoundaryEdition, Involvement, Place
from places.vocabulary import RATINGS, Circle, Criterion, Kind, Publication, Rating, Role, Sector, Status

LONGEST_DESCRIPTION = 20_000
SAME_PLACE = 1e-9  # degrees: what a coordinate may lose on its way through a database
BATCH = 500
# A file may leave a column out: then nothing is changed there. An empty cell empties, but for the status.
EMPTY = {"status": Status.ACTIVE.value}
EMPTY_TEXTS = ("description", "street", "postcode", "city", "website", "opening_hours", "source", "licence")

ActorKey = tuple[str, str]  # name and sector
Ties = dict[ActorKey, tuple[str, frozenset[str]]]  # circle and roles of each actor at one place


def columns(today: date) -> tuple[Column, ...]:
    """The columns of the table, GeoJSON's properties; a confirmation that is told of has come."""
    rating = whole_number(min(Rating), max(Rating))
    return (
        Column("external_id", _text("external_id"), required=True),
        Column("name", _text("name"), required=True),
        Column("kind", choice(Kind.values), required=True),
        Column("lon", degrees(180), required=True),
        Column("lat", degrees(90), required=True),
        Column("status", choice(Status.values)),
        Column("founded_on", day),
        Column("confirmed_on", day_up_to(today)),
        Column("description", text(LONGEST_DESCRIPTION, lines=True)),
        Column("street", _text("street")),
        Column("postcode", _postcode),
        Column("city", _text("city")),
        Column("website", _website),
        Column("opening_hours", _text("opening_hours")),
        *(Column(criterion.value, yes_no) for criterion in Criterion),
        *(Column(subject.value, rating) for subject in RATINGS),
        *(Column(role.value, _actors) for role in Role),
        *(Column(circle.value, _actors) for circle in Circle),
        Column("source", _text("source")),
        Column("licence", _text("licence")),
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
    rows = _each_once(progress(read(path, columns(today), report.rejected), "reading places"), report.rejected)
    with one_transaction(dry_run):
        announce(progress, "locating places")
        located = _located(rows, edition_of(path, None), report.rejected)
        refuse_rejected(report.rejected, skip_invalid)
        _write(located, fictional, report, progress)
    report.count("rows skipped", len(report.rejected.lines))
    return report


# --- Cells ----------------------------------------------------------------------------------------------------------


def _text(field: str) -> Parser:
    return text(_longest(Place, field))


def _longest(model: type[Model], field: str) -> int:
    described: Any = model._meta.get_field(field)
    return int(described.max_length)


def _postcode(cell: str) -> str:
    if not re.fullmatch(r"[0-9]{5}", cell):
        raise ValueError("not five digits" + ("; was a leading zero lost?" if re.fullmatch(r"[0-9]{4}", cell) else ""))
    return cell


def _website(cell: str) -> str:
    try:
        URLValidator(schemes=("http", "https"))(cell)
    except ValidationError:
        raise ValueError("not an address that begins with https:// or http://") from None
    address: str = _text("website")(cell)
    return address


def _actors(cell: str) -> tuple[ActorKey, ...]:
    """``Dorfverein|civil_society; Gemeinde X|administration`` as names with sectors, each once."""
    found: list[ActorKey] = []
    for part in filter(None, (part.strip() for part in cell.split(";"))):
        name, bar, sector = (piece.strip() for piece in part.rpartition("|"))
        if not bar or not name:
            raise ValueError(f"“{part}” has no sector, as in Dorfverein|civil_society")
        if sector not in Sector.values:
            raise ValueError(f"“{sector}” is not one of {', '.join(Sector.values)}")
        actor = (text(_longest(Actor, "name"))(name), sector)
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


def _each_once(rows: Iterable[Row], rejected: Rejected) -> list[Row]:
    """The rows whose external_id was not there before; two of one id would overwrite each other."""
    lines: dict[str, int] = {}
    kept = []
    for row in rows:
        before = lines.setdefault(row.values["external_id"], row.line)
        if before == row.line:
            kept.append(row)
        else:
            where = "feature" if rejected.counts_features else "line"
            rejected.add(row.line, "external_id", f"is in {where} {before} already", row.values["external_id"])
    return kept


def _located(rows: Sequence[Row], stand: BoundaryEdition, rejected: Rejected) -> list[_Located]:
    found = locate([row.values["lon"] for row in rows], [row.values["lat"] for row in rows])
    lost = [row for row, municipality in zip(rows, found, strict=True) if municipality is None]
    swapped = locate([row.values["lat"] for row in lost], [row.values["lon"] for row in lost])
    for row, elsewhere in zip(lost, swapped, strict=True):
        hint = "; are lon and lat swapped?" if elsewhere is not None else ""
        coordinates = f"{row.values['lon']}, {row.values['lat']}"
        rejected.add(row.line, "lon, lat", f"lies in no municipality of the edition {stand}{hint}", coordinates)
    located = []
    for row, municipality in zip(rows, found, strict=True):
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
            if circles.setdefault(actor, circle.value) != circle.value:
                raise ValueError(word.value, f"is in the circle {circles[actor]} already", "|".join(actor))
            roles.setdefault(actor, set()).update({word.value} if isinstance(word, Role) else ())
    return {actor: (circle, frozenset(roles[actor])) for actor, circle in circles.items()}


# --- The database ---------------------------------------------------------------------------------------------------


def _write(located: Sequence[_Located], fictional: bool, report: Report, progress: Progress) -> None:
    stored = Place.objects.in_bulk([item.row.values["external_id"] for item in located], field_name="external_id")
    actors = _actor_ids({actor for item in located for actor in item.ties or ()}, report)
    before = _stored_involvements(stored.values())
    new, changed, altered_fields, involved, recorded = [], [], {"updated_at"}, [], []
    for item in located:
        said = _said(item, fictional)
        place = stored.get(item.row.values["external_id"])
        ties = None if item.ties is None else {(actors[actor], *tie) for actor, tie in item.ties.items()}
        if place is None:
            place = Place(**said)
            new.append(place)
            involved.append((place, ties or set()))
            continue
        altered = {name for name, value in said.items() if not _same(getattr(place, name), value)}
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
    report.counts = {
        "created": len(new),
        "updated": len(changed),
        "unchanged": len(located) - len(new) - len(changed),
        **report.counts,
    }


def _said(item: _Located, fictional: bool) -> dict[str, Any]:
    """The columns of Place that the row speaks of."""
    words = {word.value for word in (*Role, *Circle)} | {"lon", "lat"}
    said = {name: value for name, value in item.row.values.items() if name not in words}
    for name, value in said.items():
        if value is None:
            said[name] = EMPTY.get(name, "" if name in EMPTY_TEXTS else None)
    return {
        **said,
        "location": Point(item.row.values["lon"], item.row.values["lat"], srid=WGS84),
        "municipality_id": item.municipality,
        "publication": Publication.PUBLISHED.value,
        "is_fictional": fictional,
    }


def _same(before: Any, now: Any) -> bool:
    if isinstance(before, Point) and isinstance(now, Point):
        return abs(before.x - now.x) < SAME_PLACE and abs(before.y - now.y) < SAME_PLACE
    return bool(before == now)


def _actor_ids(wanted: set[ActorKey], report: Report) -> dict[ActorKey, int]:
    """The id of each actor; those that are not there are made."""
    known: dict[ActorKey, int] = {}
    for names in in_batches(sorted({name for name, _ in wanted}), BATCH, silent, ""):
        rows = Actor.objects.filter(name__in=names).values_list("name", "sector", "pk")
        known |= {(name, sector): pk for name, sector, pk in rows}
    new = [Actor(name=name, sector=sector) for name, sector in sorted(wanted - known.keys())]
    for actor in Actor.objects.bulk_create(new, batch_size=BATCH):
        known[actor.name, actor.sector] = actor.pk
    report.count("actors created", len(new))
    return known


def _stored_involvements(places: Iterable[Place]) -> dict[int, set[tuple[int, str, frozenset[str]]]]:
    found: dict[int, set[tuple[int, str, frozenset[str]]]] = {}
    names = [role.value for role in Role]
    for batch in in_batches([place.pk for place in places], BATCH, silent, ""):
        rows = Involvement.objects.filter(place__in=batch).values_list("place_id", "actor_id", "circle", *names)
        for place, actor, circle, *held in rows:
            roles = frozenset(name for name, holds in zip(names, held, strict=True) if holds)
            found.setdefault(place, set()).add((actor, circle, roles))
    return found
