"""Registering and claiming as people meet them, without JavaScript: step by step, on one page, later, by letter."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from places.accounts import account_for
from places.models import Actor, Draft, Mandate, Place, Space, Stewardship, Submission, Support
from places.registering.registration import DAYS_TO_CONFIRM
from places.throttling import PER_MAILBOX
from places.vocabulary import Publication, SubmissionKind, SubmissionState
from tests.factories import TODAY, make_municipality, make_place, square

pytestmark = pytest.mark.django_db

ADDRESS = "gruppe@example.org"


@pytest.fixture(autouse=True)
def territory(settings: Settings) -> None:
    settings.TODAY = TODAY
    make_municipality("06635015", name="Korbach", geometry=square(9, 51))
    make_municipality("06635099", name="Korbach am See", geometry=square(9.1, 51))


class Visitor(Client):
    """Somebody for whom, as outside tests, letters leave when a form is answered."""

    committing: DjangoCaptureOnCommitCallbacks

    def post(self, *args: Any, **kwargs: Any) -> Any:
        with self.committing(execute=True):
            return super().post(*args, **kwargs)


@pytest.fixture
def client(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Client:
    visitor = Visitor()
    visitor.committing = django_capture_on_commit_callbacks
    return visitor


def text(response: Any) -> str:
    return str(response.content.decode())


def begin(client: Client, segment: str = "orte") -> str:
    """The address of a new draft."""
    response = client.post(f"/{segment}/neu/")
    assert response.status_code == 302
    return str(response["Location"])


def answer(client: Client, draft: str, step: str, **typed: Any) -> str:
    """Send one step; where it leads."""
    response = client.post(f"{draft}?schritt={step}", {"weiter": "1", **typed})
    assert response.status_code == 302, text(response)
    return str(response["Location"])


def pinned(client: Client, draft: str, **named: Any) -> None:
    answer(client, draft, "wo", latitude="51,05", longitude="9,05")
    answer(client, draft, "was", **named)


def last_letter() -> Any:
    return mail.outbox[-1]


def link_in(letter: Any) -> str:
    found = re.search(r"https?://[^/]+(/\S+)", letter.body)
    assert found
    return found[1]


def test_a_group_registers_a_place_step_by_step_and_proves_its_address(client: Client) -> None:
    Mandate.objects.create(user=User.objects.create_user("pruefung"), area="06635015", starts_on=TODAY)
    draft = begin(client)
    assert "Frage 1 von 15" in text(client.get(draft))
    onward = answer(client, draft, "wo", find="korbach", municipality="06635015", street="Anger 1", postcode="34497")
    assert "Frage 2 von 15" in text(client.get(onward))
    onward = answer(client, draft, "was", name="Dorfladen", kind="village_shop")
    seen = ["wo", "was"]
    while "schritt=pruefen" not in onward:
        seen.append(onward.split("schritt=")[1])
        onward = answer(client, draft, seen[-1])
    assert len(seen) == 15
    check = client.get(onward)
    assert "Dorfladen" in text(check)
    assert "Mitte der Gemeinde Korbach" in text(check)
    sent = client.post(onward, {"email": ADDRESS}, follow=True)
    assert "bitte bestätigen Sie Ihre Adresse" in text(sent)
    assert Place.objects.get().publication == Publication.DRAFT

    assert last_letter().to == [ADDRESS]
    link = link_in(last_letter())
    assert "Adresse bestätigen" in text(client.get(link))
    assert Submission.objects.get().state == SubmissionState.UNCONFIRMED  # looking changes nothing
    done = client.post(link, follow=True)
    assert "Die Prüfung für Korbach liest Ihre Angaben." in text(done)
    assert "/konto/anmelden/" in text(done)
    assert Submission.objects.get().state == SubmissionState.WAITING
    assert Stewardship.objects.get().user.email == ADDRESS
    assert "liegt bei der Prüfung" in last_letter().subject
    again = client.post(link, follow=True)
    assert "So geht es weiter" in text(again)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    ("segment", "kind", "model", "named"),
    [
        ("unterstuetzung", "support", Support, {"name": "Beratung", "kind": "advice"}),
        ("raeume", "space", Space, {"name": "Alter Laden", "kind": "shop"}),
    ],
)
def test_support_and_spaces_take_the_same_way(
    client: Client, segment: str, kind: str, model: Any, named: dict[str, str]
) -> None:
    draft = begin(client, segment)
    pinned(client, draft, **named)
    client.post(f"{draft}?schritt=pruefen", {"email": ADDRESS})
    client.post(link_in(last_letter()))
    entry = model.objects.get()
    assert (entry.publication, entry.municipality.name) == (Publication.SUBMITTED, "Korbach")
    assert getattr(Submission.objects.get(), kind) == entry


def test_all_questions_on_one_page_do_the_same(client: Client) -> None:
    draft = begin(client)
    page = text(client.get(f"{draft}?alle=1"))
    assert page.count('<section class="question"') == 15
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    typed = {"city": "Korbach", "postcode": "34497", "name": "Dorfladen", "kind": "village_shop", "weiter": "1"}
    onward = client.post(f"{draft}?alle=1", typed)
    assert onward["Location"].endswith("schritt=pruefen")
    assert "Dorfladen" in text(client.get(onward["Location"]))


def test_several_areas_are_found_by_name_and_kept(client: Client) -> None:
    draft = begin(client, "unterstuetzung")
    client.post(f"{draft}?schritt=gebiet", {"suchen": "gebiet", "find_area": "korb"})
    page = text(client.get(f"{draft}?schritt=gebiet"))
    assert "Korbach am See" in page
    answer(client, draft, "gebiet", find_area="korb", areas=["06635015", "06635099"])
    assert Draft.objects.get().answers["areas"] == ["06635015", "06635099"]
    assert "Hessen" in text(
        client.post(f"{draft}?schritt=gebiet", {"suchen": "gebiet", "find_area": "hess"}, follow=True)
    )


class TestWhere:
    def test_a_name_that_two_municipalities_begin_with_is_asked_back(self, client: Client) -> None:
        draft = begin(client)
        response = client.post(f"{draft}?schritt=wo", {"weiter": "1", "find": "Korb", "street": "Anger 1"})
        assert response.status_code == 422
        assert text(response).count('name="municipality"') == 2
        assert 'value="Anger 1"' in text(response)

    def test_a_municipality_that_is_not_there_is_said_so(self, client: Client) -> None:
        draft = begin(client)
        response = client.post(f"{draft}?schritt=wo", {"weiter": "1", "city": "Atlantis"})
        assert "„Atlantis“ finden wir nicht" in text(response)

    @pytest.mark.parametrize(
        ("latitude", "longitude", "words"),
        [
            ("51,05", "", "gehören zwei Zahlen"),
            ("neun", "9", "Grad als Zahl"),
            ("10", "9", "liegt in keiner Gemeinde"),
            ("951", "9", "So viele Grad gibt es nicht"),
        ],
    )
    def test_coordinates_that_cannot_be_are_named(
        self, client: Client, latitude: str, longitude: str, words: str
    ) -> None:
        draft = begin(client)
        response = client.post(f"{draft}?schritt=wo", {"weiter": "1", "latitude": latitude, "longitude": longitude})
        assert response.status_code == 422
        assert words in text(response)

    def test_coordinates_as_maps_copy_them_are_taken_apart(self, client: Client) -> None:
        draft = begin(client)
        answer(client, draft, "wo", latitude="51.05, 9.05")

    def test_a_pin_in_another_municipality_than_the_chosen_one_is_asked_back(self, client: Client) -> None:
        draft = begin(client)
        typed = {"weiter": "1", "latitude": "51.05", "longitude": "9.05", "municipality": "06635099", "find": "See"}
        response = client.post(f"{draft}?schritt=wo", typed)
        assert "Die Nadel liegt in Korbach, ausgewählt ist Korbach am See." in text(response)

    def test_searching_anew_forgets_the_earlier_choice_and_pin(self, client: Client) -> None:
        draft = begin(client)
        typed = {"latitude": "51.05", "longitude": "9.05", "municipality": "06635015", "find": "korbach am see"}
        client.post(f"{draft}?schritt=wo", {"suchen": "gemeinde", **typed})
        page = text(client.get(f"{draft}?schritt=wo"))
        assert re.search(r'value="06635099"[^>]* checked', page)
        assert Draft.objects.get().answers["latitude"] == ""


class TestDuplicates:
    def test_are_shown_after_the_name_with_the_way_to_look_after_them(self, client: Client) -> None:
        place = make_place(longitude=9.05, latitude=51.051, name="Dorfladen Korbach", publication=Publication.SUBMITTED)
        draft = begin(client)
        answer(client, draft, "wo", latitude="51.05", longitude="9.05")
        onward = answer(client, draft, "was", name="Dorfladen", kind="village_shop")
        page = text(client.get(onward))
        assert "Dorfladen Korbach" in page
        assert f"/orte/{place.pk}/betreuen/" in page
        assert "Nein, unser Ort ist ein anderer" in page

    def test_come_as_a_piece_of_a_page_while_typing(self, client: Client) -> None:
        make_place(longitude=9.05, latitude=51.051, name="Dorfladen Korbach")
        page = text(client.get("/orte/neu/aehnliche/?name=dorfladen&longitude=9,05&latitude=51,05"))
        assert "Dorfladen Korbach" in page
        assert "<html" not in page
        assert text(client.get("/orte/neu/aehnliche/?name=dorfladen&longitude=x")).strip() == ""

    def test_what_was_rejected_is_shown_to_nobody(self, client: Client) -> None:
        make_place(longitude=9.05, latitude=51.05, name="Dorfladen", publication=Publication.REJECTED)
        assert "Dorfladen" not in text(client.get("/orte/neu/aehnliche/?name=dorfladen&longitude=9.05&latitude=51.05"))


class TestLater:
    def test_the_link_goes_on_where_one_was_with_what_was_typed_even_if_wrong(self, client: Client) -> None:
        draft = begin(client)
        client.post(f"{draft}?schritt=website", {"spaeter": "1", "website": "kein link", "founded_on": "gestern"})
        page = text(Client().get(draft))  # another device
        assert "Wo kann man mehr lesen" in page
        assert 'value="kein link"' in page
        assert "noindex" in page

    def test_the_link_is_shown_and_sent_and_the_address_not_kept(self, client: Client) -> None:
        draft = begin(client)
        assert draft in text(client.get(f"{draft}?schritt=spaeter"))
        assert client.post(f"{draft}?schritt=spaeter", {"email": "kein"}).status_code == 422
        client.post(f"{draft}?schritt=spaeter", {"email": ADDRESS})
        assert link_in(last_letter()) == draft
        assert ADDRESS not in str(Draft.objects.get().answers)

    def test_what_is_typed_is_saved_on_the_way(self, client: Client) -> None:
        draft = begin(client)
        response = client.post(f"{draft}?schritt=beschreibung", {"autosave": "1", "description": "Ein Satz"})
        assert response.status_code == 204
        assert Draft.objects.get().answers["description"] == "Ein Satz"

    def test_going_back_saves_too(self, client: Client) -> None:
        draft = begin(client)
        response = client.post(f"{draft}?schritt=was", {"zurueck": "1", "name": "Halb"})
        assert response["Location"].endswith("schritt=wo")
        assert Draft.objects.get().answers["name"] == "Halb"

    def test_a_draft_that_is_not_there_says_what_may_have_happened(self, client: Client) -> None:
        response = client.get("/orte/neu/nichts/")
        assert response.status_code == 404
        assert "schon abgeschickt" in text(response)

    def test_the_key_of_one_kind_opens_no_other(self, client: Client) -> None:
        draft = begin(client)
        assert client.get(draft.replace("/orte/", "/raeume/")).status_code == 404

    @pytest.mark.parametrize("step", ["wo", "pruefen", "spaeter"])
    def test_its_pages_are_private(self, client: Client, step: str) -> None:
        response = client.get(f"{begin(client)}?schritt={step}")
        assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "no-store" in response.headers["Cache-Control"]


class TestPersons:
    TYPED = {
        "key-0-who": "person",
        "key-0-name": "Erna Beispiel",
        "key-0-sector": "private_sector",
        "key-0-roles": ["provider"],
    }

    def test_a_name_without_consent_is_stored_nowhere_not_even_in_the_draft(self, client: Client) -> None:
        draft = begin(client)
        answer(client, draft, "trias", **self.TYPED)
        assert "Erna" not in str(Draft.objects.get().answers)
        pinned(client, draft, name="Dorfladen", kind="village_shop")
        client.post(f"{draft}?schritt=pruefen", {"email": ADDRESS})
        actor = Actor.objects.get()
        assert (actor.name, actor.is_person, actor.sector) == ("", True, "private_sector")

    def test_with_consent_it_is(self, client: Client) -> None:
        draft = begin(client)
        answer(client, draft, "trias", **self.TYPED, **{"key-0-consent": "on"})
        assert "Erna Beispiel" in text(client.get(f"{draft}?schritt=pruefen"))

    def test_an_organisation_without_a_name_or_a_sector_is_asked_for_it(self, client: Client) -> None:
        draft = begin(client)
        typed = {"weiter": "1", "key-0-who": "organisation", "key-0-sector": "civil_society", "key-1-name": "Verein"}
        response = client.post(f"{draft}?schritt=trias", typed)
        assert response.status_code == 422
        assert 'href="#id_key-0-name"' in text(response)
        assert 'href="#id_key-1-sector"' in text(response)
        assert 'value="Verein"' in text(response)

    def test_more_rows_come_when_asked_for_and_none_is_lost(self, client: Client) -> None:
        draft = begin(client)
        typed = {
            f"key-{row}-{part}": words
            for row in range(3)
            for part, words in (("name", f"Verein {row}"), ("sector", "civil_society"))
        }
        response = client.post(f"{draft}?schritt=trias", {"mehr": "key", **typed}, follow=True)
        assert text(response).count("<legend>Akteur ") == 5
        assert 'value="Verein 2"' in text(response)


class TestSending:
    def test_without_the_required_answers_there_is_nothing_to_send(self, client: Client) -> None:
        draft = begin(client)
        page = client.get(f"{draft}?schritt=pruefen")
        assert "Es fehlt noch etwas" in text(page)
        assert 'name="email"' not in text(page)
        assert client.post(f"{draft}?schritt=pruefen", {"email": ADDRESS}).status_code == 422
        assert not Place.objects.exists()

    def test_a_wrong_address_keeps_the_message(self, client: Client) -> None:
        draft = begin(client)
        pinned(client, draft, name="Dorfladen", kind="village_shop")
        response = client.post(f"{draft}?schritt=pruefen", {"email": "kein", "message": "Guten Tag"})
        assert response.status_code == 422
        assert 'href="#id_email"' in text(response)
        assert "Guten Tag" in text(response)

    def test_sending_twice_says_that_it_was_sent(self, client: Client) -> None:
        draft = begin(client)
        pinned(client, draft, name="Dorfladen", kind="village_shop")
        client.post(f"{draft}?schritt=pruefen", {"email": ADDRESS})
        again = client.post(f"{draft}?schritt=pruefen", {"email": ADDRESS})
        assert again.status_code == 404
        assert "schon abgeschickt" in text(again)
        assert Place.objects.count() == 1

    def test_a_wrong_address_is_corrected_and_the_first_link_no_longer_holds(self, client: Client) -> None:
        draft = begin(client)
        pinned(client, draft, name="Dorfladen", kind="village_shop")
        after = client.post(f"{draft}?schritt=pruefen", {"email": "tippfehler@example.org"})["Location"]
        first = link_in(last_letter())
        assert client.post(after, {"email": ""}).status_code == 422
        client.post(after, {"email": ADDRESS})
        assert last_letter().to == [ADDRESS]
        gone = client.get(first)
        assert gone.status_code == 404
        assert "gilt nicht mehr" in text(gone)
        assert client.get(link_in(last_letter())).status_code == 200
        client.post(after)
        assert len(mail.outbox) == 3

    def test_no_answer_tells_whether_an_address_is_known(self, client: Client) -> None:
        account_for("bekannt@example.org")
        pages, letters = [], []
        for address in ("bekannt@example.org", "fremdes@example.org"):
            draft = begin(client)
            pinned(client, draft, name="Dorfladen", kind="village_shop")
            sent = client.post(f"{draft}?schritt=pruefen", {"email": address}, follow=True)
            pages.append(re.sub(r'csrf\w+" value="\w+"|eingereicht/\S+', "", text(sent).replace(address, "")))
            letters.append(re.sub(r"http\S+", "", last_letter().body))
        assert pages[0] == pages[1]
        assert letters[0] == letters[1]

    def test_too_many_to_one_mailbox_are_refused(self, client: Client) -> None:
        draft = begin(client)
        pinned(client, draft, name="Dorfladen", kind="village_shop")
        after = client.post(f"{draft}?schritt=pruefen", {"email": ADDRESS})["Location"]
        for _again in range(PER_MAILBOX):
            assert client.post(after).status_code == 302
        refused = client.post(after)
        assert refused.status_code == 429
        assert "in einer Stunde" in text(refused)

    def test_signed_in_it_goes_to_the_reviewers_at_once(self, client: Client) -> None:
        client.force_login(account_for("ich@example.org"))
        draft = begin(client)
        pinned(client, draft, name="Dorfladen", kind="village_shop")
        assert 'name="email"' not in text(client.get(f"{draft}?schritt=pruefen"))
        page = client.post(f"{draft}?schritt=pruefen", {"message": ""}, follow=True)
        assert "So geht es weiter" in text(page)
        assert Submission.objects.get().state == SubmissionState.WAITING

    def test_where_nobody_reviews_it_says_so(self, client: Client) -> None:
        draft = begin(client)
        pinned(client, draft, name="Dorfladen", kind="village_shop")
        page = text(client.post(f"{draft}?schritt=pruefen", {"email": ADDRESS}, follow=True))
        assert "Für Korbach prüft noch niemand." in page
        Mandate.objects.create(user=User.objects.create_user("land"), area="06", starts_on=TODAY)
        client.post(link_in(last_letter()))
        assert "die nächste Ebene: Hessen" in last_letter().body

    def test_a_link_that_is_too_old_helps_on(self, client: Client, settings: Settings) -> None:
        response = client.get("/bestaetigen/kaputt/")
        assert response.status_code == 404
        assert f"älter als {DAYS_TO_CONFIRM} Tage" in text(response)


class TestClaims:
    def test_whoever_proves_the_address_waits_for_the_reviewers(self, client: Client) -> None:
        place = make_place(longitude=9.05, latitude=51.05, name="Dorfladen")
        page = f"/orte/{place.pk}/betreuen/"
        assert client.post(page, {"email": ""}).status_code == 422
        sent = client.post(page, {"email": ADDRESS, "message": "Ich leite den Verein."}, follow=True)
        assert "bitte bestätigen Sie Ihre Adresse" in text(sent)
        done = client.post(link_in(last_letter()), follow=True)
        assert "Ihr Wunsch, „Dorfladen“ zu betreuen, liegt jetzt bei der Prüfung." in text(done)
        submission = Submission.objects.get()
        assert (submission.kind, submission.message) == (SubmissionKind.CLAIM, "Ich leite den Verein.")

    def test_whoever_was_asked_back_answers_here(self, client: Client) -> None:
        place = make_place(longitude=9.05, latitude=51.05)
        user = account_for(ADDRESS)
        client.force_login(user)
        client.post(f"/orte/{place.pk}/betreuen/", {"message": "Ich"})
        assert "Sie haben sich am" in text(client.get(f"/orte/{place.pk}/betreuen/"))
        Submission.objects.update(state=SubmissionState.ASKED_BACK, reason="Wer sind Sie?")
        assert "Wer sind Sie?" in text(client.get(f"/orte/{place.pk}/betreuen/"))
        assert client.post(f"/orte/{place.pk}/betreuen/", {"message": ""}).status_code == 422
        client.post(f"/orte/{place.pk}/betreuen/", {"message": "Die Vorsitzende"})
        submission = Submission.objects.get()
        assert (submission.state, submission.message) == (SubmissionState.WAITING, "Die Vorsitzende")

    @pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.REJECTED, Publication.ARCHIVED])
    def test_what_is_not_to_be_seen_is_not_found(self, client: Client, publication: Publication) -> None:
        place = make_place(longitude=9.05, latitude=51.05, publication=publication)
        assert client.get(f"/orte/{place.pk}/betreuen/").status_code == 404
        assert client.get(f"/raeume/{place.pk}/betreuen/").status_code == 404

    def test_of_a_merged_entry_lead_to_the_one_that_is_left(self, client: Client) -> None:
        kept = make_place(longitude=9.05, latitude=51.05)
        merged = make_place(longitude=9.05, latitude=51.05, publication=Publication.ARCHIVED, merged_into=kept)
        assert client.get(f"/orte/{merged.pk}/betreuen/")["Location"] == f"/orte/{kept.pk}/betreuen/"


@pytest.mark.parametrize("segment", ["orte", "unterstuetzung", "raeume"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_beginning_is_explained_before_anything_is_stored(client: Client, segment: str, language: str) -> None:
    response = client.get(f"/{segment}/neu/", headers={"accept-language": language})
    assert response.status_code == 200
    assert not Draft.objects.exists()


def test_too_many_drafts_from_one_address_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("places.throttling.PER_ADDRESS", 2)
    begin(client)
    begin(client)
    assert client.post("/orte/neu/").status_code == 429
