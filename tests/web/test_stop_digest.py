"""The link that stops digests: opening it changes nothing, its button does, a mail program's one click does too."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from places.models import Correspondence
from places.upkeep.digests import stop_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    user = User.objects.create_user("reviewer", email="reviewer@example.org")
    Correspondence.objects.create(user=user)
    return user


def wants_it(user: User) -> bool:
    return Correspondence.objects.get(user=user).wants_digest


@pytest.mark.parametrize("language", ["de", "en"])
def test_opening_the_link_asks_and_changes_nothing(user: User, language: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.get(f"/post/abbestellen/{stop_token(user)}/", headers={"accept-language": language})
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count('<form method="post">') == 1
    assert ("Ja, abbestellen" if language == "de" else "Yes, stop it") in page
    assert wants_it(user)
    assert not client.cookies
    assert "reviewer@example.org" not in page


def test_the_button_stops_it_without_a_sign_in_or_a_cookie(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(f"/post/abbestellen/{stop_token(user)}/")
    assert response.status_code == 200
    assert "abbestellt" in response.content.decode()
    assert not wants_it(user)


def test_so_does_the_one_click_of_a_mail_program(user: User) -> None:
    response = Client(enforce_csrf_checks=True).post(
        f"/post/abbestellen/{stop_token(user)}/", {"List-Unsubscribe": "One-Click"}
    )
    assert response.status_code == 200
    assert not wants_it(user)


def test_somebody_who_was_never_asked_can_stop_it_too() -> None:
    user = User.objects.create_user("administrator")
    Client().post(f"/post/abbestellen/{stop_token(user)}/")
    assert not wants_it(user)


def test_a_link_that_is_made_up_or_of_an_account_that_is_gone_stops_nothing(client: Client, user: User) -> None:
    token = stop_token(user)
    for wrong in (token[:-1], f"{user.pk + 1}:{token.split(':')[1]}", "1", "x:y"):
        response = client.post(f"/post/abbestellen/{wrong}/")
        assert response.status_code == 404
        assert "Dieser Link gilt nicht" in response.content.decode()
    assert wants_it(user)
    user.delete()
    assert client.get(f"/post/abbestellen/{token}/").status_code == 404
