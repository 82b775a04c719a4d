"""A photograph of an entry: re-encoded, without metadata, with a text for those who do not see it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from places.models.of_entry import OfEntry


class Photo(OfEntry):
    """One photograph in two sizes, as places/care/photographs.py wrote them."""

    image = models.FileField(_("Bild"), upload_to="photos/")
    thumbnail = models.FileField(_("kleines Bild"), upload_to="photos/")
    width = models.PositiveIntegerField(_("Breite in Pixeln"))
    height = models.PositiveIntegerField(_("Höhe in Pixeln"))
    alternative_text = models.CharField(_("Was ist zu sehen?"), max_length=300)
    credit = models.CharField(_("Wer hat es aufgenommen?"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("hinzugefügt am"), auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("Person")
    )

    class Meta(OfEntry.Meta):
        verbose_name = _("Foto")
        verbose_name_plural = _("Fotos")
        ordering = ("added_at", "id")
        constraints = [
            *OfEntry.Meta.constraints,
            models.CheckConstraint(condition=~Q(alternative_text=""), name="photo_has_alternative_text"),
        ]

    def __str__(self) -> str:
        return self.alternative_text
