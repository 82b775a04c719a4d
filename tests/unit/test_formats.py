"""Dates and numbers as each language writes them."""

from datetime import date

import pytest
from django.utils.formats import date_format, number_format
from django.utils.translation import override

DAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    ("language", "long", "short", "number"),
    [("de", "5. November 2026", "05.11.2026", "1.234,5"), ("en", "5 November 2026", "5 Nov 2026", "1,234.5")],
)
def test_the_day_comes_before_the_month(language: str, long: str, short: str, number: str) -> None:
    with override(language):
        assert date_format(DAY) == long
        assert date_format(DAY, "SHORT_DATE_FORMAT") == short
        assert number_format(1234.5) == number
