"""The administration: a place is found in its municipality by its location, and what was changed is on record."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.test import Client

from places.correction import correct_entry
from places.models import Change, Entry, Mandate
from places.reviewing.mandates import give_mandate
from places.vocabulary import Verb
from tests.factories import TODAY, make_municipality, make_place, make_space, make_support

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("administrator"))
    return client


def sent(place: Entry, **changes: Any) -> dict[str, Any]:
    """What the browser sends for the form of an entry."""
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


def test_a_support_structure_is_corrected_with_its_areas_on_record(administrator: Client) -> None:
    here, there = make_municipality("06635001"), make_municipality("06635002")
    support = make_support(here, "06635")
    (served,) = support.areas.all()
    areas = {
        "areas-TOTAL_FORMS": 2,
        "areas-INITIAL_FORMS": 1,
        "areas-0-id": served.pk,
        "areas-0-support": support.pk,
        "areas-0-area": "06",
        "areas-1-support": support.pk,
        "areas-1-area": "16061",
    }
    fields = sent(support, location=there.centre.geojson, **areas)
    response = administrator.post(f"/admin/places/support/{support.pk}/change/", fields)
    assert response.status_code == 302
    support.refresh_from_db()
    assert support.municipality == there
    change = Change.objects.get()
    assert (change.support, change.verb, change.ags) == (support, Verb.CORRECTED_PLACE, "06635002")
    assert (change.before["areas"], change.after["areas"]) == (["06635"], ["06", "16061"])


def test_a_space_is_corrected_on_record(administrator: Client) -> None:
    space = make_space(make_municipality("06635001"), area_m2=80)
    response = administrator.post(f"/admin/places/space/{space.pk}/change/", sent(space, area_m2=90))
    assert response.status_code == 302
    change = Change.objects.get()
    assert (change.space, change.before, change.after) == (space, {"area_m2": 80}, {"area_m2": 90})


def test_a_new_space_is_recorded_whole(administrator: Client) -> None:
    municipality = make_municipality("06635001")
    fields = {"name": "Saal", "kind": "hall", "status": "active", "publication": "published"}
    location = municipality.centre.geojson
    response = administrator.post("/admin/places/space/add/", {**fields, "location": location})
    assert response.status_code == 302
    change = Change.objects.get()
    assert (change.space and change.space.municipality, change.before["name"], change.after["name"]) == (
        municipality,
        None,
        "Saal",
    )


@pytest.mark.parametrize("make", [make_place, make_support, make_space])
def test_entries_are_not_deleted_here(administrator: Client, make: Any) -> None:
    entry = make(make_municipality("06635001"))
    path = f"/admin/places/{entry.entry_kind}/{entry.pk}/delete/"
    assert administrator.post(path, {"post": "yes"}).status_code == 403


def test_only_who_may_change_places_corrects_one() -> None:
    place = make_place(make_municipality("06635001"))
    with pytest.raises(PermissionDenied):
        correct_entry(place, by=User.objects.create_user("stranger"))


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
