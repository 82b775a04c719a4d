"""The record as a page tells it: who did what, in words that fit whoever reads. What may be read: record.py."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from places import wording
from places.models import ENTRY_KINDS, Change, Municipality
from places.reviewing.restoring import is_restorable
from places.vocabulary import ActedAs

UNTOLD = frozenset({"publication", "merged_into"})  # the verb says it


@dataclass(frozen=True)
class Told:
    """One line of the record."""

    change: Change
    who: str
    lines: list[wording.Line]
    is_restorable: bool


def told(changes: Iterable[Change], *, to_reviewer: bool) -> list[Told]:
    """Lines of the record; reviewers read the names that people gave themselves (each other's, failing that, by which
    they sign in), everybody else only as whom somebody acted."""
    return [
        Told(
            change,
            who=_who(change, to_reviewer),
            lines=fact_lines(model_of(change), change.before, change.after),
            is_restorable=to_reviewer and is_restorable(change),
        )
        for change in changes
    ]


def fact_lines(model: type[models.Model], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[wording.Line]:
    """What differs, in words; without what the verb says already and what is no fact of the model."""
    known = {field.name for field in model._meta.concrete_fields} | {"actors", "areas"}
    facts = {name: value for name, value in after.items() if name in known and name not in UNTOLD}
    return wording.lines(model, before, facts)


def model_of(change: Change) -> type[models.Model]:
    """What a line of the record is about."""
    return next((model for kind, model in ENTRY_KINDS.items() if getattr(change, f"{kind}_id")), Municipality)


def _who(change: Change, to_reviewer: bool) -> str:
    user = change.user
    if change.acted_as == ActedAs.REVIEWER and to_reviewer:
        return user.get_full_name() or user.get_username() if user else _("ehemals Prüfende")
    if change.acted_as == ActedAs.STEWARD and user is None:
        return _("ehemals Betreuende")
    name = user.get_full_name() if user and to_reviewer else ""
    return f"{change.get_acted_as_display()}: {name}" if name else change.get_acted_as_display()
