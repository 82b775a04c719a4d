"""Asks stewards once a year whether their entry is still there, and reminds them. What an answer does: questions.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from places.care.questions import VALID_DAYS, question_token
from places.freshness import months_before
from places.letters import address_of, write_to
from places.models import Change, Entry, Question, Stewardship
from places.models.care import REMINDERS
from places.models.of_entry import ENTRY_KINDS, ENTRY_MODELS, tie
from places.record import locked
from places.vocabulary import Publication, Status, Verb

ASKED_AFTER_MONTHS = 12
DAYS_BETWEEN = 20  # from one letter to the next, so that days without a run never bring two at once
ASKED_ABOUT = (Status.PLANNED, Status.ACTIVE, Status.DORMANT)


@dataclass
class Reminded:
    """What one run did, or would do."""

    asked: int = 0
    reminded: int = 0
    letters: int = 0

    def __str__(self) -> str:
        return f"asked about {self.asked}, reminded of {self.reminded}, letters {self.letters}"


def send_reminders(today: date, *, dry_run: bool = False) -> Reminded:
    """Ask and remind whoever is due on ``today``. A second run of the day finds nothing left to do.

    Each entry is a transaction of its own, in which the question and its letters are stored together.
    """
    done = Reminded()
    for question in list(_open(today)):
        _remind(question, today, done, dry_run)
    for model in ENTRY_MODELS:
        for entry in list(_due(model, today)):
            _ask(entry, today, done, dry_run)
    return done


def _due(model: type[Entry], today: date) -> QuerySet[Any]:
    """Entries that nobody has confirmed for a year, whose stewards were not asked for a year."""
    year_ago = months_before(today, ASKED_AFTER_MONTHS)
    own = {model.entry_kind: OuterRef("pk")}
    published = Change.objects.filter(verb=Verb.PUBLISHED, **own).order_by("-at").values("at")[:1]
    return (
        model._default_manager.annotate(public_since=Coalesce(Subquery(published), "created_at"))
        .filter(
            Q(confirmed_on__lte=year_ago) | Q(confirmed_on__isnull=True, public_since__date__lte=year_ago),
            Exists(_who_reads(Stewardship.objects.filter(**own))),
            ~Exists(Question.objects.filter(asked_on__gt=year_ago, **own)),
            publication=Publication.PUBLISHED,
            status__in=ASKED_ABOUT,
            **_real(),
        )
        .order_by("pk")
    )


def _open(today: date) -> QuerySet[Question]:
    """Questions without an answer, whose last letter lies far enough back and whose link still leads somewhere."""
    return (
        Question.objects.unanswered()
        .filter(
            asked_on__gt=today - timedelta(days=VALID_DAYS),
            last_sent_on__lte=today - timedelta(days=DAYS_BETWEEN),
            reminders__lt=REMINDERS,
        )
        .select_related(*ENTRY_KINDS)
        .order_by("pk")
    )


def _who_reads(stewardships: QuerySet[Stewardship]) -> QuerySet[Stewardship]:
    return stewardships.filter(user__is_active=True).exclude(user__email="")


def _real() -> dict[str, bool]:
    """Invented entries have no real stewards: where mails leave, nobody is written to about them."""
    return {"is_fictional": False} if settings.MAIL_LEAVES else {}


@transaction.atomic
def _ask(entry: Entry, today: date, done: Reminded, dry_run: bool) -> None:
    entry = locked(entry)
    if not _due(type(entry), today).filter(pk=entry.pk).exists():
        return  # meanwhile confirmed, withdrawn, or asked by another run
    stewards = _stewards(entry)
    if not dry_run:
        question = Question.objects.create(asked_on=today, last_sent_on=today, **tie(entry))
        _write(stewards, "yearly_question", question, entry)
    done.asked += 1
    done.letters += len(stewards)


@transaction.atomic
def _remind(question: Question, today: date, done: Reminded, dry_run: bool) -> None:
    entry = locked(question.entry)
    found = _open(today).filter(pk=question.pk).first()
    stewards = _stewards(entry)
    if found is None or not _is_still_asked(entry, found) or not stewards:
        return
    if not dry_run:
        found.reminders += 1
        found.last_sent_on = today
        found.save(update_fields=["reminders", "last_sent_on"])
        _write(stewards, "yearly_reminder", found, entry)
    done.reminded += 1
    done.letters += len(stewards)


def _is_still_asked(entry: Entry, question: Question) -> bool:
    """Whether an answer is still wanted: the entry is public, not closed, and nobody has confirmed it otherwise."""
    confirmed = entry.confirmed_on is not None and entry.confirmed_on >= question.asked_on
    invented = entry.is_fictional and settings.MAIL_LEAVES
    return entry.is_published and entry.status in ASKED_ABOUT and not confirmed and not invented


def _stewards(entry: Entry) -> list[User]:
    return [stewardship.user for stewardship in _who_reads(Stewardship.of(entry)).select_related("user")]


def _write(stewards: Iterable[User], letter: str, question: Question, entry: Entry) -> None:
    for steward in stewards:
        write_to(
            steward,
            letter,
            entry=entry,
            page=settings.SITE_URL + entry.get_absolute_url(),
            link=address_of("yearly_question", question_token(question)),
            valid_until=question.asked_on + timedelta(days=VALID_DAYS),
        )
