"""How a table refers to one entry of any kind: a column per kind, one of them filled, held by the database."""

from typing import Any, TypeVar, cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from places.models.entry import Entry
from places.models.place import Place
from places.models.space import Space
from places.models.support import Support

ENTRY_MODELS: tuple[type[Place] | type[Support] | type[Space], ...] = (Place, Support, Space)
ENTRY_KINDS: dict[str, type[Place] | type[Support] | type[Space]] = {model.entry_kind: model for model in ENTRY_MODELS}

_Row = TypeVar("_Row", bound="OfEntry")


def tie(entry: Entry) -> dict[str, Entry]:
    """The column that refers to ``entry``, for filters and for new rows."""
    return {entry.entry_kind: entry}


def _exactly_one() -> Q:
    found = Q()
    for filled in ENTRY_KINDS:
        found |= Q(**{f"{kind}__isnull": kind != filled for kind in ENTRY_KINDS})
    return found


class OfEntry(models.Model):
    """A row that belongs to one entry and goes with it."""

    place = models.ForeignKey(
        Place,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("Sozialer Ort"),
    )
    support = models.ForeignKey(
        Support,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("Unterstützungsstruktur"),
    )
    space = models.ForeignKey(
        Space,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("Möglichkeitsraum"),
    )

    class Meta:
        abstract = True
        constraints = [models.CheckConstraint(condition=_exactly_one(), name="%(class)s_of_one_entry")]

    @property
    def entry(self) -> Entry:
        """The entry it belongs to."""
        return cast(Entry, self.place or self.support or self.space)

    @classmethod
    def of(cls: type[_Row], entry: Entry) -> "models.QuerySet[_Row]":
        """The rows of one entry."""
        found: Any = cls._default_manager.filter(**tie(entry))
        return cast("models.QuerySet[_Row]", found)
