"""The page that alters a webhook: it shows what is, keeps what was typed, and leaves the secret alone."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from cohesion.models import Subscription
from cohesion.webhooks.subscriptions import end, subscribe
from tests.factories import make_municipality

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = User.objects.create_user("owner", email="owner@example.org")
    client.force_login(user)
    return user


def checked(page: str) -> set[str]:
    return set(re.findall(r'value="([^"]+)"[^>]*checked', page))


def test_it_shows_what_is_and_stores_what_is_changed(client: Client, owner: User) -> None:
    make_municipality("06635015", name="Korbach")
    subscription, _secret = subscribe(owner, "https://example.org/", ["changed"], ["06", "06635099"])
    path = f"{subscription.get_absolute_url()}aendern/"
    assert f'href="{path}"' in client.get(subscription.get_absolute_url()).content.decode()
    page = client.get(path).content.decode()
    assert 'value="https://example.org/"' in page
    assert checked(page) == {"changed", "06", "06635099"}
    assert "Gemeinde 06635099" in page  # the current edition does not have it; it is not lost by altering
    typed = {"url": "https://example.org/two", "happenings": ["changed", "merged"], "areas": ["06635099"]}
    found = client.post(path, {**typed, "find_area": "Korbach", "suchen": "1"})
    assert found.status_code == 200
    page = found.content.decode()
    assert checked(page) == {"changed", "merged", "06635099"}
    assert 'value="06635015"' in page
    assert 'value="06"' in page
    secret = Subscription.objects.get().secret
    done = client.post(path, {**typed, "areas": ["06635015"], "save": "1"}, follow=True)
    assert "Das Abonnement ist geändert." in done.content.decode()
    now = Subscription.objects.get()
    assert (now.url, now.happenings, now.areas) == ("https://example.org/two", ["changed", "merged"], ["06635015"])
    assert now.secret == secret


def test_a_forbidden_address_is_told_at_its_field_and_nothing_changes(
    client: Client, owner: User, settings: Settings
) -> None:
    settings.WEBHOOKS_PRIVATE = False
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    answer = client.post(
        f"{subscription.get_absolute_url()}aendern/", {"url": "https://10.0.0.1/", "happenings": "changed", "save": "1"}
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "nicht im öffentlichen Internet" in page
    assert 'value="https://10.0.0.1/"' in page
    assert checked(page) == {"changed"}
    assert Subscription.objects.get().url == "https://example.org/"


def test_one_that_is_over_is_not_altered(client: Client, owner: User) -> None:
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    end(subscription, owner)
    path = f"{subscription.get_absolute_url()}aendern/"
    assert path not in client.get(subscription.get_absolute_url()).content.decode()
    for answer in (client.get(path), client.post(path, {"url": "https://example.org/two", "save": "1"})):
        assert answer["Location"] == subscription.get_absolute_url()
    assert Subscription.objects.get().url == "https://example.org/"


def test_whoever_has_a_password_proves_that_it_is_still_her(client: Client, owner: User) -> None:
    owner.set_password("ein langes Wort")
    owner.save()
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    client.force_login(owner)
    answer = client.get(f"{subscription.get_absolute_url()}aendern/")
    assert answer["Location"].startswith("/konto/bestaetigen/passwort/")
