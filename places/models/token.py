"""A person's key to the API. The secret itself is nowhere: only its digest. What it opens: places/tokens.py."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

DIGEST_LENGTH = 64  # SHA-256 in hexadecimal digits
LONGEST_NAME = 100


class ApiToken(models.Model):
    """One key of one person, with what it is for and until when it holds. Revoking deletes it."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("Person")
    )
    name = models.CharField(_("Wofür?"), max_length=LONGEST_NAME)
    digest = models.CharField(_("Prüfsumme"), max_length=DIGEST_LENGTH, unique=True)
    created_on = models.DateField(_("angelegt am"))
    ends_on = models.DateField(_("gilt bis einschließlich"))
    last_used_on = models.DateField(_("zuletzt benutzt am"), null=True, blank=True)

    class Meta:
        verbose_name = _("Schlüssel zur Schnittstelle")
        verbose_name_plural = _("Schlüssel zur Schnittstelle")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("owner", "name"), name="token_name_once_per_owner"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("created_on")), name="token_ends_after_start"),
            models.CheckConstraint(condition=~Q(name=""), name="token_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
