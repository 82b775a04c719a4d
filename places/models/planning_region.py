"""Planning regions: areas that an operator defines from keys, as planning does. Districts, states: territory.py."""

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from places import keys


class PlanningRegion(models.Model):
    """So many municipalities, districts or states that are looked at together, whatever the edition of boundaries."""

    slug = models.SlugField(_("Kürzel in der Adresse"), max_length=80, unique=True)
    name = models.CharField(_("Name"), max_length=200)
    source = models.CharField(_("Quelle der Abgrenzung"), max_length=500, blank=True)
    areas = models.JSONField(
        _("Schlüssel"), default=list, help_text=_("Länder (2 Stellen), Kreise (5) oder Gemeinden (8), einer je Zeile.")
    )

    class Meta:
        verbose_name = _("Planungsregion")
        verbose_name_plural = _("Planungsregionen")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("planning_region", args=[self.slug])

    def clean(self) -> None:
        """At least one key, and nothing else."""
        if not self.areas:
            raise ValidationError({"areas": _("Mindestens ein Schlüssel ist nötig.")})
        if wrong := [str(area) for area in self.areas if not keys.is_area(area)]:
            raise ValidationError(
                {
                    "areas": _("Kein Schlüssel eines Landes, Kreises oder einer Gemeinde: %(keys)s")
                    % {"keys": ", ".join(wrong)}
                }
            )
