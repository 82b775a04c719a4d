"""The pages of support structures and spaces, and what the pages of all entries share: who sees one that is not
published, where a former one leads, photographs, confirmation, links for visitors and for who looks after it."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

from places.models import Actor, Entry, Mandate, Place, Space, Stewardship, Support, tie
from places.vocabulary import Publication, Role, Sector, SpaceKind, Status
from tests.factories import TODAY, involve, make_municipality, make_photo, make_place, make_space, make_support
from tests.web.settlements import heading_levels, words

pytestmark = pytest.mark.django_db

MAKERS = [make_place, make_support, make_space]


@pytest.fixture(autouse=True)
def today(settings: Settings) -> None:
    settings.TODAY = TODAY


def open_page(client: Client, entry: Entry, language: str = "de") -> Any:
    response = client.get(entry.get_absolute_url(), headers={"accept-language": language})
    assert response.status_code == 200
    return response


def make_user(name: str = "hanna") -> Any:
    return get_user_model().objects.create_user(name, password="x")


def look_after(client: Client, entry: Entry) -> None:
    user = make_user()
    Stewardship.objects.create(user=user, since=TODAY, **tie(entry))
    client.force_login(user)


def review(client: Client, area: str) -> None:
    user = make_user("petra")
    Mandate.objects.create(user=user, area=area, starts_on=TODAY)
    client.force_login(user)


class TestSupport:
    def test_it_says_what_it_gives_whom_it_serves_and_how_to_get_it(self, client: Client) -> None:
        municipality = make_municipality("06635015", name="Korbach")
        support = make_support(
            municipality,
            *("", "16", "06635", "06635015", "16061999"),
            name="Dorfberatung",
            provider="Landkreis",
            description="Wir helfen beim Antrag.",
            participation="Rufen Sie an.",
            street="Am Markt 2",
        )
        response = open_page(client, support)
        said = words(response)
        assert "Unterstützung · Beratung" in said
        assert "Was hier geboten wird Wir helfen beim Antrag." in said
        assert "So bekommen Sie Unterstützung Rufen Sie an." in said
        assert "Für wen sie da ist ganz Deutschland Thüringen Kreis 06635 Korbach 16061999" in said
        assert "Träger Landkreis" in said
        assert "Am Markt 2" in said
        assert f'<a href="{municipality.get_absolute_url()}">Korbach</a></li>' in response.content.decode()

    def test_its_address_follows_its_name(self, client: Client) -> None:
        support = make_support(name="Dorfberatung Süd")
        for path in (f"/unterstuetzung/{support.pk}/", f"/unterstuetzung/{support.pk}-anders/"):
            response = client.get(path)
            assert response.status_code == 301
            assert response["Location"] == f"/unterstuetzung/{support.pk}-dorfberatung-sued/"


class TestSpace:
    def test_it_says_how_large_whose_and_until_when(self, client: Client) -> None:
        space = make_space(
            name="Alte Schule",
            kind=SpaceKind.SCHOOL,
            area_m2=1200,
            owner="Gemeinde Auental",
            owner_sector=Sector.ADMINISTRATION,
            available_until=date(2029, 12, 31),
            participation="Den Schlüssel hat das Rathaus.",
        )
        said = words(open_page(client, space))
        assert "Möglichkeitsraum · Schule" in said
        assert "Kann genutzt werden Verfügbar bis 31. Dezember 2029." in said
        assert "Fläche 1.200 m²" in said
        assert "Wem er gehört Gemeinde Auental · Verwaltung" in said
        assert "So können Sie ihn nutzen Den Schlüssel hat das Rathaus." in said

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({}, "Kann genutzt werden Ein Ende ist nicht bekannt."),
            ({"available_until": TODAY}, "Kann genutzt werden Verfügbar bis 22. November 2026."),
            ({"available_from": TODAY + timedelta(days=1)}, "Kann ab 23. November 2026 genutzt werden"),
            ({"available_until": TODAY - timedelta(days=1)}, "War bis 21. November 2026 zu haben"),
            ({"status": Status.DORMANT}, "Ist zurzeit nicht zu haben"),
            ({"status": Status.CLOSED}, "Ist nicht mehr zu haben"),
        ],
    )
    def test_whether_it_can_be_had_is_the_first_thing_told(
        self, client: Client, fields: dict[str, Any], sentence: str
    ) -> None:
        assert sentence in words(open_page(client, make_space(**fields)))

    def test_what_is_not_known_is_said_so(self, client: Client) -> None:
        said = words(open_page(client, make_space()))
        assert "Fläche nicht bekannt" in said
        assert "Wem er gehört nicht bekannt" in said


@pytest.mark.parametrize("make", MAKERS)
class TestEveryEntry:
    @pytest.mark.parametrize("publication", [Publication.DRAFT, Publication.SUBMITTED, Publication.REJECTED])
    def test_one_that_is_not_published_is_not_there_for_visitors(
        self, client: Client, make: Any, publication: Publication
    ) -> None:
        entry = make(make_municipality(), name="Geheim", publication=publication)
        response = client.get(entry.get_absolute_url())
        assert response.status_code == 404
        assert "Geheim" not in response.content.decode()

    def test_who_looks_after_it_is_led_to_its_care(self, client: Client, make: Any) -> None:
        entry = make(make_municipality(), publication=Publication.SUBMITTED)
        look_after(client, entry)
        response = client.get(entry.get_absolute_url())
        assert response.status_code == 302
        assert response["Location"].endswith(f"/{entry.pk}/betreuung/")

    def test_a_reviewer_of_the_district_is_led_there_too_and_one_of_another_is_not(
        self, client: Client, make: Any
    ) -> None:
        entry = make(make_municipality("06635001"), publication=Publication.SUBMITTED)
        review(client, "06635")
        assert client.get(entry.get_absolute_url()).status_code == 302
        Mandate.objects.update(area="06611")
        assert client.get(entry.get_absolute_url()).status_code == 404

    def test_one_that_was_withdrawn_is_gone_and_its_name_with_it(self, client: Client, make: Any) -> None:
        entry = make(make_municipality(name="Auental"), name="Geheim", publication=Publication.ARCHIVED)
        response = client.get(entry.get_absolute_url())
        assert response.status_code == 410
        assert "Geheim" not in response.content.decode()
        assert "Diesen Eintrag gibt es nicht mehr" in words(response)
        assert 'href="/gemeinden/06635001-auental/"' in response.content.decode()

    def test_one_that_was_merged_leads_to_the_last_of_the_chain(self, client: Client, make: Any) -> None:
        heir = make(make_municipality(), name="Erbe")
        middle = make(heir.municipality, publication=Publication.ARCHIVED, merged_into=heir)
        first = make(heir.municipality, publication=Publication.ARCHIVED, merged_into=middle)
        response = client.get(first.get_absolute_url())
        assert (response.status_code, response["Location"]) == (301, heir.get_absolute_url())

    def test_a_chain_that_bites_its_tail_does_not_hang(self, client: Client, make: Any) -> None:
        first = make(make_municipality(), publication=Publication.ARCHIVED)
        second = make(first.municipality, publication=Publication.ARCHIVED, merged_into=first)
        type(first)._default_manager.filter(pk=first.pk).update(merged_into=second)
        assert client.get(first.get_absolute_url()).status_code == 301

    def test_an_unknown_one_is_not_found(self, client: Client, make: Any) -> None:
        entry = make(make_municipality())
        assert client.get(entry.get_absolute_url().replace(f"/{entry.pk}-", "/4711-")).status_code == 404

    def test_photographs_have_size_text_and_credit(self, client: Client, make: Any) -> None:
        entry = make(make_municipality())
        photo = make_photo(entry, credit="Dorfverein", alternative_text='Der "Saal" <leer>')
        html = open_page(client, entry).content.decode()
        assert f'<a href="/fotos/{photo.pk}/gross.webp"><img src="/fotos/{photo.pk}/klein.webp"' in html
        assert 'width="1600" height="1200"' in html
        assert 'alt="Der &quot;Saal&quot; &lt;leer&gt;"' in html
        assert 'loading="lazy"' in html
        assert "Foto: Dorfverein" in html

    def test_it_says_when_it_was_confirmed(self, client: Client, make: Any) -> None:
        entry = make(make_municipality(), confirmed_on=date(2025, 3, 4))
        assert "Zuletzt bestätigt am 4. März 2025." in words(open_page(client, entry))

    @pytest.mark.parametrize(
        ("confirmed_on", "sentence"),
        [
            (date(2024, 11, 21), "nbestätigt: seit 21. November 2024 hat niemand gesagt, dass alles noch stimmt."),
            (None, "Unbestätigt: Noch hat niemand gesagt, dass alles stimmt."),
        ],
    )
    def test_a_confirmation_that_ran_out_is_told(
        self, client: Client, make: Any, confirmed_on: date | None, sentence: str
    ) -> None:
        said = words(open_page(client, make(make_municipality(), confirmed_on=confirmed_on)))
        if make is make_place and confirmed_on is None:
            sentence = "Sein Eintrag wurde noch nie bestätigt."  # among the reasons why it does not count
        assert sentence in said
        assert "Zuletzt bestätigt am" not in said

    def test_a_visitor_may_report_and_claim_and_sees_no_other_link(self, client: Client, make: Any) -> None:
        entry = make(make_municipality())
        response = open_page(client, entry)
        kind = entry.get_absolute_url().split("/")[1]
        html = response.content.decode()
        assert f'href="/{kind}/{entry.pk}/melden/"' in html
        assert f'href="/{kind}/{entry.pk}/betreuen/"' in html
        for end in ("bearbeiten", "betreuung", "verlauf"):
            assert f"/{kind}/{entry.pk}/{end}/" not in html
        assert response.cookies == {}

    def test_a_steward_may_edit_and_is_not_asked_to_claim(self, client: Client, make: Any) -> None:
        entry = make(make_municipality())
        look_after(client, entry)
        html = open_page(client, entry).content.decode()
        assert "/bearbeiten/" in html
        assert "/betreuung/" in html
        assert f"/{entry.pk}/verlauf/" not in html
        assert f"/{entry.pk}/betreuen/" not in html

    def test_a_reviewer_sees_the_record_where_the_mandate_holds(self, client: Client, make: Any) -> None:
        here, there = make(make_municipality("06635001")), make(make_municipality("06611000"))
        review(client, "06635")
        assert f"/{here.pk}/verlauf/" in open_page(client, here).content.decode()
        assert f"/{there.pk}/verlauf/" not in open_page(client, there).content.decode()

    def test_headings_follow_one_another_in_german_and_english(self, client: Client, make: Any) -> None:
        entry = make(make_municipality(), description="Was", participation="Wie")
        make_photo(entry)
        for language in ("de", "en"):
            response = open_page(client, entry, language)
            levels = heading_levels(response)
            assert levels.count(1) == 1
            assert all(after <= before + 1 for before, after in pairwise(levels))
            assert f'<html lang="{language}">' in response.content.decode()

    def test_what_people_typed_is_text_and_never_code(self, client: Client, make: Any) -> None:
        evil = '</script><script>alert("x")</script>'
        entry = make(make_municipality(), name=evil, description=evil, participation=evil, street=evil)
        assert "<script>alert" not in open_page(client, entry).content.decode()

    def test_one_outside_all_municipalities_has_a_page_all_the_same(self, client: Client, make: Any) -> None:
        entry = make(make_municipality(), name="Abgelegen")
        type(entry)._default_manager.update(municipality=None)
        assert "Abgelegen" in words(open_page(client, entry))


def test_a_person_who_does_not_wish_to_be_named_is_not_named(client: Client) -> None:
    place = make_place()
    involve(place, Actor.objects.create(name="", is_person=True, sector=Sector.CIVIL_SOCIETY), Role.MOTIVATOR)
    said = words(open_page(client, place))
    assert "Motivator eine Person, die nicht genannt werden möchte · Zivilgesellschaft" in said


def test_kinds_do_not_mix_their_numbers(client: Client) -> None:
    municipality = make_municipality()
    place = make_place(municipality, name="Ort")
    support = make_support(municipality, name="Stelle", pk=place.pk)
    assert Place.objects.count() == Support.objects.count() == 1
    assert Space.objects.count() == 0
    assert client.get(f"/raeume/{place.pk}-ort/").status_code == 404
    assert "Stelle" in words(open_page(client, support))
