"""What somebody changed in a form, held against what others changed meanwhile. It reads; stewardship.py writes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from places.care.proposals import open_proposal
from places.facts import COORDINATE_DECIMALS, Facts, facts_of, without_names
from places.hours_composed import compose, decompose
from places.models import Change, Entry, Submission
from places.vocabulary import Role, Verb


@dataclass(frozen=True)
class Conflict:
    """One fact that two people gave different values."""

    name: str
    base: Any  # what stood when the page was opened
    theirs: Any  # what stands now
    mine: Any  # what was typed
    change: Change | None  # the line of the record by which theirs came


@dataclass(frozen=True)
class Sight:
    """What somebody had before their eyes who changed an entry."""

    seen: int  # the last line of the record; 0 before any
    proposal: int | None = None  # the proposal that the page showed, 0 for none; by default the open one
    # Facts of which a conflict was shown and settled: up to which line of the record it was shown.
    decided: Mapping[str, int] = field(default_factory=dict)


class ConflictError(Exception):
    """Others changed the same facts meanwhile. Nothing was written.

    ``elsewhere``: what they changed beside, as it stood and as it stands; it stays.
    """

    def __init__(self, conflicts: Iterable[Conflict], elsewhere: tuple[Facts, Facts]) -> None:
        self.conflicts = tuple(conflicts)
        self.elsewhere = elsewhere
        super().__init__(", ".join(conflict.name for conflict in self.conflicts))


def latest_change(entry: Entry) -> int:
    """The id of the last line of the record of ``entry``: what a page that is shown now has seen; 0 before any."""
    return Change.of_entry(entry).order_by("-pk").values_list("pk", flat=True).first() or 0


def shown_facts(entry: Entry, *, with_proposal: bool) -> Facts:
    """The facts a form starts from: as they stand; for a steward, with what is proposed already."""
    proposal = open_proposal(entry) if with_proposal else None
    return facts_of(entry) | (proposal.values if proposal else {})


def my_changes(entry: Entry, facts: Facts, sight: Sight, *, with_proposal: bool) -> Facts:
    """The facts that somebody changed who saw the entry so, and that differ from what is there now.

    Raises ConflictError where others gave one of them another value since.
    """
    facts = {name: as_stored(name, value) for name, value in facts.items()}
    now = shown_facts(entry, with_proposal=with_proposal)
    since = list(Change.of_entry(entry).filter(pk__gt=sight.seen).order_by("pk"))
    then = _then(entry, sight.seen, with_proposal, sight.proposal)
    for name, seen in sight.decided.items():
        then[name] = _then(entry, seen, with_proposal, None).get(name)
    mine = {name: value for name, value in facts.items() if not _same(name, value, then.get(name))}
    mine = {name: value for name, value in mine.items() if not _same(name, value, now.get(name))}
    conflicts = [
        Conflict(name, then.get(name), now.get(name), value, _by_whom(name, since))
        for name, value in mine.items()
        if not _same_on_record(name, then.get(name), now.get(name))
    ]
    if conflicts:
        others = [name for name in facts if name not in mine and not _same(name, then.get(name), now.get(name))]
        raise ConflictError(
            conflicts, ({name: then.get(name) for name in others}, {name: now.get(name) for name in others})
        )
    return mine


def as_stored(name: str, value: Any) -> Any:
    """``value`` as facts.py reads it back: lists in their order, coordinates rounded, lines ended alike."""
    if name == "actors":
        rows = [{**row, "roles": _ordered_roles(row["roles"])} for row in value]
        return sorted(rows, key=lambda row: (row["name"], row["sector"], row["circle"], row["roles"]))
    if name == "areas":
        return sorted(set(value))
    if name == "location" and value is not None:
        return [round(degrees, COORDINATE_DECIMALS) for degrees in value]
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return value


def _ordered_roles(roles: Iterable[str]) -> list[str]:
    order = [role.value for role in Role]
    return sorted(set(roles), key=lambda role: (order.index(role) if role in order else len(order), role))


def _same(name: str, one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    if name == "opening_hours":  # "Mo-Fr 9:00-12:00" and "Mo-Fr 09:00-12:00": a form gives back what it composed
        one, other = (compose(week) if (week := decompose(text)) else text for text in (one, other))
    return bool(as_stored(name, one) == as_stored(name, other))


def _same_on_record(name: str, one: Any, other: Any) -> bool:
    """``_same`` where one of the two may come from the record, which knows no persons by name."""
    return _same(name, *(without_names({name: value})[name] for value in (one, other)))


def _then(entry: Entry, seen: int, with_proposal: bool, seen_proposal: int | None) -> Facts:
    """What a page showed that had seen the record up to ``seen``."""
    since = Change.of_entry(entry).filter(pk__gt=seen).exclude(verb=Verb.PROPOSED).order_by("pk")
    proposed = _proposed_then(entry, seen, seen_proposal) if with_proposal else {}
    return facts_of(entry) | _earliest(since) | proposed


def _earliest(changes: Iterable[Change]) -> Facts:
    """What stood before all of ``changes``, of the facts they touched."""
    found: Facts = {}
    for change in changes:
        found = change.before | found
    return found


def _proposed_then(entry: Entry, seen: int, seen_proposal: int | None) -> Facts:
    """What the page showed as proposed, though it may be decided or proposed differently by now."""
    shown = open_proposal(entry) if seen_proposal is None else Submission.of(entry).filter(pk=seen_proposal).first()
    if shown is None:
        return {}
    lines = Change.of_entry(entry).filter(verb=Verb.PROPOSED, at__gte=shown.created_at).order_by("-pk")
    seen_line = lines.filter(pk__lte=seen).first()
    found: Facts = seen_line.after if seen_line else {} if lines.exists() else shown.values
    return found


def _by_whom(name: str, since: list[Change]) -> Change | None:
    return next((change for change in reversed(since) if name in change.after or name in change.before), None)
