"""Ratings from 0 to 4 as columns, and the constraint that keeps them there. What they mean: method §1."""

from django.db import models

from places.vocabulary import Condition, Dynamic, Rating


def rating_field(subject: Condition | Dynamic) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """A column for the rating of ``subject``, 0..4; NULL means "not known"."""
    return models.PositiveSmallIntegerField(subject.label, choices=Rating.choices, null=True, blank=True)


def rating_constraint(table: str, subject: Condition | Dynamic) -> models.CheckConstraint:
    """The database refuses any rating but 0..4."""
    in_range = models.Q(**{f"{subject.value}__gte": Rating.NOT_AT_ALL, f"{subject.value}__lte": Rating.FULLY})
    return models.CheckConstraint(condition=in_range, name=f"{table}_{subject.value}_0_to_4")


class RatedConditions(models.Model):
    """The five Bedingungsfaktoren of a place or of a municipality."""

    open_administration = rating_field(Condition.OPEN_ADMINISTRATION)
    engaged_actors = rating_field(Condition.ENGAGED_ACTORS)
    process_not_project = rating_field(Condition.PROCESS_NOT_PROJECT)
    supraregional_attention = rating_field(Condition.SUPRAREGIONAL_ATTENTION)
    public_infrastructure = rating_field(Condition.PUBLIC_INFRASTRUCTURE)

    class Meta:
        abstract = True

    def condition_ratings(self) -> dict[Condition, int | None]:
        """Each condition with its rating, in the order of method §1."""
        return {condition: getattr(self, condition.value) for condition in Condition}
