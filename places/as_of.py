"""How entries stood at the end of an earlier day: the record walked backwards from now. It only reads: what is rebuilt
is never stored. How it is asked for: api/earlier.py. Setting back to an earlier state: reviewing/restoring.py.

Privacy goes before history. What was taken out of the public is out of its history too. A person is named only who is
named today. What people wrote in words of their own, and who owns a space, is shown as today: it may have been changed
because of what it said of somebody.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import DateTimeField, Exists, Max, OuterRef, Prefetch, Q
from django.utils import timezone

from places.facts import Facts, put_facts
from places.locating import locate
from places.models import (
    ENTRY_KINDS,
    Actor,
    Change,
    Entry,
    Involvement,
    Municipality,
    Photo,
    Place,
    ServedArea,
    Support,
)
from places.vocabulary import Publication, Role, Verb

# What these say of facts was proposed, not done.
NOT_DONE = frozenset({Verb.PROPOSED})
# As they stand today, whatever stood there.
AS_TODAY = frozenset({"description", "participation", "owner"})
BATCH = 500


def end_of(day: date) -> datetime:
    """The moment at which ``day`` is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def walked_back(changes: Iterable[Change]) -> Facts:
    """The facts before the last of ``changes``, which come latest first; only those that any of them touched."""
    stood: Facts = {}
    for change in changes:
        if change.verb not in NOT_DONE:
            stood.update(change.before)
    return stood


def unchanged_since(kind: str, end: datetime) -> Any:
    """The public entries of a kind that have stood since ``end`` as they stand now."""
    return ENTRY_KINDS[kind]._default_manager.published().filter(~_touched(kind, end), created_at__lt=end)


def changed_since(kind: str, end: datetime) -> Any:
    """The entries of a kind of which the record says something after ``end``, and that may have been public before it:
    to be rebuilt. Not those that have been taken out of the public; one that went up in a public one was not."""
    found = ENTRY_KINDS[kind]._default_manager.filter(_touched(kind, end), created_at__lt=end)
    return found.filter(Q(publication=Publication.PUBLISHED) | Q(merged_into__isnull=False))


def rebuilt(entries: Sequence[Entry], end: datetime) -> dict[int, Entry]:
    """Of these entries of one kind (from ``changed_since``) those that were public at ``end``, as they stood: by id."""
    if not entries:
        return {}
    kind = entries[0].entry_kind
    ids = [entry.pk for entry in entries]
    facts = _facts_at(kind, ids, end)
    told = Change.objects.filter(**{f"{kind}__in": ids}, at__lt=end).order_by().values_list(f"{kind}_id")
    latest = dict(told.annotate(at=Max("at", output_field=DateTimeField())))
    found: dict[int, Entry] = {}
    for entry in entries:
        before = facts[entry.pk]
        if "name" in before and before["name"] is None:  # it was not there yet
            continue
        if not _is_public_today(entry):
            continue
        put_facts(entry, {name: value for name, value in before.items() if name not in AS_TODAY})
        if "owner" in before and before["owner"] != getattr(entry, "owner", ""):
            entry.owner = ""  # type: ignore[attr-defined]
        entry.updated_at = latest.get(entry.pk, entry.created_at)
        if entry.is_published:
            found[entry.pk] = entry
    _relocate([entry for pk, entry in found.items() if "location" in facts[pk]])
    _put_actors({pk: facts[pk]["actors"] for pk in found if "actors" in facts[pk]}, found)
    for pk, entry in found.items():
        if isinstance(entry, Support) and "areas" in facts[pk]:
            _put(entry, "areas", [ServedArea(support=entry, area=area) for area in facts[pk]["areas"] or ()])
    return found


def with_everything(entries: Any, end: datetime) -> Any:
    """Entries joined with all that their answers show; of photographs those that were there at ``end``."""
    photos = Prefetch("photos", Photo.objects.filter(added_at__lt=end))
    entries = entries.with_territory().prefetch_related(photos)
    if entries.model is Place:
        return entries.with_actors()
    return entries.prefetch_related("areas") if entries.model is Support else entries


def _touched(kind: str, end: datetime) -> Exists:
    return Exists(Change.objects.filter(**{kind: OuterRef("pk")}, at__gte=end).exclude(verb__in=NOT_DONE))


def _facts_at(kind: str, ids: Sequence[int], end: datetime) -> dict[int, Facts]:
    """Of each entry the facts that stood otherwise at ``end``."""
    rows = Change.objects.filter(**{f"{kind}__in": ids}, at__gte=end).exclude(verb__in=NOT_DONE)
    found: dict[int, Facts] = {pk: {} for pk in ids}
    for pk, before in rows.order_by("-pk").values_list(f"{kind}_id", "before"):
        found[pk].update(before)
    return found


def _is_public_today(entry: Entry) -> bool:
    """Whether it, or the one that it went up in, is public now."""
    successor = entry.successor()
    return (entry if successor is None else successor).is_published


def _relocate(entries: Sequence[Entry]) -> None:
    """The municipalities, of the current edition, in which the entries lay."""
    found = locate([entry.location.x for entry in entries], [entry.location.y for entry in entries])
    municipalities = Municipality.objects.with_names().in_bulk([pk for pk in found if pk is not None])
    for entry, pk in zip(entries, found, strict=True):
        entry.municipality = municipalities[pk] if pk is not None else None


def _put_actors(rows: Mapping[int, Any], places: Mapping[int, Entry]) -> None:
    """Who took part. A name is told that the record has and that still stands for an actor."""
    named = {(row["name"], row["sector"]) for actors in rows.values() for row in actors or () if row["name"]}
    known = Actor.objects.filter(name__in={name for name, _ in named})
    actors = {(actor.name, actor.sector): actor for actor in known}
    for pk, told in rows.items():
        taking_part = []
        for row in told or ():
            nobody = Actor(name="", sector=row["sector"], is_person=row["is_person"])
            actor = actors.get((row["name"], row["sector"]), nobody)
            roles = {role.value: role.value in row["roles"] for role in Role}
            taking_part.append(Involvement(place_id=pk, actor=actor, circle=row["circle"], **roles))
        _put(places[pk], "involvements", taking_part)


def _put(entry: Entry, relation: str, rows: list[Any]) -> None:
    """What a prefetch would have found."""
    cache: dict[str, Any] = entry.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[relation] = rows
