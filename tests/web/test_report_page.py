"""Anybody says that something is wrong: without an account, throttled; the stewards read it, not from whom."""

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from places.models import Change, Place, Report
from places.throttling import PER_ADDRESS, PER_MAILBOX
from places.vocabulary import ActedAs, Publication, Verb
from tests.factories import TODAY, make_municipality, make_place, make_reviewer, make_space, make_steward, make_support

pytestmark = pytest.mark.django_db

ERROR = {"kind": "error", "text": "Die Öffnungszeiten stimmen nicht.", "email": "melder@example.org"}


@pytest.fixture(autouse=True)
def the_day(settings: Any) -> None:
    settings.TODAY = TODAY
    cache.clear()


@pytest.fixture
def place() -> Place:
    return make_place(make_municipality("06635015", name="Korbach"), name="Dorfladen")


def address(place: Place) -> str:
    return f"/orte/{place.pk}/melden/"


def test_a_report_is_kept_and_the_stewards_read_it_without_the_reporters_address(
    client: Client, place: Place, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_steward(place, email="anna@example.org")
    make_reviewer("06635")
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address(place), ERROR, follow=True)
    page = response.content.decode()
    assert "Danke für Ihren Hinweis" in page
    assert "bekommt Ihren Hinweis gleich, ohne Ihre Adresse" in page
    assert "Zuständige Prüfstelle: Kreis 06635." in page
    report = Report.objects.get()
    assert (report.place, report.kind, report.reported_on) == (place, "error", TODAY)
    assert (report.text, report.email) == (ERROR["text"], ERROR["email"])
    (letter,) = mail.outbox
    assert letter.to == ["anna@example.org"]
    assert ERROR["text"] in letter.body
    assert f"/orte/{place.pk}/betreuung/" in letter.body
    assert "melder@example.org" not in str(letter.message())


def test_the_record_says_that_something_was_reported_and_neither_what_nor_by_whom(client: Client, place: Place) -> None:
    client.post(address(place), ERROR)
    line = Change.of_entry(place).get()
    assert (line.verb, line.acted_as, line.user, line.reason) == (Verb.REPORTED, ActedAs.VISITOR, None, "")


def test_every_kind_of_entry_can_be_reported(client: Client) -> None:
    municipality = make_municipality()
    for segment, entry in (
        ("orte", make_place(municipality)),
        ("unterstuetzung", make_support(municipality)),
        ("raeume", make_space(municipality)),
    ):
        assert client.get(f"/{segment}/{entry.pk}/melden/").status_code == 200
        assert client.post(f"/{segment}/{entry.pk}/melden/", {"kind": "closed"}).status_code == 302
        assert Report.of(entry).get().kind == "closed"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "boring"}, "kind"),
        ({"text": " "}, "text"),
        ({"kind": "unlawful", "text": ""}, "text"),
        ({"email": "no address"}, "email"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_lost(
    client: Client, place: Place, wrong: dict[str, str], field: str
) -> None:
    response = client.post(address(place), ERROR | wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert 'href="#id_' in page
    if field != "text":
        assert ERROR["text"] in page
    assert not Report.objects.exists()


def test_what_is_not_public_cannot_be_reported_and_what_was_merged_leads_on(client: Client, place: Place) -> None:
    hidden = make_place(place.municipality, publication=Publication.SUBMITTED)
    merged = make_place(place.municipality, publication=Publication.ARCHIVED, merged_into=place)
    assert client.get(address(hidden)).status_code == 404
    assert client.post(address(hidden), ERROR).status_code == 404
    assert client.get("/orte/999999/melden/").status_code == 404
    assert client.get(address(merged))["Location"] == address(place)


def test_reports_are_throttled_by_mailbox_and_by_address_of_the_network(client: Client, place: Place) -> None:
    codes = [client.post(address(place), ERROR).status_code for _time in range(PER_MAILBOX + 1)]
    assert codes == [302] * PER_MAILBOX + [429]
    cache.clear()
    without = ERROR | {"email": ""}
    codes = [client.post(address(place), without).status_code for _time in range(PER_ADDRESS + 1)]
    assert codes == [302] * PER_ADDRESS + [429]
    page = client.post(address(place), without).content.decode()
    assert "viele Meldungen" in page
    assert ERROR["text"] in page


def test_where_nobody_looks_after_the_entry_nobody_is_promised(client: Client, place: Place) -> None:
    page = client.get(address(place) + "?gesendet").content.decode()
    assert "ohne Ihre Adresse" not in page
    assert "noch keine Prüfstelle" in page
