"""The facts of an entry as JSON: to record them, to compare two states, to write a state back. One vocabulary for
proposals, the record, restoring and merging; what the fields mean is the models' matter."""

from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db import models

from places.geo import WGS84
from places.locating import municipality_of
from places.models import Actor, Entry, Involvement, Place, ServedArea, Support
from places.vocabulary import Role

Facts = dict[str, Any]

# Not facts, but housekeeping; the municipality follows from the location.
HOUSEKEEPING = frozenset({"id", "external_id", "municipality", "created_at", "updated_at", "is_fictional"})
# Facts that only verbs of publication change: recorded, never written back.
OF_PUBLICATION = frozenset({"publication", "merged_into"})
COORDINATE_DECIMALS = 7


def facts_of(entry: Entry) -> Facts:
    """Every fact of ``entry``, by name: text, number, yes/no, ISO day, [longitude, latitude], or None for not known.

    A place has ``actors``, each with name, sector, is_person, circle and roles; a support structure has ``areas``.
    """
    facts = {field.name: as_json(field.value_from_object(entry)) for field in _fields(entry)}
    if isinstance(entry, Place):
        facts["actors"] = actors_of(entry) if entry.pk else []
    if isinstance(entry, Support):
        facts["areas"] = sorted(entry.areas.values_list("area", flat=True)) if entry.pk else []
    return facts


def differences(before: Facts, after: Facts) -> tuple[Facts, Facts]:
    """The facts of ``after`` that differ from ``before``: as they were, and as they are. A missing one is None."""
    changed = [name for name, value in after.items() if before.get(name) != value]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def write_facts(entry: Entry, facts: Facts) -> None:
    """Give ``entry`` the facts that are named and store it; facts of publication are left out.

    Raises ValidationError where the location lies in no municipality.
    """
    written = {name: value for name, value in facts.items() if name not in OF_PUBLICATION}
    put_facts(entry, written)
    if "location" in written or entry.municipality_id is None:
        entry.municipality = municipality_of(entry.location)
    entry.save()
    if isinstance(entry, Place) and "actors" in written:
        write_actors(entry, written["actors"])
    if isinstance(entry, Support) and "areas" in written:
        entry.areas.exclude(area__in=written["areas"]).delete()
        known = set(entry.areas.values_list("area", flat=True))
        ServedArea.objects.bulk_create(
            ServedArea(support=entry, area=area) for area in written["areas"] if area not in known
        )


def put_facts(entry: Entry, facts: Facts) -> None:
    """Give ``entry`` those of the facts that are columns of its own, also those of publication, without storing it."""
    for field in _fields(entry):
        if field.name in facts:
            setattr(entry, field.attname, _from_json(field, facts[field.name]))


def actors_of(place: Place) -> list[Facts]:
    """Who takes part in a place, in a fixed order."""
    rows = [
        {
            "name": involvement.actor.name,
            "sector": involvement.actor.sector,
            "is_person": involvement.actor.is_person,
            "circle": involvement.circle,
            "roles": [role.value for role in involvement.roles()],
        }
        for involvement in place.involvements.select_related("actor")
    ]
    return in_order(rows)


def write_actors(place: Place, rows: list[Facts]) -> None:
    """Let exactly these actors take part in ``place``. A nameless person has a row of their own."""
    if rows == actors_of(place):
        return
    place.involvements.all().delete()
    for row in rows:
        told = {"sector": row["sector"], "defaults": {"is_person": row["is_person"]}}
        if row["name"]:
            actor = Actor.objects.get_or_create(name=row["name"], **told)[0]
        else:
            actor = Actor.objects.create(name="", sector=row["sector"], is_person=True)
        roles = {role.value: role.value in row["roles"] for role in Role}
        Involvement.objects.create(place=place, actor=actor, circle=row["circle"], **roles)
    forget_persons()


def without_names(facts: Facts) -> Facts:
    """``facts`` as the record keeps them: no person by name, because a consent that is taken back must reach there
    too. Setting back to an earlier state therefore never brings a person's name back."""
    if not facts.get("actors"):
        return facts
    actors = [{**actor, "name": "" if actor["is_person"] else actor["name"]} for actor in facts["actors"]]
    return {**facts, "actors": in_order(actors)}


def forget_persons() -> None:
    """Delete the persons whom nothing refers to any more; organisations stay, they may come back."""
    Actor.objects.filter(is_person=True, involvements__isnull=True).delete()


def in_order(actors: list[Facts]) -> list[Facts]:
    """Actors as ``facts_of`` orders them."""
    return sorted(actors, key=lambda actor: (actor["name"], actor["sector"], actor["circle"], actor["roles"]))


def as_json(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Point):
        return [round(value.x, COORDINATE_DECIMALS), round(value.y, COORDINATE_DECIMALS)]
    return value


def _from_json(field: "models.Field[Any, Any]", value: Any) -> Any:
    if field.name == "location":
        return Point(value[0], value[1], srid=WGS84)
    return None if value is None else field.to_python(value)


def _fields(entry: Entry) -> list["models.Field[Any, Any]"]:
    return [field for field in entry._meta.concrete_fields if field.name not in HOUSEKEEPING]
