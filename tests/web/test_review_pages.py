"""The pages of a reviewer as she meets them: her queue, a decision, merging, reports, municipalities, the record."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from places.care.edits import latest_change
from places.facts import facts_of
from places.models import Change, Entry, Mandate, Municipality, Place, Report, Stewardship, Submission, tie
from places.record import on_record
from places.vocabulary import (
    ActedAs,
    Publication,
    ReportKind,
    Status,
    SubmissionKind,
    SubmissionState,
    Verb,
)
from sok_site import demo
from tests.factories import (
    TODAY,
    make_municipality,
    make_place,
    make_reviewer,
    make_space,
    make_steward,
    make_submission,
    make_support,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings: Settings) -> date:
    settings.TODAY = TODAY
    return TODAY


@pytest.fixture
def korbach() -> Municipality:
    return make_municipality("06635015", name="Korbach")


@pytest.fixture
def reviewer(client: Client) -> Client:
    client.force_login(make_reviewer("06635", "pruefung-wf"))
    return client


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return unescape(response.content.decode())


def registered(entry: Entry, days: int = 0, **fields: Any) -> Submission:
    """A registration that has been waiting for so many days."""
    type(entry)._default_manager.filter(pk=entry.pk).update(publication=Publication.SUBMITTED)
    return make_submission(entry, waiting_since=TODAY - timedelta(days=days), **fields)


def proposed(entry: Entry, **values: Any) -> Submission:
    now = facts_of(entry)
    return make_submission(entry, SubmissionKind.CHANGE, values=values, base={name: now[name] for name in values})


def names(page: str) -> list[str]:
    """The headings of the cards, in their order."""
    return re.findall(r'queue__name"><a href="[^"]*">([^<]*)</a>', page)


# --- The queue ---


def test_the_oldest_comes_first_with_what_where_and_since_when(reviewer: Client, korbach: Municipality) -> None:
    registered(make_place(korbach, name="Jung", street="Am Markt 1"), days=0)
    registered(make_support(korbach, name="Alt"), days=12)
    registered(make_space(korbach, name="Mittel"), days=1)
    page = text(reviewer, "/pruefung/")
    assert names(page) == ["Alt", "Mittel", "Jung"]
    for words in (
        "Wartet auf Sie (3)",
        "wartet seit 12 Tagen",
        "wartet seit gestern",
        "wartet seit heute",
        "Neuer Eintrag · Unterstützungsstruktur",
        "Korbach, Kreis 06635",
        "Dorfgemeinschaftshaus · Am Markt 1",
    ):
        assert words in page


def test_a_change_says_in_one_line_what_is_to_change(reviewer: Client, korbach: Municipality) -> None:
    proposed(make_place(korbach), status=Status.CLOSED.value)
    assert "Zustand: aktiv → geschlossen" in text(reviewer, "/pruefung/")


def test_only_what_lies_in_the_mandate_is_shown(reviewer: Client, korbach: Municipality) -> None:
    registered(make_place(korbach, name="Hier"))
    registered(make_place(make_municipality("06634001"), name="Anderswo"))
    assert names(text(reviewer, "/pruefung/")) == ["Hier"]


def test_what_is_not_confirmed_or_decided_does_not_wait(reviewer: Client, korbach: Municipality) -> None:
    for state in (SubmissionState.UNCONFIRMED, SubmissionState.ACCEPTED, SubmissionState.WITHDRAWN):
        registered(make_place(korbach), state=state)
    assert "Zurzeit wartet keine Vorlage" in text(reviewer, "/pruefung/")


def test_what_nearer_reviewers_have_stands_below(client: Client, korbach: Municipality) -> None:
    make_reviewer("06635015")
    client.force_login(make_reviewer("06635"))
    registered(make_place(korbach, name="Der Gemeinde"))
    registered(make_place(make_municipality("06635016"), name="Des Kreises"))
    page = text(client, "/pruefung/")
    theirs, further = page.split("Weitere in Ihrem Gebiet (1)")
    assert names(theirs) == ["Des Kreises"]
    assert names(further) == ["Der Gemeinde"]


def test_what_was_passed_on_says_so_where_it_arrives(client: Client, korbach: Municipality) -> None:
    client.force_login(make_reviewer("06"))
    submission = registered(make_place(korbach))
    assert "niemand zuständig, deshalb liegt es bei Ihnen: Kreis 06635." in text(client, "/pruefung/")
    assert "Für Korbach und Kreis 06635 ist niemand zuständig" in text(client, f"/pruefung/vorlagen/{submission.pk}/")
    make_reviewer("06635")
    assert "deshalb liegt es bei Ihnen" not in text(client, "/pruefung/")


def test_an_ended_mandate_passes_on_to_the_next_level(client: Client, korbach: Municipality) -> None:
    ended = make_reviewer("06635015", ends_on=TODAY - timedelta(days=1))
    registered(make_place(korbach, name="Waise"))
    client.force_login(make_reviewer("06635"))
    assert names(text(client, "/pruefung/").split("Weitere in")[0]) == ["Waise"]
    client.force_login(ended)
    assert "keinen Prüfauftrag" in text(client, "/pruefung/")


def test_an_administrator_learns_where_nobody_is_responsible(client: Client, korbach: Municipality) -> None:
    client.force_login(User.objects.create_superuser("administrator"))
    assert "ist jemand zuständig" in text(client, "/pruefung/")
    registered(make_place(korbach, name="Waise"))
    registered(make_place(make_municipality("16061037")))
    make_reviewer("16")
    page = text(client, "/pruefung/")
    assert "Hier wartet etwas, und niemand ist zuständig" in page
    assert "/admin/places/mandate/add/?area=06635" in page
    assert "?area=16061" not in page
    assert "Waise" not in page


def test_without_a_mandate_it_says_who_gives_one(client: Client) -> None:
    client.force_login(User.objects.create_user("stranger"))
    assert "keinen Prüfauftrag" in text(client, "/pruefung/")


def test_reports_questions_and_faded_entries_are_listed(reviewer: Client, korbach: Municipality) -> None:
    Report.objects.create(
        kind=ReportKind.CLOSED, text="Ein Schild", reported_on=TODAY, **tie(make_place(korbach, name="Gemeldet"))
    )
    registered(make_place(korbach, name="Gefragt"), state=SubmissionState.ASKED_BACK, reason="Wo genau?")
    make_place(korbach, name="Verblasst", confirmed_on=date(2020, 5, 1))
    make_steward(make_place(korbach, name="Betreut", confirmed_on=date(2020, 5, 1)))
    page = text(reviewer, "/pruefung/")
    for words in (
        "Meldungen (1)",
        "Ein Schild",
        "Wartet auf Antwort (1)",
        "Wo genau?",
        "zuletzt bestätigt am 1. Mai 2020",
    ):
        assert words in page
    assert names(page) == ["Gemeldet", "Verblasst", "Gefragt"]


def test_a_faded_entry_is_confirmed_from_the_queue(reviewer: Client, korbach: Municipality) -> None:
    space = make_space(korbach, confirmed_on=None)
    response = reviewer.post(f"/raeume/{space.pk}/verlauf/", {"action": "confirm", "back": "review"}, follow=True)
    space.refresh_from_db()
    assert space.confirmed_on == TODAY
    assert response.redirect_chain[-1][0] == "/pruefung/"
    assert "ist bestätigt" in response.content.decode()


def test_several_are_published_and_the_rest_says_why_not(reviewer: Client, korbach: Municipality) -> None:
    good = registered(make_place(korbach, name="Gut"))
    asked = registered(make_space(korbach, name="Gefragt"), state=SubmissionState.ASKED_BACK)
    foreign = registered(make_place(make_municipality("06634001"), name="Fremd"))
    page = text(reviewer, "/pruefung/")
    assert re.findall(r'name="submission" value="(\d+)"', page) == [str(good.pk)]
    response = reviewer.post(
        "/pruefung/vorlagen/", {"submission": [str(one.pk) for one in (good, asked, foreign)] + ["x"]}, follow=True
    )
    answer = unescape(response.content.decode())
    assert "Eine Vorlage ist veröffentlicht." in answer
    assert "„Gefragt“ ist nicht veröffentlicht: eine Rückfrage ist offen" in answer
    assert "„Fremd“ ist nicht veröffentlicht: Dafür haben Sie keinen Prüfauftrag." in answer
    assert list(Place.objects.published().values_list("name", flat=True)) == ["Gut"]


def test_what_may_be_there_already_has_no_box_to_tick(reviewer: Client, korbach: Municipality) -> None:
    make_place(korbach, name="Dorfladen Korbach")
    registered(make_place(korbach, name="Dorfladen Korbach e. V."))
    page = text(reviewer, "/pruefung/")
    assert "Vielleicht schon eingetragen" in page
    assert 'type="checkbox"' not in page
    assert "Ausgewählte veröffentlichen" not in page


def test_three_hundred_waiting_are_no_burden(
    reviewer: Client, korbach: Municipality, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(300):
        registered(make_place(korbach, name=f"Ort {number:03}"), days=300 - number)
    with django_assert_max_num_queries(40):  # twenty of them look for duplicates
        page = text(reviewer, "/pruefung/")
    assert "Wartet auf Sie (300)" in page
    assert names(page)[0] == "Ort 000"
    assert len(names(page)) == 20
    assert "Seite 1 von 15" in page
    assert names(text(reviewer, "/pruefung/?seite=2"))[0] == "Ort 020"


def test_many_reports_and_faded_entries_are_asked_for_at_once(
    reviewer: Client, korbach: Municipality, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        place = make_place(korbach, confirmed_on=None)
        make_space(korbach, confirmed_on=None)
        Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY - timedelta(days=number), **tie(place))
        make_submission(place, SubmissionKind.CHANGE, values={"name": "neu"}, base={"name": place.name})
    with django_assert_max_num_queries(20):
        page = text(reviewer, "/pruefung/")
    assert "20 weitere folgen" in page


# --- One submission ---


def test_a_registration_is_shown_whole_with_its_likely_duplicate_beside(
    reviewer: Client, korbach: Municipality
) -> None:
    known = make_place(korbach, name="Dorfladen Korbach", street="Am Markt 1")
    place = make_place(korbach, name="Dorfladen Korbach e. V.", street="Am Markt 2", description="Kaffee für alle")
    submission = registered(place, message="Wir sind umgezogen.")
    page = text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")
    for words in (
        "Kaffee für alle",
        "Wir sind umgezogen.",
        "gemeinschaftlich nutzbar",
        "Nicht angegeben:",
        "Am Markt 1",
    ):
        assert words in page
    assert f"/pruefung/zusammenfuehren/orte/{known.pk}/{place.pk}/" in page
    assert "0 m entfernt" in page


def test_a_change_is_shown_against_what_is_published_now(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach, status=Status.ACTIVE)
    submission = proposed(place, status=Status.CLOSED.value)
    page = text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")
    assert re.search(r"veröffentlicht</span> aktiv</dd>.*vorgeschlagen</span> geschlossen</dd>", page, re.DOTALL)
    assert "Seit dem Vorschlag geändert" not in page
    Place.objects.filter(pk=place.pk).update(status=Status.DORMANT)
    page = text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")
    assert "Damals stand hier: aktiv." in page


def test_a_decision_is_done_and_leads_back_to_the_queue(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach, name="Dorfladen")
    submission = registered(place)
    response = reviewer.post(
        f"/pruefung/vorlagen/{submission.pk}/", {"action": "publish", "seen": latest_change(place)}, follow=True
    )
    assert "„Dorfladen“ ist veröffentlicht." in response.content.decode()
    place.refresh_from_db()
    assert place.is_published
    assert "Hierüber ist entschieden" in text(reviewer, f"/pruefung/vorlagen/{submission.pk}/")


def test_a_ready_sentence_is_enough_and_words_are_added_to_it(reviewer: Client, korbach: Municipality) -> None:
    submission = registered(make_place(korbach))
    sent = {"action": "reject", "reject-beginning": "0", "reject-words": "Siehe Dorfladen."}
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", sent).status_code == 302
    submission.refresh_from_db()
    assert submission.reason == "Dieser Ort ist schon eingetragen.\n\nSiehe Dorfladen."


@pytest.mark.parametrize("action", ["ask_back", "reject"])
def test_without_words_it_says_at_the_field_what_is_missing(
    action: str, reviewer: Client, korbach: Municipality
) -> None:
    submission = registered(make_place(korbach))
    response = reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", {"action": action})
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{action}-words_error"' in page
    assert f'<a href="#id_{action}-words">' in page
    assert '<details class="decide__other" open>' in page
    submission.refresh_from_db()
    assert submission.state == SubmissionState.WAITING


def test_who_looked_at_an_older_state_is_asked_to_look_again(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    submission = registered(place)
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD):
        Place.objects.filter(pk=place.pk).update(name="Neuer Name")
        place.refresh_from_db()
    sent = {"action": "publish", "seen": "0", "publish-reason": "Danke!"}
    response = reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "inzwischen geändert" in page
    assert "Danke!" in page
    assert Place.objects.get().publication == Publication.SUBMITTED
    sent["seen"] = str(latest_change(place))
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", sent).status_code == 302


def test_nothing_is_published_by_a_form_that_does_not_say_what_was_seen(
    reviewer: Client, korbach: Municipality
) -> None:
    submission = registered(make_place(korbach))
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", {"action": "publish"}).status_code == 409
    assert reviewer.post(f"/pruefung/vorlagen/{submission.pk}/", {"action": "burn"}).status_code == 400


def test_a_fellow_steward_accepts_a_claim_and_sees_nothing_of_the_review(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    fellow = make_steward(place)
    applicant = User.objects.create_user("applicant", email="neu@example.org")
    claim = make_submission(place, SubmissionKind.CLAIM, user=applicant, message="Ich bin Kassenwartin.")
    client.force_login(fellow)
    page = text(client, f"/pruefung/vorlagen/{claim.pk}/")
    assert "Ich bin Kassenwartin." in page
    assert "neu@example.org" not in page
    assert "Ablehnen" not in page
    answer = client.post(f"/pruefung/vorlagen/{claim.pk}/", {"action": "publish", "seen": latest_change(place)})
    assert answer["Location"] == f"/orte/{place.pk}/betreuung/"
    assert Stewardship.of(place).filter(user=applicant).exists()
    text(client, f"/pruefung/vorlagen/{proposed(place, status='closed').pk}/", 403)


def test_no_page_of_the_review_shows_an_address(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    steward = make_steward(place, email="geheim@example.org")
    change = make_submission(place, SubmissionKind.CHANGE, user=steward, values={"name": "B"}, base={"name": "A"})
    report = Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY, email="geheim@example.org", **tie(place))
    for path in (
        "/pruefung/",
        f"/pruefung/vorlagen/{change.pk}/",
        f"/pruefung/meldungen/{report.pk}/",
        f"/orte/{place.pk}/verlauf/",
        "/pruefung/gemeinden/06635015/",
    ):
        assert "geheim@example.org" not in text(reviewer, path)


# --- Merging, reports ---


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


# --- Municipalities ---


def test_she_sees_her_municipalities_the_open_ones_first(reviewer: Client) -> None:
    make_municipality("06635001", name="Fertig", inventory_completed_on=date(2026, 1, 1))
    make_place(make_municipality("06635002", name="Offen"))
    make_place(Municipality.objects.get(name="Offen"), publication=Publication.DRAFT)
    make_municipality("06634001", name="Anderswo")
    page = text(reviewer, "/pruefung/gemeinden/")
    assert names(page) == ["Offen", "Fertig"]
    assert re.findall(r"Veröffentlichte Orte</dt><dd>(\d+)", page) == ["1", "0"]


def test_a_municipality_is_found_by_the_beginning_of_its_name(reviewer: Client, korbach: Municipality) -> None:
    make_municipality("06635002", name="Willingen")
    make_municipality("06634001", name="Korb")
    assert names(text(reviewer, "/pruefung/gemeinden/?name=korb")) == ["Korbach"]
    assert "beginnt mit „xyz“" in text(reviewer, "/pruefung/gemeinden/?name=xyz")


def test_unincorporated_areas_have_no_inventory_to_state(reviewer: Client) -> None:
    make_municipality("06635001", is_unincorporated=True, name="Gutsbezirk")
    assert "Gutsbezirk" not in text(reviewer, "/pruefung/gemeinden/")
    assert reviewer.get("/pruefung/gemeinden/06635001/").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    reviewer: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        make_place(make_municipality(f"066350{number + 10}"))
    with django_assert_max_num_queries(9):
        page = text(reviewer, "/pruefung/gemeinden/")
    assert "Seite 1 von 2" in page


def test_the_address_of_before_leads_to_the_new_one(reviewer: Client, korbach: Municipality) -> None:
    response = reviewer.get("/pruefung/06635015/")
    assert (response.status_code, response["Location"]) == (301, "/pruefung/gemeinden/06635015/")


def test_what_she_states_is_shown_with_who_when_and_why(reviewer: Client, korbach: Municipality) -> None:
    response = reviewer.post(
        "/pruefung/gemeinden/06635015/",
        {"inventory": "1", "inventory-completed_on": "2026-11-01", "inventory-reason": "Alle Ortsbeiräte gefragt"},
        follow=True,
    )
    page = response.content.decode()
    assert "Gespeichert." in page
    assert "pruefung-wf" in page
    assert "Alle Ortsbeiräte gefragt" in page
    assert "nicht bekannt → 1. November 2026" in page


def test_a_refused_form_keeps_what_was_typed_and_names_the_field(reviewer: Client, korbach: Municipality) -> None:
    response = reviewer.post(
        "/pruefung/gemeinden/06635015/",
        {"conditions": "1", "conditions-engaged_actors": "3", "conditions-evidence": ""},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_conditions-evidence_error"' in page
    assert '<a href="#id_conditions-evidence">' in page
    assert '<option value="3" selected>' in page
    assert Municipality.objects.get(ags="06635015").engaged_actors is None


def test_conditions_are_taken_back_to_not_known(reviewer: Client) -> None:
    make_municipality("06635015", name="Korbach", engaged_actors=4)
    reviewer.post("/pruefung/gemeinden/06635015/", {"conditions": "1", "conditions-evidence": "Verein aufgelöst"})
    assert Municipality.objects.get(ags="06635015").engaged_actors is None


def test_what_was_said_of_a_municipality_is_set_back_on_its_page(reviewer: Client, korbach: Municipality) -> None:
    path = "/pruefung/gemeinden/06635015/"
    reviewer.post(path, {"inventory": "1", "inventory-completed_on": "2026-11-01"})
    line = Change.of(korbach).get()
    page = text(reviewer, f"{path}?zurueck={line.pk}")
    assert "Auf einen früheren Stand zurücksetzen" in page
    assert reviewer.post(path, {"restore": line.pk, "restore-reason": ""}).status_code == 422
    reviewer.post(path, {"restore": line.pk, "restore-reason": "Zu früh"})
    korbach.refresh_from_db()
    assert korbach.inventory_completed_on is None
    assert "Zu früh" in text(reviewer, path)


def test_the_page_of_a_municipality_shows_what_waits_and_what_faded(reviewer: Client, korbach: Municipality) -> None:
    registered(make_place(korbach, name="Wartet"))
    make_steward(make_support(korbach, name="Verblasst", confirmed_on=None))
    page = text(reviewer, "/pruefung/gemeinden/06635015/")
    assert names(page) == ["Wartet", "Verblasst"]
    assert "Wird betreut; die jährliche Frage ist unbeantwortet." in page


# --- The record ---


def edited(place: Place, by: User | None, acted_as: ActedAs, **fields: Any) -> Change:
    with on_record(place, Verb.UPDATED, by=by, acted_as=acted_as, reason="Umzug"):
        for name, value in fields.items():
            setattr(place, name, value)
        place.save()
    return Change.of_entry(place)[0]


def test_reviewers_read_names_of_reviewers_and_stewards_read_none(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach, street="Alt")
    reviewer, steward = make_reviewer("06635", "pruefung-wf"), make_steward(place, "stewardess")
    edited(place, reviewer, ActedAs.REVIEWER, street="Neu")
    edited(place, steward, ActedAs.STEWARD, street="Neuer")
    path = f"/orte/{place.pk}/verlauf/"
    client.force_login(reviewer)
    page = text(client, path)
    assert "pruefung-wf" in page
    assert "stewardess" not in page
    for words in ("Straße und Hausnummer: Alt → Neu", "Umzug", "· Betreuung", "zurücksetzen"):
        assert words in page
    client.force_login(steward)
    page = text(client, path)
    assert "pruefung-wf" not in page
    assert "· Prüfung" in page
    assert "Auf den Stand vor" not in page
    assert "Was Sie tun können" not in page


def test_reviewers_read_the_name_that_somebody_gave_and_nobody_else_does(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    reviewer, steward = make_reviewer("06635", "pruefung-wf"), make_steward(place)
    User.objects.filter(pk=steward.pk).update(first_name="Frau Beispiel")
    User.objects.filter(pk=reviewer.pk).update(first_name="Herr Prüfer")
    edited(place, steward, ActedAs.STEWARD, street="Neu")
    edited(place, reviewer, ActedAs.REVIEWER, street="Neuer")
    path = f"/orte/{place.pk}/verlauf/"
    client.force_login(reviewer)
    page = text(client, path)
    assert "Betreuung: Frau Beispiel" in page
    assert "Herr Prüfer" in page
    client.force_login(make_steward(place))
    page = text(client, path)
    assert "Frau Beispiel" not in page
    assert "Herr Prüfer" not in page


def test_the_record_survives_the_accounts(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    reviewer, steward = make_reviewer("06635"), make_steward(place)
    edited(place, reviewer, ActedAs.REVIEWER, street="Neu")
    edited(place, steward, ActedAs.STEWARD, street="Neuer")
    reviewer.delete()
    steward.delete()
    client.force_login(make_reviewer("06635"))
    page = text(client, f"/orte/{place.pk}/verlauf/")
    assert "ehemals Prüfende" in page
    assert "ehemals Betreuende" in page


def test_setting_back_is_shown_first_and_then_done(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach, street="Alt")
    line = edited(place, None, ActedAs.STEWARD, street="Neu")
    path = f"/orte/{place.pk}/verlauf/"
    page = text(reviewer, f"{path}?zurueck={line.pk}")
    assert re.search(r"jetzt</span> Neu</dd>.*danach</span> Alt</dd>", page, re.DOTALL)
    place.refresh_from_db()
    assert place.street == "Neu"
    sent = {"restore": line.pk, "restore-reason": "Versehen", "seen": line.pk}
    assert reviewer.post(path, sent | {"seen": line.pk - 1}).status_code == 422
    assert reviewer.post(path, sent).status_code == 302
    place.refresh_from_db()
    assert place.street == "Alt"


def test_an_entry_is_taken_out_and_brought_back(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    path = f"/orte/{place.pk}/verlauf/"
    assert reviewer.post(path, {"action": "archive", "archive-reason": ""}).status_code == 422
    reviewer.post(path, {"action": "archive", "archive-reason": "Abgerissen"})
    assert reviewer.get(place.get_absolute_url()).status_code != 200
    assert "Wieder veröffentlichen" in text(reviewer, path)
    reviewer.post(path, {"action": "republish", "republish-reason": "Doch nicht"})
    assert reviewer.get(place.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "sent", [{"action": "confirm"}, {"action": "archive", "archive-reason": "x"}, {"restore": "1"}]
)
def test_a_steward_reads_the_record_and_acts_on_nothing(
    sent: dict[str, str], client: Client, korbach: Municipality
) -> None:
    place = make_place(korbach)
    client.force_login(make_steward(place))
    text(client, f"/orte/{place.pk}/verlauf/")
    assert client.post(f"/orte/{place.pk}/verlauf/", sent).status_code == 403
    place.refresh_from_db()
    assert place.is_published


@pytest.mark.parametrize("who", ["elsewhere", "stranger", "administrator"])
def test_nobody_else_sees_any_of_it(who: str, client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    submission = proposed(place, status=Status.CLOSED.value)
    report = Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY, **tie(place))
    user = make_reviewer("06634") if who == "elsewhere" else User.objects.create_user(who)
    if who == "administrator":
        User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
        user.refresh_from_db()
    client.force_login(user)
    for path in (
        f"/pruefung/vorlagen/{submission.pk}/",
        f"/pruefung/meldungen/{report.pk}/",
        f"/orte/{place.pk}/verlauf/",
        f"/pruefung/zusammenfuehren/orte/{place.pk}/{make_place(korbach).pk}/",
        "/pruefung/gemeinden/06635015/",
    ):
        text(client, path, 403)
        assert client.post(path, {"action": "publish", "seen": "0"}).status_code == 403
    assert not Change.objects.exists()


# --- The demo's accounts ---


def test_the_demo_names_its_reviewer_and_she_can_sign_in(client: Client) -> None:
    make_municipality("16061037", name="Gerbershausen")
    assert demo.REVIEWER.password not in text(client, "/konto/anmelden/")
    demo.make_accounts()
    assert demo.REVIEWER.password in text(client, "/konto/anmelden/")
    client.force_login(User.objects.get(username=demo.REVIEWER.username))
    assert "Gerbershausen" in text(client, "/pruefung/gemeinden/")


def test_where_others_are_served_there_is_no_account_with_a_known_password(settings: Settings) -> None:
    settings.PUBLIC_HOSTS = ["atlas.example.org"]
    demo.make_accounts()
    assert not User.objects.exists()
    assert not Mandate.objects.exists()
    assert not demo.accounts_to_try()
