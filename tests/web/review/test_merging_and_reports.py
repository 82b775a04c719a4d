"""Two entries become one, and a report is closed."""

import re
from html import unescape

import pytest
from django.test import Client

from places.models import Municipality, Report, tie
from places.vocabulary import Publication, ReportKind
from tests.factories import TODAY, make_municipality, make_place
from tests.web.review.steps import text

pytestmark = pytest.mark.django_db


def test_merging_asks_fact_by_fact_and_proposes_what_is_known(reviewer: Client, korbach: Municipality) -> None:
    kept = make_place(korbach, name="Dorfladen", street="Am Markt 1", website="")
    other = make_place(korbach, name="Laden", street="Am Markt 2", website="https://laden.example.org")
    path = f"/pruefung/zusammenfuehren/orte/{kept.pk}/{other.pk}/"
    page = text(reviewer, path)
    assert re.search(r'name="website" value="other"[^>]*checked', page)
    assert re.search(r'name="street" value="kept"[^>]*checked', page)
    assert f"/pruefung/zusammenfuehren/orte/{other.pk}/{kept.pk}/" in page
    sent = {"name": "kept", "street": "other", "website": "other"}
    assert reviewer.post(path, sent).status_code == 422
    response = reviewer.post(path, {**sent, "reason": "Derselbe Laden"}, follow=True)
    assert "„Laden“ ist in „Dorfladen“ aufgegangen." in unescape(response.content.decode())
    kept.refresh_from_db()
    assert (kept.name, kept.street, kept.website) == ("Dorfladen", "Am Markt 2", "https://laden.example.org")
    assert reviewer.get(other.get_absolute_url())["Location"] == kept.get_absolute_url()


def test_merging_says_which_of_the_two_must_stay(reviewer: Client, korbach: Municipality) -> None:
    published, waiting = make_place(korbach), make_place(korbach, publication=Publication.SUBMITTED)
    page = text(reviewer, f"/pruefung/zusammenfuehren/orte/{waiting.pk}/{published.pk}/")
    assert "Bleiben muss der veröffentlichte Eintrag" in page
    assert "Umgekehrt:" in page
    assert 'name="reason"' not in page


def test_both_of_a_merger_must_be_hers(reviewer: Client, korbach: Municipality) -> None:
    here, elsewhere = make_place(korbach), make_place(make_municipality("06634001"))
    for first, second in ((here, elsewhere), (elsewhere, here)):
        text(reviewer, f"/pruefung/zusammenfuehren/orte/{first.pk}/{second.pk}/", 403)


def test_a_report_is_closed_with_a_word(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach, name="Dorfladen")
    report = Report.objects.create(kind=ReportKind.CLOSED, text="Ein Schild", reported_on=TODAY, **tie(place))
    path = f"/pruefung/meldungen/{report.pk}/"
    assert "Ein Schild" in text(reviewer, path)
    refused = reviewer.post(path, {"beginning": "", "words": ""})
    assert (refused.status_code, 'id="id_words_error"' in refused.content.decode()) == (422, True)
    reviewer.post(path, {"beginning": "2", "words": ""})
    report.refresh_from_db()
    assert report.outcome == "Wir haben nachgesehen: Der Eintrag stimmt."
    assert "Erledigt am" in text(reviewer, path)
    assert reviewer.post(path, {"beginning": "2", "words": ""}).status_code == 409
