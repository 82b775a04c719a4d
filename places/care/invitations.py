"""Who joins and who leaves those that look after an entry. An invitation is a signed link; nothing of it is stored."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import User as Account
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction

from places import letters
from places.accounts import account_for
from places.models import ENTRY_KINDS, Correspondence, Entry, Stewardship, tie
from places.permissions import User, is_steward
from places.record import locked, write_change
from places.vocabulary import ActedAs, Publication, Verb

VALID_DAYS = 14
_SALT = "places.invitation"
_OVER = (Publication.REJECTED, Publication.ARCHIVED)


@dataclass(frozen=True)
class Invitation:
    """What a valid link says."""

    entry: Entry
    inviter: Account
    email: str
    hands_over: bool


def invite(entry: Entry, email: str, *, by: User, hands_over: bool, today: date) -> None:
    """Write to ``email`` that somebody is asked to look after ``entry``; with ``hands_over``, instead of ``by``.

    Raises PermissionDenied for anybody but a steward, and for an entry that is not looked after any more.
    """
    if not is_steward(by, entry) or entry.publication in _OVER:
        raise PermissionDenied
    letters.write(
        "invitation",
        email,
        language=_language(by),
        entry=entry,
        hands_over=hands_over,
        link=letters.address_of(
            "invitation", invitation_token(entry, email, by=by, hands_over=hands_over, today=today)
        ),
        until=today + timedelta(days=VALID_DAYS),
    )


def invitation_token(entry: Entry, email: str, *, by: User, hands_over: bool, today: date) -> str:
    """What the link in the letter carries; to make one is not to invite."""
    said = [entry.entry_kind, entry.pk, by.pk, email.strip().lower(), hands_over, today.isoformat()]
    return signing.dumps(said, salt=_SALT)


def read_invitation(token: str, today: date) -> Invitation | None:
    """What a link says; None where it is made up, older than 14 days, or from somebody who has left since."""
    try:
        kind, pk, by, email, hands_over, written_on = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        return None
    if not date.fromisoformat(written_on) <= today <= date.fromisoformat(written_on) + timedelta(days=VALID_DAYS):
        return None
    entry: Entry | None = ENTRY_KINDS[kind]._default_manager.filter(pk=pk).first()
    inviter = Account.objects.filter(pk=by).first()
    if entry is None or inviter is None or entry.publication in _OVER or not is_steward(inviter, entry):
        return None
    return Invitation(entry, inviter, email, hands_over)


@transaction.atomic
def accept_invitation(token: str, *, language: str, today: date) -> Entry | None:
    """Let whoever reads the invited mailbox look after the entry; the account is made if there is none.

    The entry; None where the link does not hold (any more).
    """
    asked = read_invitation(token, today)
    if asked is None:
        return None
    entry = locked(asked.entry)
    user = account_for(asked.email, language)
    if not is_steward(user, entry):
        Stewardship.objects.create(user=user, since=today, **tie(entry))
        write_change(entry, Verb.JOINED, by=user, acted_as=ActedAs.STEWARD)
    if asked.hands_over and user.pk != asked.inviter.pk:
        _leave(entry, asked.inviter)
    return entry


@transaction.atomic
def leave(entry: Entry, *, by: User) -> None:
    """Stop looking after ``entry``. Raises PermissionDenied for anybody but a steward."""
    entry = locked(entry)
    if not is_steward(by, entry):
        raise PermissionDenied
    _leave(entry, by)


def _leave(entry: Entry, user: User) -> None:
    Stewardship.of(entry).filter(user=user.pk).delete()
    write_change(entry, Verb.LEFT, by=user, acted_as=ActedAs.STEWARD)


def _language(user: User) -> str:
    return Correspondence.objects.filter(user=user.pk).values_list("language", flat=True).first() or ""
