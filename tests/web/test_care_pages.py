"""The pages of whoever looks after an entry, as they meet them: changing, conflicts, stewards, photographs."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from places.care.edits import latest_change
from places.care.stewardship import update_entry
from places.facts import facts_of
from places.models import Change, Entry, Mandate, Photo, Place, Stewardship, Submission
from places.reviewing.decisions import ask_back, publish, reject
from places.vocabulary import Publication, Role, SubmissionKind, SubmissionState
from tests.factories import (
    TODAY,
    involve,
    make_actor,
    make_municipality,
    make_place,
    make_reviewer,
    make_space,
    make_steward,
    make_submission,
    make_support,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_folder")]

SEGMENTS = {"place": "orte", "support": "unterstuetzung", "space": "raeume"}
INPUT = re.compile(r"<input\b([^>]*)>")
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
SELECT = re.compile(r'<select name="([^"]+)".*?</select>', re.DOTALL)
CHOSEN = re.compile(r'<option value="([^"]*)" selected')
TEXTAREA = re.compile(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)


@pytest.fixture(autouse=True)
def the_day(settings: Any) -> None:
    settings.TODAY = TODAY
    cache.clear()


@pytest.fixture
def place() -> Place:
    return make_place(make_municipality("06635015", name="Korbach"), name="Dorfladen", description="Alt")


def path(entry: Entry, page: str) -> str:
    return f"/{SEGMENTS[entry.entry_kind]}/{entry.pk}/{page}/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def filled_in(page: str) -> dict[str, Any]:
    """What a browser would send that changes nothing: the fields as the page holds them."""
    sent: dict[str, Any] = {}
    form = page[page.index('<form method="post" class="edit') :]
    for found in INPUT.finditer(form):
        attributes = {name: unescape(value) for name, value in ATTRIBUTE.findall(found[1])}
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if not name or (kind in ("radio", "checkbox") and "checked" not in attributes):
            continue
        sent.setdefault(name, []).append(attributes.get("value", "on" if kind == "checkbox" else ""))
    for found in SELECT.finditer(form):
        sent[found[1]] = CHOSEN.findall(found[0]) or [""]
    for found in TEXTAREA.finditer(form):
        sent[found[1]] = [unescape(found[2])]
    sent.pop("csrfmiddlewaretoken", None)
    return sent | {"save": "1"}


def opened(client: Client, entry: Entry) -> dict[str, Any]:
    response = client.get(path(entry, "bearbeiten"))
    assert response.status_code == 200
    return filled_in(response.content.decode())


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status
    return str(response.content.decode())


# --- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["bearbeiten", "betreuung", "fotos"])
@pytest.mark.parametrize("make", [make_place, make_support, make_space])
def test_only_who_looks_after_the_entry_or_reviews_there_sees_the_page(client: Client, make: Any, page: str) -> None:
    here = make_municipality("06635015")
    entry = make(here)
    address = path(entry, page)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/konto/anmelden/?next={address}")
    others = [
        User.objects.create_user("stranger"),
        make_steward(make(here)),
        make_reviewer("16"),
        User.objects.create_superuser("administrator"),
    ]
    for other in others:
        assert signed_in(other).get(address).status_code == 403
        assert signed_in(other).post(address, {"save": "1"}).status_code == 403
    for allowed in (make_steward(entry), make_reviewer("06635")):
        assert signed_in(allowed).get(address).status_code == 200


# --- Changing --------------------------------------------------------------------------------------------------------


def test_sending_the_page_as_it_was_opened_changes_nothing(place: Place) -> None:
    involve(place, make_actor("Dorfverein"), Role.MOTIVATOR, Role.PROVIDER)
    involve(place, make_actor("Kirche"), circle="supporter")  # type: ignore[arg-type]
    Place.objects.update(
        opening_hours="Mo-Fr 09:00-12:00,14:00-18:00; Sa 10:00-13:00",
        description="Zwei Zeilen\nmit „Zeichen“ & <b>",
        engaged_actors=3,
        founded_on=TODAY,
        website="https://example.org/?a=1&b=2",
    )
    for entry in (place, make_support(place.municipality, "", provider="Kreis"), make_space(place.municipality)):
        client = signed_in(make_steward(entry))
        before = facts_of(type(entry)._default_manager.get(pk=entry.pk))
        answer = client.post(path(entry, "bearbeiten"), opened(client, entry), follow=True)
        assert "Es hat sich nichts geändert" in text(answer)
        assert facts_of(type(entry)._default_manager.get(pk=entry.pk)) == before
    assert not Submission.objects.exists()
    assert not Change.objects.exists()


def test_reviewed_facts_wait_while_the_rest_is_live_and_the_page_says_so(place: Place) -> None:
    client = signed_in(make_steward(place))
    sent = opened(client, place) | {"description": "Neu", "engaged_actors": "4", "message": "Beschluss"}
    page = text(client.post(path(place, "bearbeiten"), sent, follow=True))
    assert "Gespeichert: 1 Angabe." in page
    assert "Der Rest wartet auf die Prüfung." in page
    assert "Eine Änderung wartet auf Prüfung seit 22. November 2026." in page
    place.refresh_from_db()
    assert (place.description, place.engaged_actors) == ("Neu", None)
    assert Submission.of(place).get().values == {"engaged_actors": 4}


def test_the_page_shows_what_is_proposed_and_marks_what_is_reviewed(place: Place) -> None:
    client = signed_in(make_steward(place))
    client.post(path(place, "bearbeiten"), opened(client, place) | {"engaged_actors": "4"})
    page = text(client.get(path(place, "bearbeiten")))
    assert filled_in(page)["engaged_actors"] == ["4"]
    assert "wird geprüft" in page
    assert "Wird geprüft." in page
    reviewer = text(signed_in(make_reviewer("06635")).get(path(place, "bearbeiten")))
    assert filled_in(reviewer)["engaged_actors"] == ["unknown"]
    assert "wird geprüft" not in reviewer


def test_who_waits_is_told_since_when_and_who_decides() -> None:
    place = make_place(make_municipality("06635015", name="Korbach"), publication=Publication.SUBMITTED)
    make_submission(place)
    client = signed_in(make_steward(place))
    page = text(client.get(path(place, "betreuung")))
    assert "wartet auf Prüfung seit 22. November 2026" in page
    assert "noch keine Prüfstelle" in page
    make_reviewer("06635")
    page = text(client.get(path(place, "betreuung")))
    assert "Zuständige Prüfstelle: Kreis 06635." in page
    assert "Noch keine Prüfstelle: Korbach." in page


def test_a_form_that_fails_names_the_field_and_keeps_everything(place: Place) -> None:
    client = signed_in(make_steward(place))
    sent = opened(client, place) | {"name": "", "description": "Mühsam geschrieben", "message": "Bitte"}
    page = text(client.post(path(place, "bearbeiten"), sent), 422)
    assert 'href="#id_name"' in page
    kept = filled_in(page)
    assert (kept["description"], kept["message"]) == (["Mühsam geschrieben"], ["Bitte"])
    assert kept["seen"] == sent["seen"]
    place.refresh_from_db()
    assert place.description == "Alt"


def test_another_row_or_a_search_saves_nothing_and_loses_nothing(place: Place) -> None:
    client = signed_in(make_steward(place))
    sent = opened(client, place) | {"description": "Mühsam geschrieben", "actor-0-name": "Dorfverein"}
    del sent["save"]
    page = text(client.post(path(place, "bearbeiten"), sent | {"mehr": "actor"}))
    kept = filled_in(page)
    assert (kept["description"], kept["actor-0-name"]) == (["Mühsam geschrieben"], ["Dorfverein"])
    assert "actor-2-name" in kept
    page = text(client.post(path(place, "bearbeiten"), sent | {"suchen": "gemeinde", "find": "Korbach"}))
    assert filled_in(page)["description"] == ["Mühsam geschrieben"]
    assert not Change.objects.exists()


def test_a_person_is_named_only_with_consent(place: Place) -> None:
    client = signed_in(make_steward(place))
    person = {"actor-0-who": "person", "actor-0-name": "Anna Beispiel", "actor-0-sector": "civil_society"}
    client.post(path(place, "bearbeiten"), opened(client, place) | person)
    (row,) = Submission.of(place).get().values["actors"]
    assert (row["name"], row["is_person"]) == ("", True)
    assert "Anna" not in str(list(Change.objects.values()))
    client.post(path(place, "bearbeiten"), opened(client, place) | person | {"actor-0-consent": "on"})
    assert Submission.of(place).get().values["actors"][0]["name"] == "Anna Beispiel"


def test_an_entry_that_is_over_leads_to_what_became_of_it() -> None:
    place = make_place(publication=Publication.REJECTED)
    make_submission(place, state=SubmissionState.REJECTED, decided_on=TODAY, reason="Ist ein Privatgarten.")
    answer = signed_in(make_steward(place)).get(path(place, "bearbeiten"), follow=True)
    assert answer.redirect_chain == [(path(place, "betreuung"), 302)]
    assert "Ist ein Privatgarten." in text(answer)


# --- Two at once ------------------------------------------------------------------------------------------------------


def test_the_second_of_two_sees_what_changed_chooses_and_loses_nothing(place: Place) -> None:
    first, client = make_steward(place), signed_in(make_steward(place))
    sent = opened(client, place) | {"description": "Meins", "participation": "Donnerstags", "website": "www.meins.de"}
    theirs = {"description": "Ihres", "city": "Korbach", "participation": "Freitags"}
    update_entry(place, by=first, facts=theirs, seen=0, today=TODAY)

    page = text(client.post(path(place, "bearbeiten"), sent), 409)
    for words in ("Alt", "Ihres", "Meins", "Freitags", "Donnerstags", "Betreuung"):
        assert words in page
    place.refresh_from_db()
    assert (place.description, place.website) == ("Ihres", "")
    again = filled_in(page)
    assert (again["description"], again["website"]) == (["Meins"], ["www.meins.de"])

    page = text(client.post(path(place, "bearbeiten"), again), 409)  # nothing chosen: asked again
    assert "Bitte wählen Sie, was gelten soll." in page
    settled = latest_change(place)
    chosen = {"keep-description": f"mine:{settled}", "keep-participation": f"theirs:{settled}"}
    assert client.post(path(place, "bearbeiten"), filled_in(page) | chosen).status_code == 302
    place.refresh_from_db()
    assert (place.description, place.participation) == ("Meins", "Freitags")
    assert place.website == "https://www.meins.de"
    assert place.city == "Korbach"  # what I did not touch stays as the other wrote it


def test_a_third_change_during_the_choice_is_a_conflict_again_and_choices_are_kept(place: Place) -> None:
    first, client = make_steward(place), signed_in(make_steward(place))
    sent = opened(client, place) | {"description": "Meins", "participation": "Donnerstags"}
    both = {"description": "Ihres", "participation": "Freitags"}
    update_entry(place, by=first, facts=both, seen=0, today=TODAY)
    page = text(client.post(path(place, "bearbeiten"), sent), 409)
    settled = latest_change(place)
    update_entry(place, by=first, facts={"description": "Noch eins"}, seen=settled, today=TODAY)
    chosen = {"keep-description": f"mine:{settled}", "keep-participation": f"theirs:{settled}"}
    page = text(client.post(path(place, "bearbeiten"), filled_in(page) | chosen), 409)
    assert "Noch eins" in page
    assert 'value="Freitags"' not in page
    last = filled_in(page) | {"keep-description": f"mine:{latest_change(place)}"}
    assert last["keep-participation"] == [f"theirs:{settled}"]
    assert client.post(path(place, "bearbeiten"), last).status_code == 302
    place.refresh_from_db()
    assert (place.description, place.participation) == ("Meins", "Freitags")


# --- The question of the review ---------------------------------------------------------------------------------------


def test_a_question_is_shown_and_answered_with_the_change() -> None:
    place = make_place(make_municipality("06635015"), publication=Publication.SUBMITTED)
    registration = make_submission(place)
    ask_back(registration, by=make_reviewer("06635"), question="Wer gibt den Raum?", today=TODAY)
    client = signed_in(make_steward(place))
    assert "Wer gibt den Raum?" in text(client.get(path(place, "betreuung")))
    page = text(client.get(path(place, "bearbeiten")))
    assert "Wer gibt den Raum?" in page
    answer = client.post(path(place, "bearbeiten"), filled_in(page) | {"description": "Neu"}, follow=True)
    assert "noch nicht beantwortet" in text(answer)
    answer = client.post(path(place, "bearbeiten"), opened(client, place) | {"message": "Die Kirche."}, follow=True)
    assert "Ihre Antwort ist bei der Prüfstelle." in text(answer)
    registration.refresh_from_db()
    assert (registration.state, registration.message) == (SubmissionState.WAITING, "Die Kirche.")


def test_the_reason_of_a_refusal_and_an_acceptance_are_read_on_the_page(place: Place) -> None:
    client = signed_in(make_steward(place))
    reviewer = make_reviewer("06635")
    client.post(path(place, "bearbeiten"), opened(client, place) | {"engaged_actors": "4"})
    reject(Submission.of(place).get(), by=reviewer, reason="Ohne Beleg.", today=TODAY)
    page = text(client.get(path(place, "betreuung")))
    assert "abgelehnt" in page
    assert "Ohne Beleg." in page
    client.post(path(place, "bearbeiten"), opened(client, place) | {"engaged_actors": "4"})
    publish(Submission.objects.waiting().get(), by=reviewer, today=TODAY)
    assert "übernommen worden" in text(client.get(path(place, "betreuung")))


# --- Stewardship ------------------------------------------------------------------------------------------------------


def act(client: Client, entry: Entry, **sent: str) -> str:
    return text(client.post(path(entry, "betreuung"), sent, follow=True))


def test_fellow_stewards_are_counted_and_never_named(place: Place) -> None:
    make_steward(place, "heinz", "heinz@example.org")
    page = text(signed_in(make_steward(place, "anna", "anna@example.org")).get(path(place, "betreuung")))
    assert "eine weitere Person, seit 22. November 2026" in page
    assert "heinz" not in page
    assert "@example.org" not in page


def test_the_last_steward_is_told_what_leaving_means(place: Place) -> None:
    steward = make_steward(place)
    client = signed_in(steward)
    assert "Sie sind die letzte Person" in text(client.get(path(place, "betreuung")))
    make_steward(place)
    assert "Sie sind die letzte Person" not in text(client.get(path(place, "betreuung")))
    answer = client.post(path(place, "betreuung"), {"act": "leave"})
    assert answer["Location"] == place.get_absolute_url()
    assert not Stewardship.of(place).filter(user=steward).exists()


def test_a_steward_invites_and_the_answer_tells_nothing_about_the_address(
    place: Place, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = signed_in(make_steward(place))
    make_steward(place, "known", "known@example.org")
    pages = []
    for address in ("known@example.org", "unknown@example.org"):
        with django_capture_on_commit_callbacks(execute=True):
            pages.append(act(client, place, **{"act": "invite", "invite-email": address}))
    assert "Die Einladung ist unterwegs." in pages[0]
    without_token = [re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages]
    assert without_token[0] == without_token[1]
    assert [letter.to for letter in mail.outbox] == [["known@example.org"], ["unknown@example.org"]]


def test_invitations_to_one_mailbox_are_throttled(place: Place) -> None:
    client = signed_in(make_steward(place))
    sent = {"act": "invite", "invite-email": "neu@example.org"}
    codes = [client.post(path(place, "betreuung"), sent).status_code for _time in range(6)]
    assert codes == [302] * 5 + [429]


def test_the_link_of_an_invitation_shows_a_button_and_changes_nothing_by_itself(
    place: Place, client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    inviter = signed_in(make_steward(place))
    with django_capture_on_commit_callbacks(execute=True):
        act(inviter, place, **{"act": "invite", "invite-email": "neu@example.org", "invite-hands_over": "yes"})
    found = re.search(r"/einladung/\S+/", str(mail.outbox[0].body))
    assert found is not None
    assert "an Sie übergeben" in text(client.get(found[0]))
    assert Stewardship.of(place).count() == 1
    answer = client.post(found[0])
    assert "Danke, Sie betreuen jetzt „Dorfladen“" in text(answer)
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert [row.user.email for row in Stewardship.of(place)] == ["neu@example.org"]
    assert "gilt nicht mehr" in text(client.get(found[0]), 410)
    assert "gilt nicht mehr" in text(client.post("/einladung/nonsense/"), 410)


def test_marking_confirming_and_taking_down(place: Place) -> None:
    space = make_space(place.municipality, confirmed_on=None)
    client = signed_in(make_steward(place))
    Stewardship.objects.create(space=space, user=Stewardship.of(place).get().user, since=TODAY)
    assert "Zur Prüfung vorgelegt." in act(client, place, **{"act": "status", "status-status": "dormant"})
    assert "Zurückgezogen." in act(client, place, act="withdraw", submission=str(Submission.of(place).get().pk))
    assert "Gespeichert." in act(client, space, **{"act": "status", "status-status": "closed"})
    assert "gilt als heute bestätigt" in act(client, space, act="confirm")
    answer = client.post(path(space, "betreuung"), {"act": "take_down", "take_down-reason": ""})
    assert "id_take_down-reason" in text(answer, 422)
    assert "nicht mehr öffentlich" in act(client, space, **{"act": "take_down", "take_down-reason": "Doppelt"})
    space.refresh_from_db()
    assert (space.status, space.confirmed_on, space.publication) == ("closed", TODAY, Publication.ARCHIVED)


def test_acts_of_stewards_are_not_a_reviewers(place: Place) -> None:
    make_steward(place)
    client = signed_in(make_reviewer("06635"))
    page = text(client.get(path(place, "betreuung")))
    assert 'value="leave"' not in page
    for sent in (
        {"act": "leave"},
        {"act": "invite", "invite-email": "a@b.de"},
        {"act": "confirm"},
        {"act": "nonsense"},
    ):
        assert client.post(path(place, "betreuung"), sent).status_code == 403
    taken = client.post(path(place, "betreuung"), {"act": "take_down", "take_down-reason": "x"})
    assert taken.status_code == 403


def test_a_submission_of_another_entry_cannot_be_withdrawn_here(place: Place) -> None:
    other = make_submission(make_place(place.municipality), SubmissionKind.CHANGE)
    client = signed_in(make_steward(place))
    for number in (str(other.pk), "x", "9" * 30):
        assert client.post(path(place, "betreuung"), {"act": "withdraw", "submission": number}).status_code == 404


def test_a_steward_lets_in_who_asked_to_help(place: Place) -> None:
    claimant = User.objects.create_user("claimant", email="claimant@example.org")
    claim = make_submission(place, SubmissionKind.CLAIM, user=claimant, message="Ich bin im Vorstand.")
    client = signed_in(make_steward(place))
    page = text(client.get(path(place, "betreuung")))
    assert "Ich bin im Vorstand." in page
    assert "claimant" not in page
    assert "Aufgenommen." in act(client, place, act="let_in", submission=str(claim.pk))
    assert Stewardship.of(place).filter(user=claimant).exists()


# --- Photographs ------------------------------------------------------------------------------------------------------


def upload(data: bytes | None = None) -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (64, 48), "red").save(written, "JPEG")
    return SimpleUploadedFile("hof.jpg", written.getvalue() if data is None else data, "image/jpeg")


def test_a_photograph_is_added_served_and_removed(place: Place, client: Client) -> None:
    steward = signed_in(make_steward(place))
    sent = {"image": upload(), "alternative_text": "Ein Hof", "credit": "Anna", "allowed": "on"}
    assert "Das Foto ist hinzugefügt." in text(steward.post(path(place, "fotos"), sent, follow=True))
    photo = Photo.of(place).get()
    for size in ("gross", "klein"):
        answer = client.get(f"/fotos/{photo.pk}/{size}.webp")
        assert answer.status_code == 200
        assert Image.open(BytesIO(answer.content)).format == "WEBP"
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert not answer.cookies
    assert client.get(f"/fotos/{photo.pk}/riesig.webp").status_code == 404
    assert signed_in(make_steward(make_place())).post(path(place, "fotos"), {"remove": photo.pk}).status_code == 403
    assert steward.post(path(make_place(), "fotos"), {"remove": photo.pk}).status_code == 403
    assert "gelöscht" in text(steward.post(path(place, "fotos"), {"remove": photo.pk}, follow=True))
    assert client.get(f"/fotos/{photo.pk}/gross.webp").status_code == 404


def test_the_photograph_of_an_unpublished_entry_is_for_who_may_see_it(client: Client) -> None:
    place = make_place(make_municipality("06635015"), publication=Publication.SUBMITTED)
    steward = signed_in(make_steward(place))
    steward.post(path(place, "fotos"), {"image": upload(), "alternative_text": "Ein Hof", "allowed": "on"})
    address = f"/fotos/{Photo.of(place).get().pk}/gross.webp"
    assert client.get(address).status_code == 404
    assert signed_in(User.objects.create_user("stranger")).get(address).status_code == 404
    for allowed in (steward, signed_in(make_reviewer("06635"))):
        answer = allowed.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"image": None}, "id_image"),
        ({"alternative_text": ""}, "id_alternative_text"),
        ({"allowed": ""}, "id_allowed"),
        ({"image": upload(b"GIF89a")}, "id_image"),
    ],
)
def test_what_is_missing_at_a_photograph_is_said_at_its_field(place: Place, missing: Any, field: str) -> None:
    sent = {"image": upload(), "alternative_text": "Ein Hof", "allowed": "on", "credit": "Anna Beispiel"} | missing
    answer = signed_in(make_steward(place)).post(
        path(place, "fotos"), {name: value for name, value in sent.items() if value is not None}
    )
    page = text(answer, 422)
    assert f'href="#{field}"' in page
    assert "Anna Beispiel" in page
    assert not Photo.objects.exists()


def test_mandates_that_ended_do_not_help(place: Place) -> None:
    reviewer = make_reviewer("06635")
    Mandate.objects.update(ends_on=TODAY.replace(year=2025), starts_on=TODAY.replace(year=2024))
    assert signed_in(reviewer).get(path(place, "bearbeiten")).status_code == 403
