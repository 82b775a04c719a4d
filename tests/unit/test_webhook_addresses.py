"""Where webhooks may go, and when they are tried again: decided without a database and without a network."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from cohesion.webhooks.carrying import fault_of, is_public
from cohesion.webhooks.sending import JITTER, WAITS, wait_after

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("address", ["8.8.8.8", "2a00:1450:4001:82a::2004", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:c0a8:101::1"),
    ],
)
def test_everything_else_is_not_in_whatever_clothes(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://hooks.example.org/a?b=c", ""),
        ("https://hooks.example.org:8443/", ""),
        ("https://bücher.example.org/", ""),
        ("http://hooks.example.org/", "scheme"),
        ("ftp://hooks.example.org/", "scheme"),
        ("https://user:word@hooks.example.org/", "user"),
        ("https://user@hooks.example.org/", "user"),
        ("https://localhost/", "private"),
        ("https://LOCALHOST./", "private"),
        ("https://intranet/", "private"),
        ("https://printer.local/", "private"),
        ("https://127.0.0.1/", "private"),
        ("https://2130706433/", "private"),
        ("https://[::1]/", "private"),
        ("https://169.254.169.254/latest/meta-data/", "private"),
        ("hooks.example.org", "form"),
        ("https://", "form"),
        ("https:///path", "form"),
        ("https://hooks.example.org:99999/", "form"),
        ("https://hooks.example.org/a b", "form"),
        ("https://[::1/", "form"),
        ("", "form"),
    ],
)
def test_what_is_wrong_with_an_address(settings: Settings, url: str, fault: str) -> None:
    settings.WEBHOOKS_PRIVATE = False
    assert fault_of(url) == fault


@pytest.mark.parametrize("url", ["http://localhost:8000/", "http://10.0.0.7/", "https://intranet/"])
def test_an_installation_for_an_intranet_may_send_there(settings: Settings, url: str) -> None:
    settings.WEBHOOKS_PRIVATE = True
    assert fault_of(url) == ""


def test_each_try_waits_longer_and_after_two_days_there_is_none() -> None:
    for number, wait in enumerate(WAITS, start=1):
        found = wait_after(number, "", NOW)
        assert found is not None
        assert wait <= found <= wait * (1 + JITTER)
    assert wait_after(len(WAITS) + 1, "", NOW) is None
    assert timedelta(hours=40) < sum(WAITS, timedelta()) < timedelta(hours=60)


@pytest.mark.parametrize(
    ("wish", "least", "most"),
    [
        ("120", timedelta(seconds=120), timedelta(seconds=120)),
        ("Mon, 23 Nov 2026 12:30:00 GMT", timedelta(minutes=30), timedelta(minutes=30)),
        ("99999999999", timedelta(hours=24), timedelta(hours=24)),
        ("1", WAITS[0], WAITS[0] * (1 + JITTER)),
        ("Mon, 23 Nov 2020 12:30:00 GMT", WAITS[0], WAITS[0] * (1 + JITTER)),
        ("soon", WAITS[0], WAITS[0] * (1 + JITTER)),
        ("-5", WAITS[0], WAITS[0] * (1 + JITTER)),
    ],
)
def test_what_the_receiver_wishes_counts_within_a_day(wish: str, least: timedelta, most: timedelta) -> None:
    found = wait_after(1, wish, NOW)
    assert found is not None
    assert least <= found <= most
