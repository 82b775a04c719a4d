"""A confirmation holds for whole calendar months, both ends included."""

from datetime import date

import pytest

from places.freshness import is_fresh, months_before

AS_OF = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 22), 24, date(2024, 11, 22)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2024, 2, 29), 24, date(2022, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_are_counted_back_by_the_calendar(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


@pytest.mark.parametrize(
    ("confirmed_on", "fresh"),
    [
        (None, False),
        (date(2024, 11, 21), False),
        (date(2024, 11, 22), True),
        (date(2026, 11, 22), True),
        (date(2026, 11, 23), False),
    ],
)
def test_fresh_is_neither_too_old_nor_after_the_day(confirmed_on: date | None, fresh: bool) -> None:
    assert is_fresh(confirmed_on, AS_OF, 24) is fresh
