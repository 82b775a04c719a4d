"""One table: every page that is not for everybody × who asks × what happens."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from places.models import Mandate
from tests.factories import make_municipality

pytestmark = pytest.mark.django_db

SIGN_IN, OK, FORBIDDEN, SAVED, INVALID = "sign in", 200, 403, 302, 422
INVENTORY = {"inventory": "1", "inventory-completed_on": "2026-01-01"}
CONDITIONS = {"conditions": "1", "conditions-engaged_actors": "3", "conditions-evidence": "Beschluss"}

TABLE: list[tuple[str, str, dict[str, str], dict[str, object]]] = [
    # method, path, what is sent, who → what happens
    (
        *("GET", "/pruefung/", {}),
        {"anonymous": SIGN_IN, "stranger": OK, "here": OK, "elsewhere": OK, "ended": OK, "administrator": OK},
    ),
    *(
        (
            *(method, "/pruefung/06635015/", sent),
            {
                "anonymous": SIGN_IN,
                "stranger": FORBIDDEN,
                "here": allowed,
                "elsewhere": FORBIDDEN,
                "ended": FORBIDDEN,
                "administrator": FORBIDDEN,
            },
        )
        for method, sent, allowed in (
            ("GET", {}, OK),
            ("POST", INVENTORY, SAVED),
            ("POST", CONDITIONS, SAVED),
            ("POST", INVENTORY | {"inventory-completed_on": "2999-01-01"}, INVALID),
            ("POST", CONDITIONS | {"conditions-evidence": ""}, INVALID),
            ("POST", CONDITIONS | {"conditions-engaged_actors": "7"}, INVALID),
        )
    ),
    (
        *("GET", "/admin/places/mandate/add/", {}),
        {
            "anonymous": SIGN_IN,
            "stranger": SIGN_IN,
            "here": SIGN_IN,
            "elsewhere": SIGN_IN,
            "ended": SIGN_IN,
            "administrator": OK,
        },
    ),
]
ROWS = [
    pytest.param(method, path, sent, who, expected, id=f"{method} {path} {index} by {who}")
    for index, (method, path, sent, cast) in enumerate(TABLE)
    for who, expected in cast.items()
]


@pytest.fixture
def signed_in(client: Client) -> Callable[[str], Client]:
    """The cast: visitor, stranger, reviewer here, reviewer elsewhere, reviewer whose mandate ended, administrator."""
    today = timezone.localdate()
    make_municipality("06635015")

    def sign_in(who: str) -> Client:
        if who == "anonymous":
            return client
        user = User.objects.create_user(who, is_superuser=who == "administrator", is_staff=who == "administrator")
        area = {"here": "06635", "elsewhere": "16061", "ended": "06635"}.get(who)
        if area:
            ends_on = today - timedelta(days=1) if who == "ended" else None
            Mandate.objects.create(user=user, area=area, starts_on=today - timedelta(days=9), ends_on=ends_on)
        client.force_login(user)
        return client

    return sign_in


@pytest.mark.parametrize(("method", "path", "sent", "who", "expected"), ROWS)
def test_who_may_do_what(
    signed_in: Callable[[str], Client], method: str, path: str, sent: dict[str, str], who: str, expected: object
) -> None:
    response = signed_in(who).generic(method, path) if method == "GET" else signed_in(who).post(path, sent)
    if expected == SIGN_IN:
        assert response.status_code == 302
        assert "/konto/anmelden/" in response["Location"] or "/admin/login/" in response["Location"]
    else:
        assert response.status_code == expected
