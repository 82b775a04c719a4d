"""The calendar of a place's hours: read back by the library, in Berlin's time, with names that stay."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from places.models import Place
from places.recurring_hours import Opening
from places.views.opening_hours_calendar import first_day
from places.vocabulary import Publication, Status
from tests.factories import make_place

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
MADE_AT = datetime(2026, 1, 6, 23, 30, tzinfo=UTC)  # in Berlin Wednesday, 7 January


def place_with(hours: str, **fields: Any) -> Place:
    place = make_place(name="Käthes Dorfladen", opening_hours=hours, **fields)
    Place.objects.filter(pk=place.pk).update(created_at=MADE_AT, updated_at=MADE_AT)
    return place


def events(client: Client, place: Place) -> list[Any]:
    response = client.get(f"/orte/{place.pk}/oeffnungszeiten.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.cookies == {}
    return list(Calendar.from_ical(response.content).walk("VEVENT"))


def test_weekly_hours_come_again_every_week_in_berlin_s_time(client: Client) -> None:
    place = place_with("Mo,Th 09:00-18:00", street="Am Anger 1", postcode="34000", city="Auental")
    (event,) = events(client, place)
    assert event["SUMMARY"] == "Käthes Dorfladen"
    assert event["LOCATION"] == "Am Anger 1, 34000 Auental"
    assert event.start == datetime(2026, 1, 8, 9, tzinfo=BERLIN)
    assert event.end == datetime(2026, 1, 8, 18, tzinfo=BERLIN)
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=MO,TH"
    assert event["URL"].endswith(place.get_absolute_url())
    assert "Mo, Do: 9:00–18:00 Uhr" in event["DESCRIPTION"]


def test_the_changeover_follows_the_rules_of_today(client: Client) -> None:
    place = place_with("Mo 09:00-18:00")
    calendar = Calendar.from_ical(client.get(f"/orte/{place.pk}/oeffnungszeiten.ics").content)
    zone: Any
    (zone,) = calendar.walk("VTIMEZONE")
    told = zone.to_tz()
    for moment in (datetime(2027, 3, 28, 1, 30), datetime(2027, 3, 28, 4), datetime(2027, 12, 1)):  # noqa: DTZ001
        assert moment.replace(tzinfo=told).utcoffset() == moment.replace(tzinfo=BERLIN).utcoffset()


@pytest.mark.parametrize(
    ("hours", "rule", "start", "end"),
    [
        ("Sa[2] 10:00-13:00", b"FREQ=MONTHLY;BYDAY=2SA", (1, 10, 10), (1, 10, 13)),
        ("Apr-May Th 17:00-21:00", b"FREQ=WEEKLY;BYDAY=TH;BYMONTH=4,5", (4, 2, 17), (4, 2, 21)),
        ("Fr 20:00-02:00", b"FREQ=WEEKLY;BYDAY=FR", (1, 9, 20), (1, 10, 2)),
        ("Fr 20:00-24:00", b"FREQ=WEEKLY;BYDAY=FR", (1, 9, 20), (1, 10, 0)),
        ("24/7", b"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", (1, 7, 0), (1, 8, 0)),
    ],
)
def test_rarer_and_later_hours_begin_on_the_first_day_that_they_mean(
    client: Client, hours: str, rule: bytes, start: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    (event,) = events(client, place_with(hours))
    assert event["RRULE"].to_ical() == rule
    assert event.start == datetime(2026, *start, tzinfo=BERLIN)
    assert event.end == datetime(2026, *end, tzinfo=BERLIN)


def test_names_of_events_are_all_different_and_stay(client: Client) -> None:
    place = place_with("Mo 09:00-12:00,14:00-18:00; Sa[1] 10:00-12:00; Jul We 09:00-10:00")
    names = [str(event["UID"]) for event in events(client, place)]
    assert len(set(names)) == len(names) == 4
    before = client.get(f"/orte/{place.pk}/oeffnungszeiten.ics").content
    assert client.get(f"/orte/{place.pk}/oeffnungszeiten.ics").content == before
    Place.objects.update(name="Laden", opening_hours="Mo 09:00-12:00; Sa[1] 10:00-12:00")
    assert {str(event["UID"]) for event in events(client, place)} < set(names)


def test_an_unchanged_calendar_is_not_sent_again(client: Client) -> None:
    path = f"/orte/{place_with('Mo 09:00-12:00').pk}/oeffnungszeiten.ics"
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304


def test_a_place_that_rests_has_an_empty_calendar_and_no_link_to_it(client: Client) -> None:
    place = place_with("Mo 09:00-12:00", status=Status.DORMANT)
    assert events(client, place) == []
    assert "oeffnungszeiten.ics" not in client.get(place.get_absolute_url()).content.decode()


@pytest.mark.parametrize("hours", ["", "sunrise-sunset", '"by appointment"'])
def test_without_fixed_hours_there_is_none(client: Client, hours: str) -> None:
    place = place_with(hours)
    assert client.get(f"/orte/{place.pk}/oeffnungszeiten.ics").status_code == 404
    assert "oeffnungszeiten.ics" not in client.get(place.get_absolute_url()).content.decode()


def test_the_page_of_the_place_leads_to_it(client: Client) -> None:
    place = place_with("Mo 09:00-12:00")
    assert f'href="/orte/{place.pk}/oeffnungszeiten.ics"' in client.get(place.get_absolute_url()).content.decode()


def test_one_that_was_merged_withdrawn_or_never_published_answers_as_its_page_does(client: Client) -> None:
    place, other = place_with("Mo 09:00-12:00"), make_place(opening_hours="Tu 09:00-12:00")
    path = f"/orte/{place.pk}/oeffnungszeiten.ics"
    for publication, status in ((Publication.SUBMITTED, 404), (Publication.ARCHIVED, 410)):
        Place.objects.filter(pk=place.pk).update(publication=publication)
        assert client.get(path).status_code == status
    Place.objects.filter(pk=place.pk).update(merged_into=other)
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (301, f"/orte/{other.pk}/oeffnungszeiten.ics")
    assert client.get("/orte/999999/oeffnungszeiten.ics").status_code == 404


def test_the_fifth_saturday_of_february_is_found_and_a_thirtieth_is_not_looked_for_endlessly() -> None:
    rare = Opening((5,), "10:00", "12:00", months=(2,), weeks=(5,))
    assert first_day(rare, date(2026, 1, 1)) == date(2048, 2, 29)
    assert first_day(Opening((5,), "10:00", "12:00", weeks=()), date(2026, 1, 1)) is None
