"""Succession: which municipality of a newer edition took over which one of the edition before, and how much of it.

A municipality whose key, name and territory stayed has no row: it succeeds itself. Who reads them: successors.py.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from places.models.territory import Municipality
from places.vocabulary import SuccessionKind, SuccessionSource, SuccessionState


class Succession(models.Model):
    """One municipality of an edition went, whole or in part, into one of the next edition."""

    predecessor = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="went_to", verbose_name=_("Vorgänger")
    )
    successor = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="came_from", verbose_name=_("Nachfolger")
    )
    kind = models.CharField(_("Art der Änderung"), max_length=20, choices=SuccessionKind.choices)
    effective_on = models.DateField(_("rechtlich wirksam am"), null=True, blank=True)
    # Of the predecessor: so much of it went over. Residents are not always counted.
    area_share = models.FloatField(_("Anteil an der Fläche"))
    resident_share = models.FloatField(_("Anteil an den Einwohnern"), null=True, blank=True)
    source = models.CharField(_("Quelle"), max_length=20, choices=SuccessionSource.choices)
    reference = models.CharField(_("Kennziffer"), max_length=200, blank=True)
    state = models.CharField(_("Stand"), max_length=20, choices=SuccessionState.choices)
    # Nobody where the official list says so
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entschieden von"),
    )
    confirmed_at = models.DateTimeField(_("entschieden am"), null=True, blank=True)

    class Meta:
        verbose_name = _("Nachfolge")
        verbose_name_plural = _("Nachfolgen")
        ordering = ("predecessor__ags", "-area_share", "successor__ags")
        constraints = [
            models.UniqueConstraint(fields=("predecessor", "successor"), name="succession_once"),
            models.CheckConstraint(condition=Q(kind__in=SuccessionKind.values), name="succession_kind_known"),
            models.CheckConstraint(condition=Q(state__in=SuccessionState.values), name="succession_state_known"),
            models.CheckConstraint(condition=Q(source__in=SuccessionSource.values), name="succession_source_known"),
            models.CheckConstraint(
                condition=Q(area_share__gte=0, area_share__lte=1), name="succession_area_share_is_share"
            ),
            models.CheckConstraint(
                condition=Q(resident_share__gte=0, resident_share__lte=1), name="succession_resident_share_is_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor.ags} → {self.successor.ags}"

    @property
    def share(self) -> float:
        """Of the residents, or, where they are not counted, of the area."""
        return self.area_share if self.resident_share is None else self.resident_share
