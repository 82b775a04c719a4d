"""What pages tell search engines: schema.org in a block of data, the address that counts, what they are about."""

import json
import re
from typing import Any

import pytest
from django.conf import settings as site
from django.test import Client
from django.utils import timezone

from places.models import Entry, Municipality
from places.structured import hours_data
from places.vocabulary import Kind, Role, Status
from tests.factories import involve, make_actor, make_municipality, make_place, make_space, make_support

pytestmark = pytest.mark.django_db


def page_of(client: Client, shown: Entry | Municipality) -> str:
    response = client.get(shown.get_absolute_url())
    assert response.status_code == 200
    return str(response.content.decode())


def linked(page: str) -> dict[str, Any]:
    """The only block of linked data of ``page``."""
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


class TestEntries:
    def test_a_place_says_what_and_where_it_is_and_when_it_is_open(self, client: Client) -> None:
        here = make_municipality("06635001", name="Bad Auental")
        place = make_place(
            here,
            name="Käthes Dorfladen",
            kind=Kind.VILLAGE_SHOP,
            street="Am Anger 1",
            postcode="34000",
            website="https://example.org/",
            opening_hours="Mo-Fr 09:00-24:00; PH off",
        )
        data = linked(page_of(client, place))
        assert data["@context"] == "https://schema.org"
        assert data["@type"] == "Store"
        assert data["name"] == "Käthes Dorfladen"
        assert data["url"] == data["@id"] == f"{site.SITE_URL}{place.get_absolute_url()}"
        assert data["sameAs"] == "https://example.org/"
        assert data["address"] == {
            "@type": "PostalAddress",
            "streetAddress": "Am Anger 1",
            "postalCode": "34000",
            "addressCountry": "DE",
        }
        assert data["geo"]["latitude"] == round(place.location.y, 5)
        assert data["containedInPlace"]["name"] == "Bad Auental"
        weekly, holidays = data["openingHoursSpecification"]
        assert weekly["dayOfWeek"][0] == "https://schema.org/Monday"
        assert len(weekly["dayOfWeek"]) == 5
        assert (weekly["opens"], weekly["closes"]) == ("09:00", "23:59")
        assert holidays["dayOfWeek"] == ["https://schema.org/PublicHolidays"]
        assert (holidays["opens"], holidays["closes"]) == ("00:00", "00:00")

    def test_one_that_is_closed_has_no_hours(self, client: Client) -> None:
        place = make_place(opening_hours="Mo 09:00-12:00", status=Status.DORMANT)
        assert "openingHoursSpecification" not in linked(page_of(client, place))

    @pytest.mark.parametrize(
        "text", ["Sa[1] 10:00-12:00", "Apr-Oct Th 17:00-21:00", 'Mo 09:00-12:00 || "by appointment"', "sunrise-sunset"]
    )
    def test_hours_that_schema_org_cannot_say_whole_are_not_said(self, text: str) -> None:
        assert hours_data(text) == []

    def test_support_and_spaces_say_what_they_are(self, client: Client) -> None:
        support = linked(page_of(client, make_support(name="Beratung Nord")))
        assert (support["@type"], support["name"]) == ("Organization", "Beratung Nord")
        assert support["location"]["geo"]["@type"] == "GeoCoordinates"
        assert linked(page_of(client, make_space(name="Alte Post")))["@type"] == "Place"

    def test_no_text_ends_the_block(self, client: Client) -> None:
        name = "</script><script>alert(1)</script> & <!--"
        page = page_of(client, make_place(name=name))
        assert linked(page)["name"] == name
        assert "alert(1)</script>" not in page

    def test_nobody_who_carries_or_owns_it_is_named(self, client: Client) -> None:
        place = make_place()
        involve(place, make_actor("Erika Muster"), Role.PROMOTER)
        assert "Muster" not in json.dumps(linked(page_of(client, place)))
        assert "Muster" not in json.dumps(linked(page_of(client, make_space(owner="Erika Muster"))))
        assert "Muster" not in json.dumps(linked(page_of(client, make_support(provider="Erika Muster"))))

    def test_an_invented_one_says_so_and_leads_to_nobody_s_website(self, client: Client) -> None:
        place = make_place(is_fictional=True, website="https://example.org/", confirmed_on=timezone.localdate())
        data = linked(page_of(client, place))
        assert "erfunden" in data["disambiguatingDescription"]
        assert "sameAs" not in data


def test_a_municipality_says_its_keys_and_what_it_lies_in(client: Client) -> None:
    here = make_municipality("06635001", name="Bad Auental", population=0)
    data = linked(page_of(client, here))
    assert data["@type"] == "AdministrativeArea"
    assert data["identifier"] == [{"@type": "PropertyValue", "propertyID": "AGS", "value": "06635001"}]
    assert data["containedInPlace"]["identifier"] == "06635"
    assert data["containedInPlace"]["containedInPlace"]["name"] == "Hessen"
    assert data["additionalProperty"] == [{"@type": "PropertyValue", "propertyID": "population", "value": 0}]
