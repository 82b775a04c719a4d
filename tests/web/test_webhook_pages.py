"""The pages of one's own webhooks: making one, its secret shown once, its log, what can be done with it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cohesion.models import Delivery, Subscription
from cohesion.models.webhook import Progress
from cohesion.webhooks.subscriptions import end, send_test, subscribe
from tests.factories import make_municipality
from tests.webhook_receiver import Receiver, receiver

pytestmark = pytest.mark.django_db

LIST = "/konto/abonnements/"
NEW = f"{LIST}neu/"


@pytest.fixture
def owner(client: Client) -> User:
    """Somebody who signs in by codes and is signed in."""
    user = User.objects.create_user("owner", email="owner@example.org")
    client.force_login(user)
    return user


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def page(client: Client, path: str = LIST) -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    return response.content.decode()


def test_it_is_made_from_address_events_and_areas_and_tells_its_secret_once(client: Client, owner: User) -> None:
    make_municipality("06635015", name="Korbach")
    assert "noch kein Abonnement" in page(client)
    typed = {"url": "https://example.org/hook", "happenings": ["changed", "merged"], "find_area": "Korbach"}
    found = client.post(NEW, {**typed, "suchen": "1"})
    assert found.status_code == 200
    shown = found.content.decode()
    assert 'value="https://example.org/hook"' in shown
    assert 'value="06635015"' in shown
    assert not Subscription.objects.exists()
    made = client.post(NEW, {**typed, "areas": ["06635015"], "save": "1"})
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", made.content.decode())
    assert "no-store" in made.headers["Cache-Control"]
    subscription = Subscription.objects.get()
    assert (subscription.happenings, subscription.areas) == (["changed", "merged"], ["06635015"])
    for path in (LIST, subscription.get_absolute_url()):
        shown = page(client, path)
        assert "https://example.org/hook" in shown
        assert "Geändert, Mit einem anderen Eintrag zusammengeführt" in shown
        assert "Korbach" in shown
        assert secret not in shown


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"url": ""}, "Dieses Feld"),
        ({"url": "example.org"}, "keine vollständige Adresse"),
        ({"url": "https://a:b@example.org/"}, "weder Benutzernamen noch Passwort"),
        ({"url": "https://127.0.0.1/"}, "nicht im öffentlichen Internet"),
        ({"url": "http://example.org/"}, "nur verschlüsselt"),
        ({"url": "https://example.org/", "happenings": "everything"}, "id_happenings"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    client: Client, owner: User, settings: Settings, typed: dict[str, str], told: str
) -> None:
    settings.WEBHOOKS_PRIVATE = False
    answer = client.post(NEW, {**typed, "save": "1"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert told in shown
    assert 'id="fehler"' in shown
    assert not Subscription.objects.exists()


def test_a_second_one_for_the_same_address_is_refused(client: Client, owner: User) -> None:
    subscribe(owner, "https://example.org/", [], [])
    answer = client.post(NEW, {"url": "https://example.org/", "save": "1"})
    assert answer.status_code == 422
    assert "schon ein Abonnement" in answer.content.decode()


def test_a_test_message_shows_what_was_answered(client: Client, owner: User, there: Receiver) -> None:
    there.status, there.body = 500, b"<b>kaputt</b>"
    subscription, _secret = subscribe(owner, there.url, [], [])
    response = client.post(subscription.get_absolute_url(), {"act": "test"})
    delivery = Delivery.objects.get()
    assert response["Location"] == f"{subscription.get_absolute_url()}{delivery.pk}/"
    shown = page(client, response["Location"])
    assert "wartet" in shown
    assert "Antwort 500" in shown
    assert "&lt;b&gt;kaputt" in shown
    assert delivery.message_id in shown
    there.status = 204
    again = client.post(response["Location"])
    assert "zugestellt" in page(client, again["Location"])
    assert [came.headers["webhook-id"] for came in there.received] == [delivery.message_id] * 2


def test_with_a_worker_nothing_is_sent_before_the_page_answers(
    client: Client, owner: User, there: Receiver, settings: Settings
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    subscription, _secret = subscribe(owner, there.url, [], [])
    response = client.post(subscription.get_absolute_url(), {"act": "test"})
    assert there.received == []
    assert "Laden Sie die Seite gleich noch einmal" in page(client, response["Location"])


def test_pausing_going_on_and_ending(client: Client, owner: User) -> None:
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    path = subscription.get_absolute_url()
    for act, told in [("pause", "pausiert"), ("resume", "wieder aktiv"), ("end", "beendet")]:
        assert client.post(path, {"act": act})["Location"] == path
        assert f"Das Abonnement ist {told}" in page(client, path)
    assert client.post(path, {"act": "resume"}).status_code == 302
    shown = page(client, path)
    assert "inzwischen ein anderes" in shown
    assert "Fortsetzen" not in shown


def test_all_that_failed_since_a_day_is_sent_once_more(client: Client, owner: User) -> None:
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    path = subscription.get_absolute_url()
    send_test(subscription, owner)
    assert "Seit wann?" not in page(client, path)
    Delivery.objects.update(progress=Progress.GIVEN_UP, tries=9)
    assert "Seit wann?" in page(client, path)
    answer = client.post(path, {"act": "replay", "since": "2020-01-01"})
    assert answer.status_code == 422
    assert "30 Tage aufgehoben" in answer.content.decode()
    since = timezone.localdate() - timedelta(days=3)
    client.post(path, {"act": "replay", "since": since.isoformat()})
    assert "Eine Nachricht geht noch einmal hinaus." in page(client, path)
    assert Delivery.objects.get().progress == Progress.WAITING


def test_a_new_secret_is_shown_once_and_says_how_long_the_former_one_holds(client: Client, owner: User) -> None:
    subscription, former = subscribe(owner, "https://example.org/", [], [])
    path = f"{subscription.get_absolute_url()}geheimnis/"
    assert "Einen Tag lang" in page(client, path)
    shown = client.post(path).content.decode()
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]{44}", shown)
    assert secret != former
    assert "auch mit dem bisherigen Geheimnis" in shown


def test_whoever_has_a_password_proves_that_it_is_still_her(client: Client, owner: User) -> None:
    owner.set_password("ein langes Wort")
    owner.save()
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    client.force_login(owner)
    for path in (NEW, f"{subscription.get_absolute_url()}geheimnis/"):
        assert client.get(path)["Location"].startswith("/konto/bestaetigen/passwort/")
    assert client.get(subscription.get_absolute_url()).status_code == 200


def test_what_belongs_to_somebody_else_is_not_there(client: Client, owner: User) -> None:
    stranger = User.objects.create_superuser("stranger")
    subscription, _secret = subscribe(stranger, "https://example.org/", [], [])
    mine, _secret = subscribe(owner, "https://example.org/", [], [])
    delivery = send_test(subscription, stranger)
    path = subscription.get_absolute_url()
    for address in (path, f"{path}geheimnis/", f"{path}{delivery.pk}/", f"{mine.get_absolute_url()}{delivery.pk}/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"act": "end"}).status_code == 404
    assert f'href="{path}"' not in page(client)


def test_the_account_leads_here_and_too_many_tries_are_refused(client: Client, owner: User, there: Receiver) -> None:
    assert f'href="{LIST}"' in page(client, "/konto/")
    subscription, _secret = subscribe(owner, there.url, [], [])
    answers = {client.post(subscription.get_absolute_url(), {"act": "test"}).status_code for _ in range(31)}
    assert answers == {302, 429}


def test_messages_are_listed_in_pages_the_newest_first(client: Client, owner: User) -> None:
    subscription, _secret = subscribe(owner, "https://example.org/", [], [])
    made = [send_test(subscription, owner).pk for _ in range(27)]
    path = subscription.get_absolute_url()
    first, second = (re.findall(rf'href="{path}(\d+)/"', page(client, f"{path}?page={number}")) for number in (1, 2))
    assert [*map(int, first + second)] == made[::-1]
    assert len(second) == 2
    end(subscription, owner)
    assert 'value="test"' not in page(client, path)
