"""What tests of webhooks meet: a receiver, an owner, a queue."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.utils import translation
from pytest_django import Settings

from tests.webhook_receiver import Receiver, receiver


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request to the API sets the thread's language, and only Django's own handler takes it back."""
    yield
    translation.deactivate()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def owner() -> User:
    return User.objects.create_user("owner", email="owner@example.org")


@pytest.fixture
def queue(settings: Settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
