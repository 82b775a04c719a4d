"""The latest changes for people: the page and the Atom feed."""

from datetime import timedelta
from http import HTTPStatus
from xml.etree import ElementTree

import pytest
from django.db.models import F
from django.test import Client

from cohesion.models import Assessment
from places.models import Change
from places.record import on_record
from places.vocabulary import ActedAs, Publication, Verb
from tests.factories import make_assessment, make_municipality, make_place, make_reviewer, make_score

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def history() -> None:
    municipality = make_municipality("06635001", name="Korbach")
    place, gone = make_place(municipality, name="Alt"), make_place(municipality, name="Laden von Frau Meier")
    reviewer = make_reviewer("06", "petra.mueller")
    with on_record(place, Verb.UPDATED, by=reviewer, acted_as=ActedAs.STEWARD, reason="Ein Geheimnis"):
        place.name, place.website = "Dorfladen", "https://example.org"
        place.save()
    with on_record(gone, Verb.ARCHIVED, by=reviewer, acted_as=ActedAs.REVIEWER, reason="Ein Geheimnis"):
        gone.publication = Publication.ARCHIVED
        gone.save()
    for cohesion_class in ("risky", "robust"):
        make_score(municipality, make_assessment(), cohesion_class=cohesion_class)
    Change.objects.update(at=F("at") - timedelta(hours=1))
    Assessment.objects.update(created_at=F("created_at") - timedelta(hours=1))


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "de",
            ["Neu bewertet", "Kohäsionsklasse: riskant → robust", "Geändert", "Neu: Name, Website", "Ein Sozialer Ort"],
        ),
        ("en", ["Cohesion class: risky → robust", "Changed", "New: Name, Website", "A Sozialer Ort"]),
    ],
)
def test_the_page_says_in_words_what_changed(language: str, words: list[str], client: Client) -> None:
    page = client.get("/aenderungen/", headers={"Accept-Language": language})
    assert page.status_code == HTTPStatus.OK
    assert not page.cookies
    shown = page.content.decode()
    for word in [*words, "Dorfladen", "Korbach"]:
        assert word in shown
    for secret in ("Meier", "petra", "Geheimnis"):
        assert secret not in shown
    assert shown.index(words[0]) < shown.index("Dorfladen")  # the newest first


@pytest.mark.usefixtures("history")
def test_the_feed_is_atom_with_a_lasting_name_for_every_change(client: Client) -> None:
    answer = client.get("/aenderungen.atom")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    titles = [title.text for title in feed.findall("a:entry/a:title", ATOM)]
    assert titles == [
        "Neu bewertet: Korbach",
        "Aus der Öffentlichkeit genommen: Ein Sozialer Ort",
        "Geändert: Dorfladen",
    ]
    assert feed.findtext("a:author/a:name", namespaces=ATOM) == "SOK-Atlas"  # RFC 4287, 4.1.1
    ids = [found.text for found in feed.findall("a:entry/a:id", ATOM)]
    assert len({*ids}) == len(ids) == 3
    again = ElementTree.fromstring(client.get("/aenderungen.atom").content)
    assert [found.text for found in again.findall("a:entry/a:id", ATOM)] == ids
    for link in feed.findall("a:entry/a:link", ATOM):
        assert client.get(link.attrib["href"]).status_code == HTTPStatus.OK
    for secret in ("Meier", "petra", "Geheimnis"):
        assert secret not in answer.content.decode()


def test_a_name_is_never_markup_in_the_feed(client: Client) -> None:
    municipality = make_municipality("06635001", name="<b>Korbach</b>")
    place = make_place(municipality)
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
        place.name = "<script>alert(1)</script>"
        place.save()
    Change.objects.update(at=F("at") - timedelta(hours=1))
    feed = ElementTree.fromstring(client.get("/aenderungen.atom").content)
    assert feed.findtext("a:entry/a:summary", namespaces=ATOM) == "&lt;b&gt;Korbach&lt;/b&gt;. Neu: Name."
    assert "<script>alert" not in client.get("/aenderungen/").content.decode()


def test_before_anything_happened_the_page_says_so_and_the_feed_is_empty(client: Client) -> None:
    assert "Noch keine Änderungen" in client.get("/aenderungen/").content.decode()
    assert not ElementTree.fromstring(client.get("/aenderungen.atom").content).findall("a:entry", ATOM)


def test_every_page_leads_there_and_it_leads_to_feed_and_api(client: Client) -> None:
    assert 'href="/aenderungen/"' in client.get("/konzept/").content.decode()
    page = client.get("/aenderungen/").content.decode()
    assert 'rel="alternate" type="application/atom+xml"' in page
    assert 'href="/api/v1/changes/"' in page
