"""The account of a reviewer that the demo makes, and only the demo."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from places.models import Mandate
from sok_site import demo
from tests.factories import make_municipality
from tests.web.review.steps import text

pytestmark = pytest.mark.django_db


def test_the_demo_names_its_reviewer_and_she_can_sign_in(client: Client) -> None:
    make_municipality("16061037", name="Gerbershausen")
    assert demo.REVIEWER.password not in text(client, "/konto/anmelden/")
    demo.make_accounts()
    assert demo.REVIEWER.password in text(client, "/konto/anmelden/")
    client.force_login(User.objects.get(username=demo.REVIEWER.username))
    assert "Gerbershausen" in text(client, "/pruefung/gemeinden/")


def test_where_others_are_served_there_is_no_account_with_a_known_password(settings: Settings) -> None:
    settings.PUBLIC_HOSTS = ["atlas.example.org"]
    demo.make_accounts()
    assert not User.objects.exists()
    assert not Mandate.objects.exists()
    assert not demo.accounts_to_try()
