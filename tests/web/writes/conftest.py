"""What is written to over the API: a place, its steward, a key."""

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from places import clock
from places.models import Place
from tests.factories import make_municipality, make_place, make_steward
from tests.web.writes.steps import key_of, korbach


@pytest.fixture(autouse=True)
def world() -> None:
    """Nobody has written yet; there is Korbach, which the examples lie in."""
    cache.clear()
    make_municipality("06635015", name="Korbach")


@pytest.fixture
def place() -> Place:
    return make_place(name="Treff", description="Ein Haus", confirmed_on=clock.today(), municipality=korbach())


@pytest.fixture
def steward(place: Place) -> User:
    return make_steward(place)


@pytest.fixture
def key(steward: User) -> str:
    return key_of(steward)
