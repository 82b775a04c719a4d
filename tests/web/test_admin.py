"""The administration: a place is found in its municipality by its location, and what was changed is on record."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.test import Client

from places.correction import correct_place
from places.mandates import give_mandate
from places.models import Change, Mandate, Place
from places.vocabulary import Verb
from tests.factories import TODAY, make_municipality, make_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("administrator"))
    return client


def sent(place: Place, **changes: Any) -> dict[str, Any]:
    """What the browser sends for the form of a place."""
    fields = {name: "" if value is None else value for name, value in model_to_dict(place).items()}
    management = {"involvements-TOTAL_FORMS": 0, "involvements-INITIAL_FORMS": 0}
    return {**fields, "location": place.location.geojson, **management, **changes}


def test_a_moved_place_changes_its_municipality_and_the_record_says_so(administrator: Client) -> None:
    here, there = make_municipality("06635001"), make_municipality("06635002")
    place = make_place(here, name="Halle")
    response = administrator.post(
        f"/admin/places/place/{place.pk}/change/", sent(place, location=there.centre.geojson, name="Neue Halle")
    )
    assert response.status_code == 302
    place.refresh_from_db()
    assert place.municipality == there
    change = Change.objects.get(verb=Verb.CORRECTED_PLACE)
    assert (change.place, change.ags, change.user and change.user.get_username()) == (
        place,
        "06635002",
        "administrator",
    )
    assert change.before["name"] == "Halle"
    assert change.after["name"] == "Neue Halle"
    assert change.after["location"] == pytest.approx(there.centre.coords)
    assert "description" not in change.after


def test_a_place_outside_every_municipality_is_refused_and_stays(administrator: Client) -> None:
    place = make_place(make_municipality("06635001"))
    response = administrator.post(
        f"/admin/places/place/{place.pk}/change/", sent(place, location='{"type": "Point", "coordinates": [1, 1]}')
    )
    assert response.status_code == 200
    assert "liegt in keiner Gemeinde" in response.content.decode()
    assert not Change.objects.exists()


def test_only_who_may_change_places_corrects_one() -> None:
    place = make_place(make_municipality("06635001"))
    with pytest.raises(PermissionDenied):
        correct_place(place, by=User.objects.create_user("stranger"))


def test_ratings_and_inventory_are_not_changed_here(administrator: Client) -> None:
    municipality = make_municipality("06635001", engaged_actors=2)
    page = administrator.get(f"/admin/places/municipality/{municipality.pk}/change/").content.decode()
    assert 'name="name"' in page
    assert 'name="engaged_actors"' not in page
    assert 'name="inventory_completed_on"' not in page


def test_the_record_and_mandates_are_read_here_and_never_deleted(administrator: Client) -> None:
    user = User.objects.get(username="administrator")
    give_mandate(Mandate(user=user, area="06635", starts_on=TODAY), by=user)
    for model, row in (("change", Change.objects.get()), ("mandate", Mandate.objects.get())):
        assert administrator.get(f"/admin/places/{model}/").status_code == 200
        assert administrator.post(f"/admin/places/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Mandate.objects.exists()


def test_a_browser_that_asks_for_an_icon_gets_it(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith(".svg")
