"""What is stored about one person: to hand it over, and to delete it. What stays when somebody goes (the entries, the
record) stays without the person."""

from datetime import date
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from places.care.proposals import mark_withdrawn
from places.facts import as_json
from places.models import (
    ApiToken,
    Change,
    Correspondence,
    Mandate,
    OfEntry,
    Photo,
    Report,
    Stewardship,
    Submission,
    Succession,
)
from places.record import write_change
from places.signals import own_data_asked
from places.vocabulary import ActedAs, SubmissionKind, SubmissionState, Verb

JOINED = ("place", "support", "space")


def collect_own_data(user: User) -> dict[str, Any]:
    """Everything that is stored about ``user``, as JSON can hold it; secrets (password, keys) only by their kind."""
    addresses = _addresses(user)
    elsewhere: list[Any] = [part for _listener, part in own_data_asked.send(sender=User, user=user)]
    return {
        "account": {
            "username": user.get_username(),
            "display_name": user.first_name,
            "email": user.email,
            "has_password": user.has_usable_password(),
            "is_administrator": user.is_superuser,
            "may_use_administration": user.is_staff,
            "created_at": user.date_joined,
            "last_signed_in_at": user.last_login,
        },
        "addresses": list(EmailAddress.objects.filter(user=user).values("email", "verified", "primary")),
        "second_factors": [
            {
                "type": factor.type,
                "name": factor.data.get("name", ""),
                "created_at": factor.created_at,
                "last_used_at": factor.last_used_at,
            }
            for factor in Authenticator.objects.filter(user=user)
        ],
        "api_keys": list(ApiToken.objects.filter(owner=user).values("name", "created_on", "ends_on", "last_used_on")),
        "correspondence": Correspondence.objects.filter(user=user)
        .values("language", "wants_digest", "digest_sent_on")
        .first(),
        "looks_after": [
            {**_entry(row), "since": row.since} for row in Stewardship.objects.filter(user=user).select_related(*JOINED)
        ],
        "submissions": [_submission(row) for row in Submission.objects.filter(user=user).select_related(*JOINED)],
        "submissions_to_confirm": [
            _submission(row)
            for row in Submission.objects.filter(user=None, email__in=addresses).select_related(*JOINED)
        ],
        "submissions_decided": [
            {**_entry(row), "decided_on": row.decided_on, "reason": row.reason}
            for row in Submission.objects.filter(decided_by=user).select_related(*JOINED)
        ],
        "reports": [
            {**_entry(row), "kind": row.kind, "text": row.text, "email": row.email, "reported_on": row.reported_on}
            for row in Report.objects.filter(email__in=addresses).select_related(*JOINED)
        ],
        "reports_handled": [
            {**_entry(row), "handled_on": row.handled_on, "outcome": row.outcome}
            for row in Report.objects.filter(handled_by=user).select_related(*JOINED)
        ],
        "photos": [
            {
                **_entry(row),
                "alternative_text": row.alternative_text,
                "credit": row.credit,
                "width": row.width,
                "height": row.height,
                "added_at": row.added_at,
            }
            for row in Photo.objects.filter(added_by=user).select_related(*JOINED)
        ],
        "successions_decided": list(
            Succession.objects.filter(confirmed_by=user).values(
                "state", decided_at=F("confirmed_at"), ags_before=F("predecessor__ags"), ags_after=F("successor__ags")
            )
        ),
        "mandates": list(Mandate.objects.of(user).values("area", "starts_on", "ends_on")),
        "record": list(
            Change.objects.filter(user=user).values(
                *("at", "acted_as", "verb", "ags", "place_id", "support_id", "space_id", "before", "after", "reason")
            )
        ),
        "administration_log": [
            {"at": line.action_time, "what": str(line)} for line in LogEntry.objects.filter(user=user)
        ],
        **{name: value for part in elsewhere for name, value in part.items()},
    }


@transaction.atomic
def delete_account(user: User, *, today: date) -> None:
    """Delete ``user`` with addresses, second factors, mandates and what else is only about the person.

    Entries, photographs and the record stay and name nobody. Wishes to look after an entry are withdrawn; a question
    that nobody can answer any more goes back to the reviewers. Raises ValidationError for the last administrator.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    if is_last_administrator(person):
        raise ValidationError(
            _("Sie sind die letzte Person mit Administrationsrechten. Bitte geben Sie diese zuerst weiter.")
        )
    for stewardship in Stewardship.objects.filter(user=person).select_related(*JOINED):
        entry = stewardship.entry
        stewardship.delete()
        write_change(entry, Verb.LEFT, by=person, acted_as=ActedAs.STEWARD)
    for mandate in Mandate.objects.of(person):
        _record_end(mandate, today)
    _let_go_of_submissions(person, today)
    Report.objects.filter(email__in=_addresses(person)).update(email="")
    person.delete()


def is_last_administrator(user: User) -> bool:
    """Whether nobody could administrate the platform without ``user``."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and not others.exists()


def _let_go_of_submissions(person: User, today: date) -> None:
    own = Submission.objects.filter(user=person)
    for wish in own.open().filter(kind=SubmissionKind.CLAIM):
        mark_withdrawn(wish, today)
    for question in own.filter(state=SubmissionState.ASKED_BACK).select_related(*JOINED):
        if not Stewardship.of(question.entry).exists():
            question.state = SubmissionState.WAITING
            question.message = "\n\n".join(
                filter(None, (question.message, _("Das Konto wurde gelöscht; auf die Rückfrage kommt keine Antwort.")))
            )
            question.save(update_fields=["state", "message"])
    own.update(email="")
    Submission.objects.filter(email__in=_addresses(person)).update(email="")


def _record_end(mandate: Mandate, today: date) -> None:
    """A mandate goes with its holder; the record keeps that it was there."""
    Change.objects.create(
        user_id=mandate.user_id,
        acted_as=ActedAs.REVIEWER,
        verb=Verb.GAVE_MANDATE,
        ags=mandate.area,
        before={"starts_on": as_json(mandate.starts_on), "ends_on": as_json(mandate.ends_on)},
        after={"starts_on": as_json(mandate.starts_on), "ends_on": as_json(today)},
        reason=_("Konto gelöscht"),
    )


def _addresses(user: User) -> list[str]:
    """All addresses of ``user``, as they may stand on submissions and reports."""
    found = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    return sorted({written for address in found if address for written in (address, address.lower())})


def _submission(row: Submission) -> dict[str, Any]:
    return {
        **_entry(row),
        "kind": row.kind,
        "state": row.state,
        "proposed": row.values,
        "message": row.message,
        "email": row.email,
        "language": row.language,
        "created_at": row.created_at,
        "decided_on": row.decided_on,
        "answer": row.reason,
    }


def _entry(row: OfEntry) -> dict[str, Any]:
    entry = row.entry
    return {"entry": {"kind": entry.entry_kind, "id": entry.pk, "name": entry.name}}
