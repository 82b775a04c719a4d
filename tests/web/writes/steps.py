"""Steps that several tests of writing over the API take."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import User

from places import clock
from places.models import Municipality
from places.tokens import make_token
from tests.factories import make_place, make_space, make_support
from tests.web.answers import send

LISTS = {"place": "places/", "support": "support/", "space": "spaces/"}
MAKE: dict[str, Callable[..., Any]] = {"place": make_place, "support": make_support, "space": make_space}


def korbach() -> Municipality:
    return Municipality.objects.get(ags="06635015")


def key_of(user: User) -> str:
    today = clock.today()
    return make_token(user, name="Test", ends_on=today + timedelta(days=30), today=today)


def read(path: str) -> tuple[dict[str, Any], str]:
    """What anybody reads there, and its ETag."""
    answer = send("GET", path)
    assert answer.status_code == HTTPStatus.OK
    return answer.json(), answer.headers["ETag"]


def change(path: str, sent: Any, key: str, etag: str = "*", **headers: str) -> Any:
    return send("PATCH", path, sent, key=key, **{"If-Match": etag}, **headers)


def with_key(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def pointers(answer: Any) -> set[str]:
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.content.decode()
    return {error["pointer"] for error in answer.json()["errors"]}
