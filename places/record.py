"""How a verb leaves its line in the record: what stood before, what stands now, who did it as whom, and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import transaction

from places.facts import Facts, differences, facts_of, without_names
from places.models import Change, Entry, Place, tie
from places.permissions import User
from places.signals import inputs_changed, recorded
from places.vocabulary import ActedAs, Publication, Verb

_Entry = TypeVar("_Entry", bound=Entry)


def locked(entry: _Entry) -> _Entry:
    """The entry as it stands now, held until the end of the transaction."""
    model = type(entry)
    found: _Entry = model._default_manager.select_for_update(of=("self",)).get(pk=entry.pk)
    return found


@contextmanager
def on_record(
    entry: Entry, verb: Verb, *, by: User | None, acted_as: ActedAs, reason: str = "", even_without_change: bool = True
) -> Iterator[None]:
    """Record how the block changed ``entry``, in one transaction with it, and tell who computes with its facts.

    The entry must be locked, or new and not stored yet.
    """
    with transaction.atomic():
        before = facts_of(entry) if entry.pk else {}
        yield
        old, new = differences(before, facts_of(entry))
        if not new and not even_without_change:
            return
        write_change(entry, verb, by=by, acted_as=acted_as, reason=reason, before=old, after=new)
        _tell(entry, old, new)


def write_change(
    entry: Entry,
    verb: Verb,
    *,
    by: User | None,
    acted_as: ActedAs,
    reason: str = "",
    before: Facts | None = None,
    after: Facts | None = None,
) -> Change:
    """One line of the record about ``entry``."""
    line = Change.objects.create(
        user_id=by.pk if by is not None and by.is_authenticated else None,
        acted_as=acted_as,
        verb=verb,
        ags=entry.municipality.ags if entry.municipality else "",
        before=without_names(before or {}),
        after=without_names(after or {}),
        reason=reason.strip(),
        **tie(entry),
    )
    recorded.send(sender=type(entry))
    return line


def _tell(entry: Entry, old: Facts, new: Facts) -> None:
    """Only what is, or was, public moves a class, and only by facts that count."""
    was_public = old.get("publication", entry.publication) == Publication.PUBLISHED
    counts = entry.reviewed_facts | {"publication", "confirmed_on"}
    if isinstance(entry, Place) and (was_public or entry.is_published) and counts & new.keys():
        inputs_changed.send(sender=Place)
