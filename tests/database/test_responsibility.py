"""Who has to review where: the nearest level that has a reviewer; and how often a form may be sent."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import RequestFactory

from places.models import Mandate
from places.responsibility import Responsibility, responsibility
from places.throttling import PER_ADDRESS, PER_MAILBOX, may_send
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


def mandate(area: str, days_ago: int = 9, ended_days_ago: int | None = None) -> None:
    ends_on = None if ended_days_ago is None else TODAY - timedelta(days=ended_days_ago)
    user = User.objects.create_user(f"reviewer-{Mandate.objects.count()}")
    Mandate.objects.create(user=user, area=area, starts_on=TODAY - timedelta(days=days_ago), ends_on=ends_on)


def test_the_nearest_level_with_a_reviewer_decides() -> None:
    assert responsibility("06635015", TODAY) == Responsibility("06635015", "", ("06635015", "06635", "06"))
    mandate("06")
    found = responsibility("06635015", TODAY)
    assert (found.area, found.skipped, found.is_passed_on) == ("06", ("06635015", "06635"), True)
    mandate("06635")
    found = responsibility("06635015", TODAY)
    assert (found.area, found.skipped, found.is_passed_on) == ("06635", ("06635015",), False)
    mandate("06635015")
    assert responsibility("06635015", TODAY) == Responsibility("06635015", "06635015", ())


def test_a_mandate_that_ended_or_has_not_begun_leaves_it_to_the_next_level() -> None:
    mandate("06")
    mandate("06635", ended_days_ago=1)
    mandate("06635015", days_ago=-1)
    assert responsibility("06635015", TODAY).area == "06"


def test_a_form_may_be_sent_so_often_per_mailbox_and_per_address_and_not_oftener() -> None:
    cache.clear()
    here, there = (RequestFactory().post("/", REMOTE_ADDR=address) for address in ("192.0.2.1", "192.0.2.2"))
    assert [may_send(here, "register", "A@example.org ") for _ in range(PER_MAILBOX + 1)] == [True] * PER_MAILBOX + [
        False
    ]
    assert not may_send(there, "register", "a@example.org")
    assert may_send(there, "register", "b@example.org")
    assert may_send(there, "report", "a@example.org")
    sent = [may_send(here, "register") for _ in range(PER_ADDRESS)]
    assert sent == [True] * (PER_ADDRESS - PER_MAILBOX - 1) + [False] * (PER_MAILBOX + 1)
    cache.clear()
