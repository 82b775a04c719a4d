"""Signing in as people do it: by a code from a mail, by password, in two steps; and what strangers do not learn."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from places.accounts import account_for
from tests.factories import make_reviewer

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "dorfladen@example.org", "niemand-da@example.org"
PASSWORD = "Der Kuckuck ruft dreimal"
Capture = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]
Send = Callable[..., HttpResponse]


@pytest.fixture
def send(client: Client, django_capture_on_commit_callbacks: Capture) -> Send:
    """Send a form; letters go out as they do when it is stored."""

    def send_form(path: str, **fields: str) -> HttpResponse:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(path, fields)  # type: ignore[return-value]

    return send_form


def text(response: Any) -> str:
    """The page without what differs by chance and without the address that was typed."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return page.replace(KNOWN, "ADDRESS").replace(UNKNOWN, "ADDRESS")


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"\d{4}-\d{4}", str(mail.body))
    assert found
    return found[0]


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def request_code(send: Send, address: str, **fields: str) -> HttpResponse:
    return send("/konto/anmelden/code/", email=address, **fields)


class TestCode:
    def test_the_code_from_the_mail_signs_in(self, client: Client, send: Send, mailoutbox: list[EmailMessage]) -> None:
        user = account_for(KNOWN)
        assert request_code(send, KNOWN.upper())["Location"] == "/konto/anmelden/code/eingeben/"
        assert [mail.to for mail in mailoutbox] == [[KNOWN]]
        assert mailoutbox[0].subject == f"Ihr Code zum Anmelden: {code_in(mailoutbox[0])}"
        answer = send("/konto/anmelden/code/eingeben/", code=code_in(mailoutbox[0]).replace("-", " "))
        assert answer["Location"] == "/konto/"
        assert signed_in_as(client) == str(user.pk)

    def test_the_mail_is_in_the_language_of_the_page(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        account_for(KNOWN)
        client.cookies["django_language"] = "en"
        request_code(send, KNOWN)
        assert mailoutbox[0].subject.startswith("Your sign-in code: ")

    def test_it_leads_to_where_one_wanted_to_go_but_to_no_other_site(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        account_for(KNOWN)
        wanted = request_code(send, KNOWN, next="/konto/daten/")["Location"]
        assert wanted.endswith("?next=%2Fkonto%2Fdaten%2F")
        assert send(wanted, code=code_in(mailoutbox[0]))["Location"] == "/konto/daten/"
        client.logout()
        elsewhere = request_code(send, KNOWN, next="https://evil.example/")["Location"]
        assert send(elsewhere, code=code_in(mailoutbox[1]))["Location"] == "/konto/"

    def test_after_three_wrong_codes_the_right_one_is_void(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        account_for(KNOWN)
        request_code(send, KNOWN)
        answers = [send("/konto/anmelden/code/eingeben/", code="0000-0000").status_code for _ in range(3)]
        assert answers == [422, 422, 302]
        send("/konto/anmelden/code/eingeben/", code=code_in(mailoutbox[0]))
        assert signed_in_as(client) is None

    def test_reviewers_are_led_to_their_work(self, client: Client, send: Send, mailoutbox: list[EmailMessage]) -> None:
        user = make_reviewer("06635")
        EmailAddress.objects.create(user=user, email=KNOWN, verified=True, primary=True)
        request_code(send, KNOWN)
        assert send("/konto/anmelden/code/eingeben/", code=code_in(mailoutbox[0]))["Location"] == "/pruefung/"


class TestWhoseAddress:
    def test_a_proved_address_leads_to_the_account_for_which_an_administrator_typed_it(self) -> None:
        made = User.objects.create_user("neu", email="Dorfladen@Example.org")
        assert account_for(KNOWN) == made
        assert EmailAddress.objects.get(user=made).verified
        assert account_for(KNOWN.upper()) == made
        assert User.objects.count() == 1

    def test_two_accounts_never_share_an_address(self) -> None:
        assert account_for(KNOWN) != account_for(UNKNOWN)


class TestStrangersLearnNothing:
    def test_an_unknown_address_meets_the_same_pages(self, send: Send) -> None:
        account_for(KNOWN)

        def walk(address: str) -> list[tuple[int, str, str]]:
            client = Client()
            steps = [
                client.post("/konto/anmelden/code/", {"email": address}),
                client.get("/konto/anmelden/code/eingeben/"),
                client.post("/konto/anmelden/code/eingeben/", {"action": "resend"}),
                client.get("/konto/anmelden/code/eingeben/"),
                *(client.post("/konto/anmelden/code/eingeben/", {"code": "0000-0000"}) for _ in range(3)),
                client.get("/konto/anmelden/"),
            ]
            return [(step.status_code, step.headers.get("Location", ""), text(step)) for step in steps]

        assert walk(KNOWN) == walk(UNKNOWN)

    def test_only_the_mailbox_is_told_that_there_is_no_account(
        self, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        request_code(send, UNKNOWN)
        assert mailoutbox[0].subject == "Zu dieser Adresse gibt es kein Konto"
        assert not re.search(r"\d{4}-\d{4}", str(mailoutbox[0].body))
        assert not User.objects.exists()

    def test_a_wrong_password_says_the_same_of_everybody(self, send: Send) -> None:
        account_for(KNOWN)
        pages = [send("/konto/anmelden/", login=login, password="falsch") for login in (KNOWN, UNKNOWN)]
        assert {page.status_code for page in pages} == {422}
        assert text(pages[0]) == text(pages[1])
        assert "passen nicht zusammen" in text(pages[0])

    def test_a_forgotten_password_says_the_same_of_everybody(self) -> None:
        account_for(KNOWN)

        def walk(address: str) -> list[tuple[int, str, str]]:
            client = Client()
            steps = [
                client.post("/konto/passwort/vergessen/", {"email": address}),
                client.get("/konto/passwort/vergessen/code/"),
                client.post("/konto/passwort/vergessen/code/", {"code": "0000-0000"}),
            ]
            return [(step.status_code, step.headers.get("Location", ""), text(step)) for step in steps]

        assert walk(KNOWN) == walk(UNKNOWN)

    def test_too_many_codes_are_refused_for_known_and_unknown_alike(self, send: Send) -> None:
        account_for(KNOWN)
        for address in (KNOWN, UNKNOWN):
            answers = []
            for _ in range(4):
                answers.append(Client().post("/konto/anmelden/code/", {"email": address}))
            assert [answer.status_code for answer in answers] == [302, 302, 302, 422]
            assert "viele Versuche" in text(answers[3])

    def test_nobody_signs_up(self, client: Client, send: Send) -> None:
        assert "So entsteht ein Konto" in text(client.get("/konto/neu/"))
        send("/konto/neu/", email=UNKNOWN, password1=PASSWORD)
        assert not User.objects.exists()


class TestPassword:
    @pytest.mark.parametrize("login", [KNOWN, "vorstand"])
    def test_with_address_or_name(self, client: Client, send: Send, login: str) -> None:
        user = User.objects.create_user("vorstand", email=KNOWN, password=PASSWORD)
        EmailAddress.objects.create(user=user, email=KNOWN, verified=True, primary=True)
        answer = send("/konto/anmelden/", login=login, password=PASSWORD, next="/konto/adresse/")
        assert answer["Location"] == "/konto/adresse/"
        assert client.session.get_expiry_age() == 14 * 24 * 3600

    def test_an_address_that_an_administrator_entered_is_proved_at_the_first_sign_in(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        user = User.objects.create_user("neu", email=KNOWN, password=PASSWORD)
        assert send("/konto/anmelden/", login="neu", password=PASSWORD)["Location"] == "/konto/adresse/code/"
        assert signed_in_as(client) is None
        send("/konto/adresse/code/", code=code_in(mailoutbox[0]))
        assert signed_in_as(client) == str(user.pk)
        assert EmailAddress.objects.get(user=user).verified

    def test_a_switched_off_account_is_told_so(self, client: Client, send: Send) -> None:
        user = account_for(KNOWN)
        user.set_password(PASSWORD)
        user.is_active = False
        user.save()
        assert send("/konto/anmelden/", login=KNOWN, password=PASSWORD).status_code in {302, 422}
        assert signed_in_as(client) is None

    def test_a_forgotten_one_is_set_anew_by_a_code(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        user = account_for(KNOWN)
        send("/konto/passwort/vergessen/", email=KNOWN)
        assert send("/konto/passwort/vergessen/code/", code=code_in(mailoutbox[0])).status_code == 302
        send("/konto/passwort/vergessen/neu/", password1=PASSWORD, password2=PASSWORD)
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert mailoutbox[1].subject == "Die Anmeldung Ihres Kontos wurde geändert"
        assert "neu gesetzt" in str(mailoutbox[1].body)


class TestSecondStep:
    @pytest.fixture
    def secret(self) -> str:
        user = account_for(KNOWN)
        user.set_password(PASSWORD)
        user.save()
        secret: str = totp.generate_totp_secret()
        totp.TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
        return secret

    def now(self, secret: str) -> str:
        return str(totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))))

    @pytest.mark.parametrize("by", ["code", "password"])
    def test_neither_a_code_nor_a_password_is_enough_any_more(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage], secret: str, by: str
    ) -> None:
        if by == "code":
            request_code(send, KNOWN)
            answer = send("/konto/anmelden/code/eingeben/", code=code_in(mailoutbox[0]))
        else:
            answer = send("/konto/anmelden/", login=KNOWN, password=PASSWORD)
        assert answer["Location"] == "/konto/anmelden/zweiter-faktor/"
        assert signed_in_as(client) is None
        assert send("/konto/anmelden/zweiter-faktor/", code="000000").status_code == 422
        send("/konto/anmelden/zweiter-faktor/", code=self.now(secret))
        assert signed_in_as(client) is not None

    def test_a_recovery_code_works_once(self, client: Client, send: Send, secret: str) -> None:
        code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
        send("/konto/anmelden/", login=KNOWN, password=PASSWORD)
        send("/konto/anmelden/zweiter-faktor/", code=code)
        assert signed_in_as(client) is not None
        client.logout()
        send("/konto/anmelden/", login=KNOWN, password=PASSWORD)
        assert send("/konto/anmelden/zweiter-faktor/", code=code).status_code == 422
        assert signed_in_as(client) is None

    def test_weighty_pages_ask_again_who_it_is(self, client: Client, send: Send, secret: str) -> None:
        client.force_login(User.objects.get())
        for name in ("mfa_add_webauthn", "mfa_view_recovery_codes", "mfa_deactivate_totp", "delete_account"):
            answer = client.get(reverse(name))
            assert answer["Location"].startswith("/konto/bestaetigen/passwort/?next="), name
        asked = client.get(reverse("delete_account"))["Location"]
        assert send(asked, password="falsch").status_code == 422
        assert send(asked, password=PASSWORD)["Location"] == reverse("delete_account")
        assert client.get(reverse("delete_account")).status_code == 200


class TestAddress:
    def test_a_new_address_replaces_the_old_one_once_it_is_proved_and_the_old_one_is_told(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        user = account_for(KNOWN)
        client.force_login(user)
        assert send("/konto/adresse/", action_add="1", email="neu@example.org")["Location"] == "/konto/adresse/code/"
        assert [mail.to for mail in mailoutbox] == [["neu@example.org"]]
        user.refresh_from_db()
        assert user.email == KNOWN
        send("/konto/adresse/code/", code=code_in(mailoutbox[0]))
        user.refresh_from_db()
        assert user.email == "neu@example.org"
        assert list(EmailAddress.objects.values_list("email", "verified")) == [("neu@example.org", True)]
        assert [mail.to for mail in mailoutbox[1:]] == [[KNOWN]]

    def test_the_address_of_another_account_is_not_betrayed_and_not_taken(
        self, client: Client, send: Send, mailoutbox: list[EmailMessage]
    ) -> None:
        account_for("anderes@example.org")
        client.force_login(account_for(KNOWN))
        taken = send("/konto/adresse/", action_add="1", email="anderes@example.org")
        assert (taken.status_code, taken["Location"]) == (302, "/konto/adresse/code/")
        answer = send("/konto/adresse/code/", code=code_in(mailoutbox[0]))
        assert answer.status_code == 422
        assert EmailAddress.objects.get(email="anderes@example.org").user.email == "anderes@example.org"


SIGNED_OUT = ("login", "account_signup", "account_inactive", "account_reset_password")
SIGNED_IN = (
    *("account", "account_email", "account_set_password", "account_logout", "delete_account", "mfa_index"),
    *("mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "account_password_reset_completed"),
)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("name", SIGNED_OUT + SIGNED_IN)
def test_every_page_is_ours_in_the_reader_s_language_with_a_strict_policy(
    client: Client, name: str, language: str
) -> None:
    if name in SIGNED_IN:
        client.force_login(account_for(KNOWN))
    response = client.get(reverse(name), headers={"accept-language": language})
    assert response.status_code == 200
    assert [one.origin.name for one in response.templates if "allauth" in one.origin.name] == []
    page = text(response)
    assert page.lstrip().startswith(f'<!doctype html>\n<html lang="{language}">')
    assert page.count("<h1") == 1
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r"<script(?! type=\"application/json\"|[^>]*src=)", page.replace(' id="passkey-options"', ""))


def test_pages_of_somebody_are_kept_by_no_cache_and_reading_sets_no_cookie(client: Client) -> None:
    page = client.get("/konzept/")
    assert not page.cookies
    assert "Cache-Control" not in page.headers
    client.force_login(account_for(KNOWN))
    assert set(client.get("/konzept/").headers["Cache-Control"].split(", ")) == {"private", "no-cache"}
    assert "private" in client.get("/konto/").headers["Cache-Control"]


def test_the_administration_is_entered_by_the_same_door(client: Client) -> None:
    answer = client.get("/admin/login/?next=/admin/places/")
    assert answer["Location"] == "/konto/anmelden/?next=%2Fadmin%2Fplaces%2F"


def test_attempts_are_counted_by_the_address_that_our_proxy_saw(settings: Settings) -> None:
    settings.PROXIES = 1
    answers = [
        Client().post(
            "/konto/anmelden/",
            {"login": f"wer-{number}", "password": "falsch"},
            headers={"x-forwarded-for": f"198.51.100.{number}, 203.0.113.7"},
        )
        for number in range(11)
    ]
    assert "viele Versuche" not in text(answers[9])
    assert "viele Versuche" in text(answers[10])
    elsewhere = Client().post(
        "/konto/anmelden/",
        {"login": "wer-12", "password": "falsch"},
        headers={"x-forwarded-for": "198.51.100.1, 203.0.113.8"},
    )
    assert "viele Versuche" not in text(elsewhere)
