"""Who looks after an entry and what waits to be answered: stewards, drafts, submissions, reports, yearly questions."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from places.models.of_entry import ENTRY_KINDS, OfEntry
from places.querysets import QuestionQuerySet, SubmissionQuerySet
from places.vocabulary import Answer, ReportKind, SubmissionKind, SubmissionState

KEY_LENGTH = 32
REMINDERS = 2


def new_key() -> str:
    """A secret that nobody guesses: whoever has the link has the draft."""
    return get_random_string(KEY_LENGTH)


class Draft(models.Model):
    """A registration that is being written: answers as they were typed. Retention deletes what is not sent."""

    key = models.CharField(_("Schlüssel"), max_length=KEY_LENGTH, unique=True, default=new_key)
    entry_kind = models.CharField(_("Art des Eintrags"), max_length=10)
    answers = models.JSONField(_("Antworten"), default=dict)
    created_at = models.DateTimeField(_("angelegt am"), auto_now_add=True)
    updated_at = models.DateTimeField(_("geändert am"), auto_now=True)

    class Meta:
        verbose_name = _("Entwurf")
        verbose_name_plural = _("Entwürfe")
        constraints = [models.CheckConstraint(condition=Q(entry_kind__in=list(ENTRY_KINDS)), name="draft_kind_known")]

    def __str__(self) -> str:
        return str(self.answers.get("name") or self.pk)


class Stewardship(OfEntry):
    """One person who looks after one entry."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="stewardships", verbose_name=_("Person")
    )
    since = models.DateField(_("seit"))

    class Meta(OfEntry.Meta):
        verbose_name = _("Betreuung")
        verbose_name_plural = _("Betreuungen")
        ordering = ("since", "id")
        constraints = [
            *OfEntry.Meta.constraints,
            *(models.UniqueConstraint(fields=(kind, "user"), name=f"stewardship_once_{kind}") for kind in ENTRY_KINDS),
        ]

    def __str__(self) -> str:
        return f"{self.entry} ({self.user_id})"


class Submission(OfEntry):
    """What a reviewer has to decide: a new entry, a change of reviewed facts, or somebody who wants to look after it.

    A registration's content is the entry itself. A change keeps what is proposed (``values``) and what stood when it
    was proposed (``base``), both as facts.py writes them. ``email`` is kept until it is confirmed, then the account
    has it.
    """

    kind = models.CharField(_("Art"), max_length=20, choices=SubmissionKind.choices)
    state = models.CharField(
        _("Stand"), max_length=20, choices=SubmissionState.choices, default=SubmissionState.UNCONFIRMED
    )
    values = models.JSONField(_("vorgeschlagen"), default=dict, blank=True)
    base = models.JSONField(_("stand damals"), default=dict, blank=True)
    email = models.EmailField(_("E-Mail-Adresse"), blank=True)
    language = models.CharField(_("Sprache"), max_length=10, default="de")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="submissions",
        verbose_name=_("Person"),
    )
    message = models.TextField(_("Nachricht an die Prüfung"), blank=True)
    created_at = models.DateTimeField(_("angelegt am"), auto_now_add=True)
    waiting_since = models.DateField(_("wartet seit"), null=True, blank=True)
    decided_on = models.DateField(_("entschieden am"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entschieden von"),
    )
    reason = models.TextField(_("Antwort der Prüfung"), blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta(OfEntry.Meta):
        verbose_name = _("Vorlage")
        verbose_name_plural = _("Vorlagen")
        ordering = ("waiting_since", "id")
        indexes = [models.Index(fields=("state", "waiting_since"), name="submission_queue")]
        constraints = [
            *OfEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=SubmissionKind.values), name="submission_kind_known"),
            models.CheckConstraint(condition=Q(state__in=SubmissionState.values), name="submission_state_known"),
            models.CheckConstraint(
                condition=~Q(state=SubmissionState.WAITING) | Q(waiting_since__isnull=False),
                name="submission_waits_since_a_day",
            ),
            *(
                models.UniqueConstraint(
                    fields=(kind,),
                    condition=Q(
                        kind__in=(SubmissionKind.REGISTRATION, SubmissionKind.CHANGE),
                        state__in=(SubmissionState.WAITING, SubmissionState.ASKED_BACK),
                    ),
                    name=f"submission_open_once_{kind}",
                )
                for kind in ENTRY_KINDS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.entry}"


class Report(OfEntry):
    """Somebody says that something is wrong with a published entry. The address, if any, goes when it is answered."""

    kind = models.CharField(_("Worum es geht"), max_length=20, choices=ReportKind.choices)
    text = models.TextField(_("Hinweis"), blank=True)
    email = models.EmailField(_("E-Mail-Adresse"), blank=True)
    reported_on = models.DateField(_("gemeldet am"))
    handled_on = models.DateField(_("erledigt am"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("erledigt von"),
    )
    outcome = models.TextField(_("Was daraus wurde"), blank=True)

    class Meta(OfEntry.Meta):
        verbose_name = _("Meldung")
        verbose_name_plural = _("Meldungen")
        ordering = ("reported_on", "id")
        constraints = [
            *OfEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=ReportKind.values), name="report_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.entry}"


class Question(OfEntry):
    """The question of one year whether an entry is still there: asked, at most twice reminded, answered or not."""

    asked_on = models.DateField(_("gefragt am"))
    last_sent_on = models.DateField(_("zuletzt geschrieben am"))
    reminders = models.PositiveSmallIntegerField(_("Erinnerungen"), default=0)
    answered_on = models.DateField(_("beantwortet am"), null=True, blank=True)
    answer = models.CharField(_("Antwort"), max_length=20, choices=Answer.choices, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta(OfEntry.Meta):
        verbose_name = _("Jahresfrage")
        verbose_name_plural = _("Jahresfragen")
        ordering = ("-asked_on", "-id")
        constraints = [
            *OfEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(answer__in=[*Answer.values, ""]), name="question_answer_known"),
            models.CheckConstraint(condition=Q(reminders__lte=REMINDERS), name="question_two_reminders"),
            *(models.UniqueConstraint(fields=(kind, "asked_on"), name=f"question_once_{kind}") for kind in ENTRY_KINDS),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.asked_on}"


class Correspondence(models.Model):
    """How a person wants to be written to: in which language, and whether once a day a digest may come."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="correspondence", verbose_name=_("Person")
    )
    language = models.CharField(_("Sprache"), max_length=10, default="de")
    wants_digest = models.BooleanField(_("Tagesüberblick per E-Mail"), default=True)
    digest_sent_on = models.DateField(_("letzter Tagesüberblick"), null=True, blank=True)

    class Meta:
        verbose_name = _("Schriftverkehr")
        verbose_name_plural = _("Schriftverkehr")

    def __str__(self) -> str:
        return str(self.user_id)
