"""Actors and what they do for a place: circle and roles of the Akteurs-Trias. Groups; persons only by consent."""

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from places.models.place import Place
from places.querysets import InvolvementQuerySet
from places.vocabulary import Circle, Role, Sector


class Actor(models.Model):
    """An organisation or a group. The same name in the same sector is the same actor, everywhere.

    A person stands here by name only where that person agreed; otherwise the name is empty, and nobody but the roles
    tells that there is somebody.
    """

    name = models.CharField(_("Name"), max_length=200, blank=True)
    is_person = models.BooleanField(_("eine natürliche Person"), default=False)
    sector = models.CharField(_("Sektor"), max_length=20, choices=Sector.choices)

    class Meta:
        verbose_name = _("Akteur")
        verbose_name_plural = _("Akteure")
        ordering = ("name", "sector")
        constraints = [
            models.UniqueConstraint(fields=("name", "sector"), condition=~Q(name=""), name="actor_once_per_sector"),
            models.CheckConstraint(condition=Q(sector__in=Sector.values), name="actor_sector_known"),
            models.CheckConstraint(condition=~Q(name="") | Q(is_person=True), name="actor_has_name"),
        ]

    def __str__(self) -> str:
        return self.name or gettext("eine Person, die nicht genannt werden möchte")


class Involvement(models.Model):
    """One actor at one place: how close it stands, and which roles of the triad it holds there, if any.

    One row per actor and place, one column per role: nobody can hold a role twice.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="involvements")
    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="involvements")
    circle = models.CharField(_("Kreis um den Ort"), max_length=20, choices=Circle.choices, default=Circle.KEY_ACTOR)
    motivator = models.BooleanField(Role.MOTIVATOR.label, default=False)
    provider = models.BooleanField(Role.PROVIDER.label, default=False)
    promoter = models.BooleanField(Role.PROMOTER.label, default=False)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        verbose_name = _("Beteiligung")
        verbose_name_plural = _("Beteiligungen")
        ordering = ("place_id", "actor_id")
        constraints = [
            models.UniqueConstraint(fields=("place", "actor"), name="involvement_once"),
            models.CheckConstraint(condition=Q(circle__in=Circle.values), name="involvement_circle_known"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} – {self.place}"

    def roles(self) -> tuple[Role, ...]:
        """The roles of the triad that this actor holds at this place."""
        return tuple(role for role in Role if getattr(self, role.value))
