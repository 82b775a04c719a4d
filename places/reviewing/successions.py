"""Deciding what the overlap of two editions proposed: who succeeds whom. Proposals: importers/edition_change.py."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from places.importers.edition_change import carry_keys
from places.importers.report import Report
from places.models import BoundaryEdition, Succession
from places.permissions import User, may_give_mandates
from places.signals import boundaries_changed
from places.vocabulary import SuccessionState


def edition_to_decide() -> BoundaryEdition | None:
    """The newest edition of which proposals wait for a word, also where a newer one came since; else the current."""
    waiting = Succession.objects.filter(state=SuccessionState.PROPOSED).values("successor__edition")
    return BoundaryEdition.objects.filter(pk__in=waiting).order_by("-date").first() or BoundaryEdition.objects.current()


def proposed(edition: BoundaryEdition | None) -> QuerySet[Succession]:
    """What waits for a word in the edition, the doubtful first: those of which only a part went over."""
    return (
        Succession.objects.filter(successor__edition=edition, state=SuccessionState.PROPOSED)
        .select_related("predecessor__edition", "predecessor__district", "successor__district")
        .defer("predecessor__geometry", "successor__geometry")
        .order_by("area_share", "predecessor__ags", "successor__ags")
    )


@transaction.atomic
def decide_successions(edition: BoundaryEdition, *, by: User, confirm: bool, chosen: Collection[int] | None) -> int:
    """Confirm or reject those proposals (all, where ``chosen`` is None); returns how many.

    Mandates and served areas go over to successors that are certain now. Raises PermissionDenied for anybody but an
    administrator.
    """
    if not may_give_mandates(by):
        raise PermissionDenied
    rows = Succession.objects.filter(successor__edition=edition, state=SuccessionState.PROPOSED)
    if chosen is not None:
        rows = rows.filter(pk__in=chosen)
    state = SuccessionState.CONFIRMED if confirm else SuccessionState.REJECTED
    decided = rows.update(state=state, confirmed_by=by.pk, confirmed_at=timezone.now())
    if decided:
        for later in BoundaryEdition.objects.filter(date__gte=edition.date).order_by("date"):
            carry_keys(later, Report(""))
        boundaries_changed.send(sender=Succession)
    return decided
