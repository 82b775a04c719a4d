"""Anybody says that something is wrong with a published entry. What becomes of it: reviewing/decisions.py."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from places import letters
from places.models import Entry, Report, Stewardship, tie
from places.record import write_change
from places.vocabulary import ActedAs, ReportKind, Verb


@transaction.atomic
def report_entry(entry: Entry, *, kind: str, text: str, email: str, today: date) -> Report:
    """Keep a report for the reviewers and tell the stewards, without who sent it.

    The text stays out of the record: nobody knows what a stranger writes, and the record is kept.
    Raises ValidationError where the entry is not public, or the text says nothing.
    """
    if not entry.is_published:
        raise ValidationError(_("Dieser Eintrag ist nicht öffentlich."))
    if kind != ReportKind.CLOSED and not text.strip():
        raise ValidationError({"text": _("Bitte schreiben Sie, worum es geht.")})
    report = Report.objects.create(kind=kind, text=text.strip(), email=email, reported_on=today, **tie(entry))
    write_change(entry, Verb.REPORTED, by=None, acted_as=ActedAs.VISITOR)
    for stewardship in Stewardship.of(entry).select_related("user"):
        letters.write_to(
            stewardship.user,
            "report_to_stewards",
            entry=entry,
            report=report,
            link=letters.address_of("care", entry.entry_kind, entry.pk),
        )
    return report
