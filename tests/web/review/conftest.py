"""What the pages of a reviewer are tried on: a day, a municipality, a reviewer."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import Settings

from places.models import Municipality
from tests.factories import TODAY, make_municipality, make_reviewer


@pytest.fixture(autouse=True)
def today(settings: Settings) -> date:
    settings.TODAY = TODAY
    return TODAY


@pytest.fixture
def korbach() -> Municipality:
    return make_municipality("06635015", name="Korbach")


@pytest.fixture
def reviewer(client: Client) -> Client:
    client.force_login(make_reviewer("06635", "pruefung-wf"))
    return client
