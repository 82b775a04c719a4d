"""The page of one's own keys to the API: a new one is shown once; made by who has just proved who it is."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from places import clock
from places.accounts import account_for
from places.models import ApiToken
from places.tokens import find_token, make_token
from tests.factories import make_reviewer

pytestmark = pytest.mark.django_db
PAGE = "/konto/schluessel/"
ASKED = {"name": "Website des Vereins", "ends_on": "90"}


@pytest.fixture
def rosa(client: Client) -> User:
    cache.clear()
    user = account_for("rosa@example.org")
    client.force_login(user)
    return user


def test_the_account_leads_there_and_strangers_are_sent_to_sign_in(client: Client, rosa: User) -> None:
    assert f'href="{PAGE}"' in client.get("/konto/").content.decode()
    assert "Sie haben noch keinen" in client.get(PAGE).content.decode()
    assert Client().get(PAGE)["Location"] == f"/konto/anmelden/?next={PAGE}"


def test_a_new_key_is_shown_once_with_a_line_that_works(client: Client, rosa: User) -> None:
    made = client.post(PAGE, ASKED)
    assert made.status_code == 200
    secret = re.search(r'id="schluessel"><code translate="no">(sok_\w{40})<', made.content.decode())
    assert secret
    assert f"Bearer {secret[1]}" in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    token = find_token(secret[1], clock.today())
    assert token is not None
    assert (token.owner, token.ends_on) == (rosa, clock.today() + timedelta(days=90))
    answer = Client().get("/api/v1/submissions/", headers={"Authorization": f"Bearer {secret[1]}"})
    assert answer.status_code == 200
    again = client.get(PAGE).content.decode()
    assert secret[1] not in again
    assert "Website des Vereins" in again
    assert "zuletzt benutzt am" in again


def test_sending_the_form_again_makes_no_second_key(client: Client, rosa: User) -> None:
    client.post(PAGE, ASKED)
    again = client.post(PAGE, ASKED)
    assert again.status_code == 422
    assert "mit diesem Namen haben Sie schon" in again.content.decode()
    assert 'value="Website des Vereins"' in again.content.decode()
    assert ApiToken.objects.count() == 1


def test_a_key_needs_a_name(client: Client, rosa: User) -> None:
    answer = client.post(PAGE, {"name": "", "ends_on": "10000"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "ends_on"}
    assert not ApiToken.objects.exists()


def test_a_key_is_revoked_by_its_owner_only(client: Client, rosa: User) -> None:
    today = clock.today()
    mine = make_token(rosa, name="Meiner", ends_on=today, today=today)
    other = make_token(account_for("otto@example.org"), name="Ottos", ends_on=today, today=today)
    assert "Ottos" not in client.get(PAGE).content.decode()
    for pk in [*ApiToken.objects.values_list("pk", flat=True), "geraten", "9" * 30]:
        assert client.post(PAGE, {"revoke": pk}).status_code == 302
    assert find_token(mine, today) is None
    assert find_token(other, today) is not None


def test_it_says_which_have_ended(client: Client, rosa: User) -> None:
    day = clock.today() - timedelta(days=2)
    make_token(rosa, name="Alter", ends_on=day, today=day)
    assert "abgelaufen am" in client.get(PAGE).content.decode()


def test_who_has_a_password_proves_it_first(client: Client, rosa: User) -> None:
    rosa.set_password("Der Kuckuck ruft dreimal")
    rosa.save()
    client.force_login(rosa)
    for answer in (client.get(PAGE), client.post(PAGE, ASKED)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/konto/bestaetigen/passwort/")
    assert not ApiToken.objects.exists()
    proof = {"password": "Der Kuckuck ruft dreimal", "next": PAGE}
    made = client.post(f"/konto/bestaetigen/passwort/?next={PAGE}", proof)
    assert "Ihr neuer Schlüssel" in made.content.decode()  # what was asked before goes on, and forms lead back here
    assert made.content.decode().count(f'action="{PAGE}"') == 2
    assert client.get(PAGE).status_code == 200


def test_reviewers_are_told_that_no_key_reviews(client: Client, rosa: User) -> None:
    told = "Prüfen kann man mit einem Schlüssel nicht"
    assert told not in client.get(PAGE).content.decode()
    client.force_login(make_reviewer("06635"))
    assert told in client.get(PAGE).content.decode()


def test_too_many_are_refused_for_a_while(client: Client, rosa: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("places.throttling.PER_ADDRESS", 1)
    assert client.post(PAGE, ASKED).status_code == 200
    assert client.post(PAGE, {**ASKED, "name": "Noch einer"}).status_code == 429
    assert ApiToken.objects.count() == 1
