"""What every import has in common: it tells how far it is, writes all or nothing, and says at the end what it did."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from django.db import transaction

from places.importers.rows import RefusedError, Rejected

Item = TypeVar("Item")


class Progress(Protocol):
    """Hands ``items`` through and tells how far they got."""

    def __call__(self, items: Iterable[Item], doing: str, total: int | None = None) -> Iterable[Item]: ...


def silent(items: Iterable[Item], doing: str, total: int | None = None) -> Iterable[Item]:
    """Progress that nobody watches."""
    return items


def announce(progress: Progress, doing: str) -> None:
    """Tell of a step that cannot be counted."""
    for _ in progress((), doing, 0):
        pass


def in_batches(items: Sequence[Item], size: int, progress: Progress, doing: str) -> Iterator[list[Item]]:
    """``items`` in lists of ``size``, told one by one; nothing is told of nothing."""
    batch: list[Item] = []
    for item in progress(items, doing, len(items)) if items else ():
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@dataclass
class Report:
    """What an import did: counts in the order in which they are told, remarks, and the rows it left out."""

    file: str
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rejected: Rejected = field(default_factory=lambda: Rejected(""))
    dry_run: bool = False

    def count(self, what: str, number: int = 1) -> None:
        """Add to one of the counts."""
        self.counts[what] = self.counts.get(what, 0) + number

    @property
    def changed(self) -> bool:
        """Whether anything was created or updated."""
        return any(self.counts.get(what, 0) for what in ("created", "updated"))

    def __str__(self) -> str:
        lines = [f"{self.file}{' (dry run, nothing was written)' if self.dry_run else ''}"]
        width = max((len(str(number)) for number in self.counts.values()), default=0)
        lines += [f"  {number:>{width}} {what}" for what, number in self.counts.items()]
        return "\n".join(lines + [f"  {note}" for note in self.notes])


def refuse_rejected(rejected: Rejected, skip_invalid: bool) -> None:
    """Stop before anything is written where rows were rejected, unless they may be skipped."""
    if rejected and not skip_invalid:
        raise RefusedError(rejected.errors, rejected.count)


@contextmanager
def one_transaction(dry_run: bool) -> Iterator[None]:
    """All or nothing; a dry run does everything and then takes it back."""
    with transaction.atomic():
        yield
        if dry_run:
            transaction.set_rollback(True)
