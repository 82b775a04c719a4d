"""What the privacy page says of keys and webhooks, that it forgets no table, and that it is done as it says."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from cohesion.models import Delivery, Subscription
from cohesion.models.webhook import Progress
from cohesion.webhooks import upkeep
from cohesion.webhooks.subscriptions import alter, end, roll_secret, send_test, subscribe
from places import clock
from places.models import ApiToken, Succession
from places.tokens import make_token
from places.upkeep.own_data import collect_own_data
from places.upkeep.retention import TOKEN_DAYS, apply_retention
from places.vocabulary import SuccessionState
from tests.factories import make_edition, make_municipality

pytestmark = pytest.mark.django_db

# Each table that names an account, and the words by which /datenschutz/ tells of it.
TOLD = {
    "Subscription": "jedes Abonnement: Adresse Ihres Programms",
    "ApiToken": "jeder Schlüssel zur Schnittstelle",
    "Stewardship": "was Sie betreuen",
    "Mandate": "Ihre Prüfaufträge",
    "Submission": "was Sie eingereicht haben",
    "Change": "das Protokoll: wer wann was geändert hat",
    "LogEntry": "das Protokoll: wer wann was geändert hat",
    "Succession": "das Protokoll: wer wann was geändert hat",
    "Report": "wenn Sie zu einer Meldung eine angeben",
    "Photo": "Fotos, neu berechnet",
    "Correspondence": "Sprache",
    "EmailAddress": "bestätigte E-Mail-Adresse",
    "Authenticator": "Passkeys, Code-App",
    "User_groups": "Ihr Konto",
    "User_user_permissions": "Ihr Konto",
}


def shown(client: Client, path: str, language: str = "de") -> str:
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_every_table_that_names_an_account_is_told_of(client: Client) -> None:
    naming = {
        model.__name__
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model is User for field in model._meta.get_fields() if field.concrete)
    }
    assert naming == set(TOLD)
    page = shown(client, "/datenschutz/")
    assert [words for words in TOLD.values() if words not in page] == []


@pytest.mark.parametrize(
    ("language", "key", "message"),
    [
        ("de", f"sonst bis {TOKEN_DAYS} Tage nach seinem Ende", f"{upkeep.KEPT} Tage"),
        ("en", f"otherwise until {TOKEN_DAYS} days after it ends", f"{upkeep.KEPT} days"),
    ],
)
def test_the_days_are_those_of_the_code_in_both_languages(
    client: Client, language: str, key: str, message: str
) -> None:
    page = shown(client, "/datenschutz/", language)
    assert key in page
    (row,) = [row for row in page.split("<tr>") if "first part of the answer" in row or "Anfang der Antwort" in row]
    assert f"<td>{message}</td>" in row


def test_keys_and_webhooks_lead_to_what_is_said_of_them(client: Client) -> None:
    client.force_login(User.objects.create_user("owner", email="owner@example.org"))
    for path in ("/konto/schluessel/", "/konto/abonnements/"):
        assert 'href="/datenschutz/#mitmachen"' in shown(client, path)
    assert 'id="mitmachen"' in shown(client, "/datenschutz/")
    reference = shown(client, "/api/v1/docs/")
    assert 'id="erfahren"' in reference
    assert 'href="/konto/abonnements/"' in reference
    assert f"Antworten heben wir {upkeep.KEPT} Tage auf" in reference


def test_what_is_due_goes_and_nothing_else() -> None:
    owner, today = User.objects.create_user("owner", email="owner@example.org"), clock.today()
    make_token(owner, name="ended", ends_on=today, today=today)
    make_token(owner, name="holds", ends_on=today + timedelta(days=365), today=today)
    running, _secret = subscribe(owner, "https://a.example.org/", [], [])
    over, _secret = subscribe(owner, "https://b.example.org/", [], [])
    send_test(running, owner)
    end(over, owner)
    for days, keys, messages, webhooks in ((0, 2, 1, 2), (29, 2, 1, 2), (30, 2, 0, 1), (31, 1, 0, 1)):
        apply_retention(today + timedelta(days=days))
        left = (ApiToken.objects.count(), Delivery.objects.count(), Subscription.objects.count())
        assert left == (keys, messages, webhooks), days


def test_a_former_secret_goes_when_its_day_is_over() -> None:
    owner = User.objects.create_user("owner", email="owner@example.org")
    renewed, _secret = subscribe(owner, "https://a.example.org/", [], [])
    roll_secret(renewed, owner)
    assert "former webhook secrets" not in str(apply_retention(clock.today()))
    assert Subscription.objects.get().former_secret
    Subscription.objects.update(former_until=timezone.now() - timedelta(seconds=1))
    assert "former webhook secrets 1" in str(apply_retention(clock.today(), dry_run=True))
    assert Subscription.objects.get().former_secret
    apply_retention(clock.today())
    renewed.refresh_from_db()
    assert (renewed.former_secret, renewed.former_until) == ("", None)
    assert renewed.secret
    alter(renewed, owner, renewed.url, ["changed"], [])
    assert Delivery.objects.filter(progress=Progress.WAITING).count() == 0


def test_whoever_decided_on_a_succession_finds_it_among_her_data() -> None:
    user = User.objects.create_user("admin")
    older, newer = make_edition(date(2022, 12, 31)), make_edition(date(2023, 12, 31))
    Succession.objects.create(
        predecessor=make_municipality("06635002", edition=older),
        successor=make_municipality("06635001", edition=newer),
        kind="dissolved",
        area_share=1.0,
        source="overlap",
        state=SuccessionState.CONFIRMED,
        confirmed_by=user,
        confirmed_at=timezone.now(),
    )
    (decided,) = _list(collect_own_data(user)["successions_decided"])
    assert (decided["ags_before"], decided["ags_after"], decided["state"]) == ("06635002", "06635001", "confirmed")


def _list(value: Any) -> list[dict[str, Any]]:
    assert isinstance(value, list)
    return value
