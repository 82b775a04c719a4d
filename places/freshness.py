"""How long a confirmation holds: calendar months, counted back from the day of an assessment. Pure."""

import calendar
from datetime import date, timedelta

# What the method takes unless an assessment says otherwise; cohesion's Parameters have the same default.
DEFAULT_FRESHNESS_MONTHS = 24


def months_before(day: date, months: int) -> date:
    """The same day ``months`` earlier, or the last day of that month where it is shorter (31 March → 28 February)."""
    year, month_index = divmod(day.year * 12 + day.month - 1 - months, 12)
    last_day = calendar.monthrange(year, month_index + 1)[1]
    return date(year, month_index + 1, min(day.day, last_day))


def lapses_on(confirmed_on: date, months: int) -> date:
    """The first day on which a confirmation of ``confirmed_on`` holds no longer."""
    day = months_before(confirmed_on, -months)
    while months_before(day, months) <= confirmed_on:
        day += timedelta(days=1)
    return day


def is_fresh(confirmed_on: date | None, as_of: date, freshness_months: int) -> bool:
    """Whether a confirmation of ``confirmed_on`` still holds on ``as_of`` (method §1): not after it, not too old."""
    return confirmed_on is not None and months_before(as_of, freshness_months) <= confirmed_on <= as_of
