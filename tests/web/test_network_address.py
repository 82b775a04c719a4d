"""Where a request comes from, as forms count it: nobody gets new attempts by a header or by another address at home."""

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from places.throttling import network_address

PROXY, CLIENT = "10.0.0.1", "203.0.113.7"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "", PROXY),
        (0, CLIENT, PROXY),  # no proxy of ours: the header is anybody's word
        (1, "", PROXY),
        (1, CLIENT, CLIENT),
        (1, f"198.51.100.1, {CLIENT}", CLIENT),  # what stands further left is made up
        (2, f"198.51.100.1, {CLIENT}, 10.0.0.2", CLIENT),
        (1, "nonsense", "unknown"),
    ],
)
def test_only_our_own_proxies_are_believed(
    rf: RequestFactory, settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    settings.PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert network_address(rf.get("/", headers=headers, REMOTE_ADDR=PROXY)) == expected


def test_all_devices_of_a_household_count_as_one(rf: RequestFactory) -> None:
    one, other, neighbour = (
        network_address(rf.get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2::5", "2001:db8:1:2:ffff::9", "2001:db8:1:3::5")
    )
    assert one == other != neighbour


def test_an_old_address_in_new_clothes_is_its_own_household(rf: RequestFactory) -> None:
    one, other = (network_address(rf.get("/", REMOTE_ADDR=f"::ffff:203.0.113.{number}")) for number in (1, 2))
    assert one != other
