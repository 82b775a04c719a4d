"""The record: who changed what, when, from what to what, and why. Written by the verbs, never changed afterwards."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from places.models.entry import Entry
from places.models.of_entry import tie
from places.models.place import Place
from places.models.space import Space
from places.models.support import Support
from places.models.territory import Municipality
from places.vocabulary import ActedAs, Verb
from places.wording import Line, lines


class Change(models.Model):
    """One act of one person. It outlives the person's account: then only "somebody" did it."""

    at = models.DateTimeField(_("Zeitpunkt"), auto_now_add=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("Person")
    )
    acted_as = models.CharField(_("gehandelt als"), max_length=20, choices=ActedAs.choices, default=ActedAs.REVIEWER)
    verb = models.CharField(_("Vorgang"), max_length=40, choices=Verb.choices)
    # The key, not the row: the record stays true to the municipality when a newer edition has another row for it.
    ags = models.CharField(_("Schlüssel des Gebiets"), max_length=8, db_index=True)
    place = models.ForeignKey(
        Place, on_delete=models.SET_NULL, null=True, related_name="changes", verbose_name=_("Sozialer Ort")
    )
    support = models.ForeignKey(
        Support,
        on_delete=models.SET_NULL,
        null=True,
        related_name="changes",
        verbose_name=_("Unterstützungsstruktur"),
    )
    space = models.ForeignKey(
        Space, on_delete=models.SET_NULL, null=True, related_name="changes", verbose_name=_("Möglichkeitsraum")
    )
    before = models.JSONField(_("vorher"), default=dict)
    after = models.JSONField(_("nachher"), default=dict)
    reason = models.TextField(_("Begründung"), blank=True)

    class Meta:
        verbose_name = _("Änderung")
        verbose_name_plural = _("Änderungen")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.ags}"

    @property
    def entry(self) -> Entry | None:
        """The entry it is about, of whatever kind; None where it is about an area, or the entry is gone."""
        return self.place or self.support or self.space

    def lines(self) -> list[Line]:
        """What changed, field by field, as people read it."""
        model = type(self.entry) if self.entry else Municipality
        return lines(model, self.before, self.after)

    @classmethod
    def of(cls, municipality: Municipality) -> "models.QuerySet[Change]":
        """What was said of one municipality itself, not of its places; the latest first."""
        return cls._default_manager.filter(
            ags=municipality.ags,
            verb__in=(Verb.COMPLETED_INVENTORY, Verb.WITHDREW_INVENTORY, Verb.RATED),
        ).select_related("user")

    @classmethod
    def of_entry(cls, entry: Entry) -> "models.QuerySet[Change]":
        """What happened to one entry, the latest first."""
        return cls._default_manager.filter(**tie(entry)).select_related("user")
