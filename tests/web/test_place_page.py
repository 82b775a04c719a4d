"""The page of a place: its address, whether it counts and why not, who carries it, its ratings, its small map."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cohesion.engine import Parameters
from places.freshness import DEFAULT_FRESHNESS_MONTHS
from places.models import Place
from places.vocabulary import Circle, Condition, Dynamic, Kind, Publication, Role, Sector, Status
from tests.factories import involve, make_actor, make_municipality, make_place
from tests.web.settlements import heading_levels, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    """A place that counts today, whatever day it is."""
    return make_place(
        make_municipality("06635001", name="Bad Auental"),
        name="Käthes Dorfladen",
        kind=Kind.VILLAGE_SHOP,
        confirmed_on=timezone.localdate(),
    )


def open_page(client: Client, place: Place, language: str = "de") -> Any:
    response = client.get(place.get_absolute_url(), headers={"accept-language": language})
    assert response.status_code == 200
    return response


class TestAddress:
    def test_a_missing_or_wrong_name_leads_to_the_right_one(self, client: Client, place: Place) -> None:
        for path in (f"/orte/{place.pk}/", f"/orte/{place.pk}-anders/"):
            response = client.get(path)
            assert response.status_code == 301
            assert response["Location"] == f"/orte/{place.pk}-kaethes-dorfladen/"

    def test_a_name_without_latin_letters_has_an_address_too(self, client: Client) -> None:
        place = make_place(name="Ωμέγα", confirmed_on=timezone.localdate())
        assert place.get_absolute_url() == f"/orte/{place.pk}-ort/"
        open_page(client, place)

    @pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.SUBMITTED, Publication.REJECTED])
    def test_only_published_places_have_a_page(self, client: Client, place: Place, publication: Publication) -> None:
        Place.objects.update(publication=publication)
        assert client.get(place.get_absolute_url()).status_code == 404

    def test_an_unknown_place_is_not_found(self, client: Client) -> None:
        assert client.get("/orte/4711-nirgends/").status_code == 404


class TestStanding:
    def test_a_place_that_counts_says_so_and_when_it_was_confirmed(self, client: Client, place: Place) -> None:
        said = words(open_page(client, place))
        assert "Zählt bei der Bewertung mit" in said
        assert "Zuletzt bestätigt am" in said

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"status": Status.PLANNED}, "Er ist erst geplant."),
            ({"status": Status.DORMANT}, "Er ruht zurzeit."),
            ({"status": Status.CLOSED}, "Er ist geschlossen."),
            ({"low_threshold": False}, "Ein Kernkriterium ist nicht erfüllt oder nicht bekannt: niedrigschwellig."),
            (
                {"low_threshold": None, "open_to_all": False},
                "2 Kernkriterien sind nicht erfüllt oder nicht bekannt: niedrigschwellig, offen für alle.",
            ),
            ({"confirmed_on": None}, "Sein Eintrag wurde noch nie bestätigt."),
        ],
    )
    def test_a_place_that_does_not_count_says_why(
        self, client: Client, place: Place, fields: dict[str, Any], reason: str
    ) -> None:
        Place.objects.update(**fields)
        said = words(open_page(client, place))
        assert "Zählt bei der Bewertung nicht mit" in said
        assert reason in said

    def test_a_confirmation_that_is_too_old_is_told_with_its_day(self, client: Client, place: Place) -> None:
        Place.objects.update(confirmed_on=timezone.localdate() - timedelta(days=25 * 31))
        said = words(open_page(client, place))
        assert "Seine letzte Bestätigung ist mehr als 24 Monate her." in said
        assert "Er ist unbestätigt: seit" in said

    def test_the_page_and_the_method_take_the_same_age(self) -> None:
        assert Parameters().freshness_months == DEFAULT_FRESHNESS_MONTHS


class TestActors:
    def test_each_role_names_who_holds_it_or_that_nobody_does(self, client: Client, place: Place) -> None:
        involve(place, make_actor("Dorfverein"), Role.MOTIVATOR)
        involve(place, make_actor("Gemeinde", Sector.ADMINISTRATION), Role.PROVIDER)
        triad = words(open_page(client, place)).split("Akteurs-Trias", 1)[1].split("Kreise um den Ort")[0]
        assert "Motivator Dorfverein · Zivilgesellschaft" in triad
        assert "Raum- oder Ressourcengeber Gemeinde · Verwaltung" in triad
        assert "Promotor Rolle unbesetzt" in triad

    def test_one_actor_in_all_roles_is_named_as_a_weakness(self, client: Client, place: Place) -> None:
        involve(place, make_actor("Dorfverein"), *Role)
        assert "3 Rollen liegen bei einem einzigen Akteur." in words(open_page(client, place))

    def test_three_roles_can_lie_with_two_actors(self, client: Client, place: Place) -> None:
        involve(place, make_actor("Dorfverein"), Role.MOTIVATOR, Role.PROMOTER)
        involve(place, make_actor("Gemeinde"), Role.PROVIDER)
        assert "3 Rollen liegen bei nur 2 verschiedenen Akteuren." in words(open_page(client, place))

    def test_three_actors_for_three_roles_are_no_weakness(self, client: Client, place: Place) -> None:
        for role in Role:
            involve(place, make_actor(), role)
        involve(place, make_actor("Alleskönner"), *Role)
        assert "Rollen liegen bei" not in words(open_page(client, place))

    def test_circles_are_told_from_the_inner_to_the_outer_one(self, client: Client, place: Place) -> None:
        involve(place, make_actor("Freunde"), circle=Circle.SUPPORTER)
        involve(place, make_actor("Kern"), circle=Circle.KEY_ACTOR)
        circles = words(open_page(client, place)).split("Kreise um den Ort", 1)[1].split("Was ihn zum")[0]
        told = ["Schlüsselakteure Kern", "Mitstreitende niemand erfasst", "Unterstützende Freunde"]
        assert sorted(told, key=circles.index) == told


class TestRatings:
    def test_each_rating_has_its_word_and_the_mean_leaves_out_what_is_not_known(
        self, client: Client, place: Place
    ) -> None:
        Place.objects.update(open_administration=3, engaged_actors=0)
        said = words(open_page(client, place)).split("Bedingungen, unter denen", 1)[1]
        assert f"{Condition.OPEN_ADMINISTRATION.label} weitgehend (3)" in said
        assert f"{Condition.ENGAGED_ACTORS.label} gar nicht (0)" in said
        assert f"{Condition.PROCESS_NOT_PROJECT.label} nicht bekannt" in said
        assert "Im Mittel 1,5 von 4." in said

    def test_unrated_dynamics_say_so(self, client: Client, place: Place) -> None:
        said = words(open_page(client, place)).split("Was die Akteure zugleich leisten", 1)[1]
        assert f"{Dynamic.CONSOLIDATION.label} nicht bekannt" in said
        assert "Noch nicht eingeschätzt." in said


class TestFacts:
    def test_opening_hours_are_worded_where_they_are_plain(self, client: Client, place: Place) -> None:
        Place.objects.update(opening_hours="Mo-Fr 09:00-18:00")
        assert "Mo–Fr 9:00–18:00 Uhr" in words(open_page(client, place))

    def test_opening_hours_stay_as_they_are_where_they_say_more(self, client: Client, place: Place) -> None:
        Place.objects.update(opening_hours="sunrise-sunset")
        assert "Öffnungszeiten sunrise-sunset" in words(open_page(client, place))

    def test_address_and_coordinates_stand_there_as_text(self, client: Client, place: Place) -> None:
        Place.objects.update(street="Am Anger 1", postcode="34567", city="Auental")
        said = words(open_page(client, place))
        assert "Am Anger 1 34567 Auental" in said
        assert "51,05000° N, 9,05000° O" in said

    def test_an_invented_place_says_so_and_its_website_is_no_link(self, client: Client, place: Place) -> None:
        Place.objects.update(is_fictional=True, website="https://laden.example.org/")
        response = open_page(client, place)
        assert "Dieser Ort ist frei erfunden." in words(response)
        assert 'href="https://laden.example.org/"' not in response.content.decode()

    def test_a_real_place_is_not_called_invented(self, client: Client, place: Place) -> None:
        Place.objects.update(website="https://laden.example.org/")
        response = open_page(client, place)
        assert "frei erfunden" not in words(response)
        assert 'href="https://laden.example.org/"' in response.content.decode()

    def test_a_place_outside_all_municipalities_has_a_page_all_the_same(self, client: Client, place: Place) -> None:
        Place.objects.update(municipality=None)
        assert "Käthes Dorfladen" in words(open_page(client, place))


def test_what_people_typed_is_text_and_never_code(client: Client) -> None:
    evil = '</script><script>alert("x")</script>'
    place = make_place(name=evil, description=evil, confirmed_on=timezone.localdate())
    involve(place, make_actor(evil), Role.PROVIDER)
    html = open_page(client, place).content.decode()
    assert "<script>alert" not in html


def test_headings_follow_one_another(client: Client, place: Place) -> None:
    levels = heading_levels(open_page(client, place))
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_english_readers_get_a_page_too(client: Client, place: Place) -> None:
    Place.objects.update(opening_hours="We 09:00-18:00")
    response = open_page(client, place, "en")
    assert '<html lang="en">' in response.content.decode()
    assert "Wed 9:00–18:00" in words(response)


def test_the_number_of_queries_does_not_grow(client: Client, place: Place) -> None:
    involve(place, make_actor(), Role.PROVIDER)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            open_page(client, place)
        return len(captured)

    one = queries()
    for _ in range(5):
        make_place(place.municipality)
        involve(place, make_actor(), Role.MOTIVATOR)
    assert queries() == one
