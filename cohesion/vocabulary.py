"""The words of what is computed: classes, kinds of loss, basis of residents. Values are API; labels are German."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CohesionClass(TextChoices):
    """The class of a municipality (method §6), from the one that asks for most help to the one that asks for none."""

    RISKY = "risky", _("riskant")
    RESILIENT = "resilient", _("resilient")
    ROBUST = "robust", _("robust")
    UNASSESSED = "unassessed", _("nicht bewertet")


class LossKind(TextChoices):
    """What the worst single loss is (method §4)."""

    PLACE = "place", _("Ort")
    ACTOR = "actor", _("Akteur")


class PopulationBasis(TextChoices):
    """Where a municipality's resident points come from (method §1)."""

    GRID = "grid", _("Zensusgitter")
    LATTICE = "lattice", _("gleichmäßig verteilt")
