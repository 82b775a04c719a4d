"""Who wants to be told of changes by a machine, what was sent to it, and how each attempt went. Verbs: webhooks/."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CLAIM_HOLDS = timedelta(minutes=10)  # no attempt takes as long; whoever made it is gone


class Standing(models.TextChoices):
    """Whether anything is sent."""

    ACTIVE = "active", pgettext_lazy("Abonnement", "aktiv")
    PAUSED = "paused", pgettext_lazy("Abonnement", "pausiert")
    ENDED = "ended", pgettext_lazy("Abonnement", "beendet")


class Why(models.TextChoices):
    """Why nothing is sent any more."""

    OWNER = "owner", _("von Ihnen")
    FAILING = "failing", _("weil Ihr Empfänger fünf Tage lang keine Nachricht angenommen hat")
    GONE = "gone", _("weil Ihr Empfänger mit 410 geantwortet hat: Er will nichts mehr bekommen")
    SECRET = "secret", _("weil das Geheimnis nicht mehr lesbar ist; bitte erneuern Sie es")


class Subject(models.TextChoices):
    """What a message is about: the ``type`` of its payload."""

    CHANGES = "changes", pgettext_lazy("Nachricht", "Änderungen")
    TEST = "test", pgettext_lazy("Nachricht", "Probe")


class Progress(models.TextChoices):
    """What became of a message."""

    WAITING = "waiting", pgettext_lazy("Nachricht", "wartet")
    SENDING = "sending", pgettext_lazy("Nachricht", "ist unterwegs")
    DELIVERED = "delivered", pgettext_lazy("Nachricht", "zugestellt")
    GIVEN_UP = "given_up", pgettext_lazy("Nachricht", "aufgegeben")


class Subscription(models.Model):
    """Somebody's wish that changes be sent to an address."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(_("Adresse"), max_length=500)
    happenings = models.JSONField(_("Ereignisse"), default=list)  # words of changes.Happening; none: all
    areas = models.JSONField(_("Gebiete"), default=list)  # keys of states, districts, municipalities; none: all
    # Encrypted (webhooks/signing.py): it has to be known to sign. The former one signs too, until it is over.
    secret = models.TextField()
    former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.ACTIVE)
    why = models.CharField(max_length=10, choices=Why.choices, blank=True)
    since = models.DateTimeField()  # so long it has been active, paused or ended
    cursor = models.CharField(max_length=100)  # changes.Cursor: everything up to it is packed
    failing_since = models.DateTimeField(null=True)  # nothing was accepted since
    created_at = models.DateTimeField(_("angelegt am"), auto_now_add=True)

    class Meta:
        verbose_name = _("Abonnement")
        verbose_name_plural = _("Abonnements")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("user", "url"), condition=~Q(standing=Standing.ENDED), name="webhook_once_per_address"
            ),
            models.CheckConstraint(condition=Q(standing__in=Standing.values), name="webhook_standing_known"),
        ]

    def __str__(self) -> str:
        return self.url

    def get_absolute_url(self) -> str:
        """Its page in the owner's account."""
        return reverse("webhook", args=[self.pk])

    @property
    def is_active(self) -> bool:
        return self.standing == Standing.ACTIVE

    @property
    def is_over(self) -> bool:
        return self.standing == Standing.ENDED


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Messages by what is to be done with them."""

    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Those to send now, also what somebody began to send and left half done."""
        abandoned = Q(progress=Progress.SENDING, claimed_at__lte=now - CLAIM_HOLDS)
        return self.filter(Q(progress=Progress.WAITING, next_at__lte=now) | abandoned).filter(
            subscription__standing=Standing.ACTIVE
        )

    def failed(self) -> "DeliveryQuerySet":
        """Those that were tried and not accepted."""
        return self.filter(Q(progress=Progress.GIVEN_UP) | Q(progress=Progress.WAITING, tries__gt=0))


class Delivery(models.Model):
    """One message to one subscriber, as it was and will be sent."""

    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=60, unique=True)  # the header webhook-id: the same at every attempt
    subject = models.CharField(max_length=10, choices=Subject.choices)
    payload = models.TextField()  # JSON, byte for byte what is signed
    events = models.PositiveIntegerField(default=0)
    progress = models.CharField(max_length=10, choices=Progress.choices, default=Progress.WAITING)
    tries = models.PositiveIntegerField(default=0)  # since it was packed, or sent again by hand
    next_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("Nachricht")
        verbose_name_plural = _("Nachrichten")
        ordering = ("-pk",)
        indexes = [models.Index(fields=("subscription", "progress", "next_at"), name="webhook_due")]
        constraints = [
            models.CheckConstraint(condition=Q(progress__in=Progress.values), name="webhook_progress_known"),
            models.CheckConstraint(
                condition=~Q(progress=Progress.WAITING) | Q(next_at__isnull=False), name="webhook_waits_for_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class Attempt(models.Model):
    """One try to hand over a message."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.PositiveIntegerField(null=True)  # of HTTP; NULL where there was no answer
    error = models.CharField(max_length=300, blank=True)
    answer = models.TextField(blank=True)  # its beginning
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("Versuch")
        verbose_name_plural = _("Versuche")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
