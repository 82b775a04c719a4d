"""Where a second factor is required, reviewers and administrators get nowhere without one; everybody else does."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from places.accounts import account_for
from tests.factories import make_municipality, make_place, make_reviewer, make_steward

pytestmark = pytest.mark.django_db

SET_UP = "/konto/zweiter-faktor/"


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def add_app(user: User) -> None:
    totp.TOTP.activate(user, totp.generate_totp_secret())


def add_passkey(user: User) -> None:
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Passkey 1"})


def sent_to_set_up(client: Client, path: str, method: str = "get") -> bool:
    response = getattr(client, method)(path)
    return bool(response.status_code == 302 and response["Location"] == SET_UP)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_reviewer_without_one_is_sent_to_set_it_up_before_any_page_that_is_hers(client: Client, method: str) -> None:
    place = make_place(make_municipality("06635015"))
    client.force_login(make_reviewer("06635"))
    for path in ("/pruefung/", "/pruefung/gemeinden/06635015/", f"/orte/{place.pk}/bearbeiten/", f"/orte/{place.pk}/"):
        assert sent_to_set_up(client, path, method), path


def test_an_administrator_without_one_does_not_reach_the_administration(client: Client) -> None:
    client.force_login(User.objects.create_superuser("administrator"))
    assert sent_to_set_up(client, "/admin/")
    assert sent_to_set_up(client, "/admin/places/mandate/add/", "post")


@pytest.mark.parametrize("path", ["/", "/methode/", "/datenschutz/", "/konto/", "/konto/daten/", "/api/v1/", SET_UP])
def test_pages_for_everybody_and_the_own_account_stay_open(client: Client, path: str) -> None:
    client.force_login(make_reviewer("06635"))
    assert not sent_to_set_up(client, path)


def test_she_can_sign_out_and_change_the_language(client: Client) -> None:
    client.force_login(make_reviewer("06635"))
    assert client.post(reverse("set_language"), {"language": "en", "next": "/"})["Location"] == "/"
    client.post(reverse("logout"))
    assert client.get("/konto/").status_code == 302


@pytest.mark.parametrize("add", [add_app, add_passkey])
def test_with_an_app_or_a_passkey_she_goes_on(client: Client, add: object) -> None:
    user = make_reviewer("06635")
    assert callable(add)
    add(user)
    client.force_login(user)
    assert client.get("/pruefung/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client: Client) -> None:
    user = make_reviewer("06635")
    RecoveryCodes.activate(user)
    client.force_login(user)
    assert sent_to_set_up(client, "/pruefung/")


def test_the_page_says_why_one_is_here_and_only_to_whom_it_concerns(client: Client) -> None:
    client.force_login(make_reviewer("06635"))
    assert "Bitte richten Sie zuerst" in client.get(SET_UP).content.decode()
    client.force_login(account_for("dorfladen@example.org"))
    assert "Bitte richten Sie zuerst" not in client.get(SET_UP).content.decode()


def test_stewards_and_whose_mandate_ended_need_none(client: Client) -> None:
    place = make_place()
    for user in (make_steward(place), make_reviewer("06635", ends_on="2020-01-01", starts_on="2019-01-01")):
        client.force_login(user)
        assert not sent_to_set_up(client, "/pruefung/")
        assert not sent_to_set_up(client, place.get_absolute_url())


def test_where_it_is_not_required_nobody_is_sent(client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    client.force_login(make_reviewer("06635"))
    assert client.get("/pruefung/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_with_a_code_and_the_recovery_codes_follow(client: Client) -> None:
    user = make_reviewer("06635")
    client.force_login(user)
    page = client.get("/konto/zweiter-faktor/app/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    assert 'src="data:image/svg+xml;base64,' in page
    assert client.post("/konto/zweiter-faktor/app/", {"code": "000000"}).status_code == 422
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    answer = client.post("/konto/zweiter-faktor/app/", {"code": code})
    assert answer["Location"] == "/konto/zweiter-faktor/ersatzcodes/"
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    page = client.get(answer["Location"]).content.decode()
    assert all(code in page for code in codes)
    assert client.get("/konto/zweiter-faktor/ersatzcodes/herunterladen/").content.decode().split() == codes
    assert client.get("/pruefung/").status_code == 200
