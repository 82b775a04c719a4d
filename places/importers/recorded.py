"""What an import leaves in the record: one line per entry that it made or changed. What it reads: its own module."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from places.facts import HOUSEKEEPING, Facts, as_json, in_order
from places.importers.report import Progress, in_batches
from places.models import Actor, Change, Entry, Municipality, tie
from places.signals import recorded
from places.vocabulary import ActedAs, Role, Verb

BATCH = 500

Tie = tuple[int, str, frozenset[str]]  # id of the actor, circle, roles


@dataclass(frozen=True)
class Altered:
    """An entry with the fields that are about to change, and its actors before and after where they do."""

    entry: Entry
    before: Facts
    after: Facts
    ties: tuple[set[Tie], set[Tie]] | None = None

    @classmethod
    def of(cls, entry: Entry, values: Mapping[str, Any], ties: tuple[set[Tie], set[Tie]] | None = None) -> "Altered":
        """What becomes of ``entry`` when it gets ``values``; to be asked before it has them."""
        facts = {name: value for name, value in values.items() if name.removesuffix("_id") not in HOUSEKEEPING}
        before = {name: as_json(getattr(entry, name)) for name in facts}
        return cls(entry, before, {name: as_json(value) for name, value in facts.items()}, ties)


def record_import(file: str, new: Sequence[Entry], altered: Sequence[Altered], progress: Progress) -> None:
    """One line of the record for each entry; a new one needs no facts, they are all in it."""
    actors = _actors(pair for item in altered for pair in item.ties or ())
    for item in altered:
        if item.ties:
            item.before["actors"], item.after["actors"] = (_facts_of(ties, actors) for ties in item.ties)
    rows = [*((entry, {}, {}) for entry in new), *((item.entry, item.before, item.after) for item in altered)]
    ags = dict(
        Municipality.objects.filter(pk__in={entry.municipality_id for entry, *_ in rows}).values_list("pk", "ags")
    )
    for batch in in_batches(rows, BATCH, progress, "writing the record"):
        Change.objects.bulk_create(
            Change(
                verb=Verb.IMPORTED,
                acted_as=ActedAs.PLATFORM,
                ags=ags[entry.municipality_id] if entry.municipality_id else "",
                before=before,
                after=after,
                reason=Path(file).name,
                **tie(entry),
            )
            for entry, before, after in batch
        )
    if rows:
        recorded.send(sender=Change)


def _actors(groups: Iterable[set[Tie]]) -> dict[int, Actor]:
    return Actor.objects.in_bulk({actor for group in groups for actor, _, _ in group})


def _facts_of(ties: set[Tie], actors: Mapping[int, Actor]) -> list[Facts]:
    rows = [
        {
            "name": "" if actors[actor].is_person else actors[actor].name,
            "sector": actors[actor].sector,
            "is_person": actors[actor].is_person,
            "circle": circle,
            "roles": [role.value for role in Role if role.value in roles],
        }
        for actor, circle, roles in ties
    ]
    return in_order(rows)
