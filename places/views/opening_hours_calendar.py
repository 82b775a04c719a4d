"""When a place is open, as a calendar to subscribe to. How the hours are read: recurring_hours.py."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import http_date
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone

from places import opening_hours
from places.models import Place
from places.recurring_hours import ALL_YEAR, EVERY_WEEK, Opening, recurring
from places.structured import address
from places.vocabulary import Publication, Status

CONTENT_TYPE = "text/calendar; charset=utf-8"
BERLIN = ZoneInfo("Europe/Berlin")
# Written out: the library's own lists every changeover one by one and ends in 2038.
TIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MIDNIGHT = "24:00"
YEARS_AHEAD = 30  # the 5th Saturday of February comes once in 28 years


def opening_hours_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """The regular hours of a published place; none while it is not active, so that subscribers see nothing.

    One that was merged leads to the other's, one that was withdrawn is gone. 404 where hours say more than is read.
    """
    found = Place.objects.select_related("municipality").filter(pk=pk).first()
    if found is None:
        raise Http404
    if successor := found.successor():
        return redirect("opening_hours_calendar", successor.pk, permanent=True)
    if found.publication == Publication.ARCHIVED:
        return HttpResponse(status=410, content_type=CONTENT_TYPE)
    openings = recurring(found.opening_hours)
    if not found.is_published or openings is None:
        raise Http404
    response = HttpResponse(calendar_of(found, openings).to_ical(), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'inline; filename="oeffnungszeiten-{found.pk}.ics"'
    response["Last-Modified"] = http_date(found.updated_at.timestamp())
    return response


def calendar_of(place: Place, openings: list[Opening]) -> Calendar:
    """``openings`` as events that come again. The same place gives the same bytes until it changes."""
    calendar = Calendar()
    calendar.add("prodid", "-//SOK-Atlas//Opening hours//DE")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", place.name)
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add_component(Timezone.from_ical(TIMEZONE))
    for opening in openings if place.status == Status.ACTIVE else []:
        first = first_day(opening, place.created_at.astimezone(BERLIN).date())
        if first is not None:
            calendar.add_component(_event(place, opening, first))
    return calendar


def first_day(opening: Opening, since: date) -> date | None:
    """The first day from ``since`` on which it is open; None where there is none for decades."""
    days = (since + timedelta(days=step) for step in range(YEARS_AHEAD * 366))
    return next((day for day in days if _is_open(opening, day)), None)


def _is_open(opening: Opening, day: date) -> bool:
    return day.weekday() in opening.days and day.month in opening.months and (day.day + 6) // 7 in opening.weeks


def _event(place: Place, opening: Opening, first: date) -> Event:
    event = Event()
    event.add("uid", _identity(place, opening))
    event.add("dtstamp", place.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", place.updated_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", datetime.combine(first, time.fromisoformat(opening.opens), BERLIN))
    event.add("dtend", _end(opening, first))
    event.add("rrule", _rule(opening))
    event.add("summary", place.name)
    event.add("description", _description(place))
    event.add("location", ", ".join(filter(None, (place.street, f"{place.postcode} {place.city}".strip()))))
    event.add("geo", (round(place.location.y, 6), round(place.location.x, 6)))
    event.add("url", address(place))
    event.add("transp", "TRANSPARENT")  # whoever subscribes is not busy then
    return event


def _identity(place: Place, opening: Opening) -> str:
    """Stays while the opening stays: clients know by it what they have already."""
    when = ["".join(DAYS[day] for day in opening.days), opening.opens, opening.closes]
    seldom = [f"m{'-'.join(map(str, opening.months))}"] if opening.months != ALL_YEAR else []
    seldom += [f"w{'-'.join(map(str, opening.weeks))}"] if opening.weeks != EVERY_WEEK else []
    parts = "-".join([*when, *seldom]).replace(":", "").lower()
    return f"ort-{place.pk}-{parts}@{urlsplit(settings.SITE_URL).hostname}"


def _end(opening: Opening, day: date) -> datetime:
    closes = time(0) if opening.closes == MIDNIGHT else time.fromisoformat(opening.closes)
    over_night = closes <= time.fromisoformat(opening.opens)
    return datetime.combine(day + timedelta(days=over_night), closes, BERLIN)


def _rule(opening: Opening) -> dict[str, Any]:
    by_month = {"bymonth": list(opening.months)} if opening.months != ALL_YEAR else {}
    if opening.weeks == EVERY_WEEK:
        return {"freq": "weekly", "byday": [DAYS[day] for day in opening.days], **by_month}
    days = [f"{week}{DAYS[day]}" for day in opening.days for week in opening.weeks]
    return {"freq": "monthly", "byday": days, **by_month}


def _description(place: Place) -> str:
    """The hours in words, with what a calendar cannot say, and where they come from."""
    lines = [f"{line.days}: {line.times}" for line in opening_hours.read(place.opening_hours) or []]
    invented = [_("Dieser Ort ist frei erfunden. Es gibt ihn nur in dieser Demo.")] if place.is_fictional else []
    return "\n".join([*invented, *lines, _("Quelle: SOK-Atlas"), address(place)])
