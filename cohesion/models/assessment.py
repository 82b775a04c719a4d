"""An assessment and the scores it found: stored together, their figures never changed afterwards. A score holds until
an assessment finds another, so one that changes little is small. What exists is in places.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cohesion.engine import Parameters
from cohesion.querysets import AssessmentQuerySet, ScoreQuerySet
from cohesion.vocabulary import CohesionClass, LossKind, PopulationBasis
from places.models import Actor, BoundaryEdition, Municipality, Place


class Assessment(models.Model):
    """One run of the method: as of which day, on which edition, with which parameters, from which inputs."""

    as_of = models.DateField(_("Stichtag"))
    edition = models.ForeignKey(BoundaryEdition, on_delete=models.PROTECT, related_name="assessments")
    method = models.CharField(_("Methode"), max_length=20)
    parameters = models.JSONField(_("Parameter"))
    # Of every input of the engine, the parameters and the draws: the same digest means the same figures.
    inputs_digest = models.CharField(_("Prüfsumme der Eingaben"), max_length=64)
    places_counted = models.PositiveIntegerField(_("gezählte Orte"))
    # How sure the classes are (method §7): so many draws from this seed; 0 and NULL where none were made.
    draws = models.PositiveIntegerField(_("Ziehungen"), default=0)
    seed = models.PositiveBigIntegerField(_("Startwert der Ziehungen"), null=True)
    created_at = models.DateTimeField(_("berechnet am"), auto_now_add=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bewertung")
        verbose_name_plural = _("Bewertungen")
        ordering = ("-as_of", "-id")

    def __str__(self) -> str:
        return f"{self.method}, {self.as_of.isoformat()}"

    def parameters_used(self) -> Parameters:
        """The parameters it ran with; what it did not store has its default."""
        return Parameters(**self.parameters)

    @property
    def scores(self) -> ScoreQuerySet:
        """The scores that hold in it, whichever assessment found them first."""
        return Score.objects.of(self)


class Score(models.Model):
    """The figures of one municipality, from one assessment of its edition until another finds others; shares from 0 to
    1, NULL where not known.

    Where the newest assessment is deleted, the scores that it ended hold again; no other may be deleted.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="+")  # the first that found it
    until = models.ForeignKey(Assessment, on_delete=models.SET_NULL, null=True, related_name="+")  # found another first
    # No index of its own: that of the constraint begins with it
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="scores", db_index=False)
    cohesion_class = models.CharField(_("Kohäsionsklasse"), max_length=20, choices=CohesionClass.choices)
    supply = models.FloatField(_("Versorgung"), null=True)
    supply_after_loss = models.FloatField(_("Versorgung nach dem schwersten Verlust"), null=True)
    renewal = models.FloatField(_("Erneuerungskraft"), null=True)
    stability = models.FloatField(_("Stabilität der Klasse"), null=True)
    # Share of the draws in each class by its name, written with `stability`; NULL where none were made.
    class_shares = models.JSONField(_("Anteile der Klassen"), null=True)
    critical_kind = models.CharField(_("schwerster Verlust"), max_length=10, choices=LossKind.choices, blank=True)
    critical_place = models.ForeignKey(Place, on_delete=models.SET_NULL, null=True, related_name="+")
    critical_actor = models.ForeignKey(Actor, on_delete=models.SET_NULL, null=True, related_name="+")
    # Empty for a person, whose name stands with the actor alone.
    critical_name = models.CharField(_("Name des schwersten Verlusts"), max_length=200, blank=True)
    population_basis = models.CharField(
        _("Grundlage der Einwohnerpunkte"), max_length=10, choices=PopulationBasis.choices, blank=True
    )
    # Method §8 as data, with ids of places and actors: written by cohesion/assessment.py, read by explanation.py.
    explanation = models.JSONField(_("Begründung"), default=dict)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ergebnis")
        verbose_name_plural = _("Ergebnisse")
        ordering = ("municipality__ags",)
        # Which municipalities have a class is read here alone, without a look at the rows and their explanations
        indexes = [models.Index(fields=("cohesion_class", "municipality", "assessment", "until"), name="score_class")]
        constraints = [
            models.UniqueConstraint(fields=("municipality", "assessment"), name="score_once_per_assessment"),
            models.UniqueConstraint(fields=("municipality",), condition=Q(until=None), name="score_only_one_holds"),
            models.CheckConstraint(condition=Q(until__gt=F("assessment")), name="score_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(cohesion_class__in=CohesionClass.values), name="score_class_known"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{share}__gte": 0, f"{share}__lte": 1}), name=f"score_{share}_is_share"
                )
                for share in ("supply", "supply_after_loss", "renewal", "stability")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id}: {self.cohesion_class}"

    def is_like(self, other: Score) -> bool:
        """Whether both say the very same of the same municipality."""
        told = [
            field.attname for field in self._meta.concrete_fields if field.name not in ("id", "assessment", "until")
        ]
        return all(getattr(self, name) == getattr(other, name) for name in told)
