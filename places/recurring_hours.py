"""Opening hours as openings that come again: on which days, in which months and weeks of them. How they are read aloud:
opening_hours.py; as a calendar: views/opening_hours_calendar.py; as schema.org: structured.py."""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import product

from places import opening_hours

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ALL_YEAR = tuple(range(1, 13))
EVERY_WEEK = tuple(range(1, 6))  # the first to the fifth of its weekday in a month

Times = tuple[str, str]  # "09:00", "18:00"; an end that is not after the beginning is on the next day
_Cell = tuple[int, int, int]  # month, day of the week from 0, which one of the month


@dataclass(frozen=True, order=True)
class Opening:
    """On these days of the week (0 is Monday) it is open from ``opens`` to ``closes``; "24:00" is midnight."""

    days: tuple[int, ...]
    opens: str
    closes: str
    months: tuple[int, ...] = ALL_YEAR
    weeks: tuple[int, ...] = EVERY_WEEK

    @property
    def is_weekly(self) -> bool:
        """Whether it is the same in every week of the year."""
        return self.months == ALL_YEAR and self.weeks == EVERY_WEEK


def recurring(text: str) -> list[Opening] | None:
    """The openings of ``text``; of two rules for one day the later holds. Public holidays are left out: they are other
    days in each state. None where the text says more than is read here, and where it names no fixed time."""
    if text.strip() == "24/7":
        return [Opening(tuple(range(7)), "00:00", "24:00")]
    rules = opening_hours.rules(text)
    if rules is None:
        return None
    table: dict[_Cell, tuple[Times, ...]] = {}
    for rule in rules:
        if not rule["holidays"]:
            table.update(dict.fromkeys(_cells(rule), _times(rule["times"])))
    return _grouped(table) or None


def on_holidays(text: str) -> tuple[Times, ...] | None:
    """When it is open on public holidays, the last rule holds; None where nothing is said of them."""
    said = [_times(rule["times"]) for rule in opening_hours.rules(text) or [] if rule["holidays"]]
    return said[-1] if said else None


def _cells(rule: re.Match[str]) -> list[_Cell]:
    months = [month + 1 for month in _span(rule["first"], rule["last"], MONTHS)] if rule["first"] else [*ALL_YEAR]
    if rule["nth_day"]:
        return [(month, DAYS.index(rule["nth_day"]), int(rule["nth"])) for month in months]
    days = [day for span in rule["days"].split(",") for day in _span(*_ends(span), DAYS)]
    return list(product(months, days, EVERY_WEEK))


def _ends(span: str) -> tuple[str, str]:
    first, _to, last = span.partition("-")
    return first, last


def _span(first: str, last: str | None, names: tuple[str, ...]) -> list[int]:
    """The numbers from ``first`` to ``last``, over the end of the names where it has to be."""
    start = names.index(first)
    length = (names.index(last) - start) % len(names) + 1 if last else 1
    return [(start + step) % len(names) for step in range(length)]


def _times(text: str) -> tuple[Times, ...]:
    if text in ("off", "closed"):
        return ()
    spans = (span.partition("-") for span in text.split(","))
    return tuple((opens.zfill(5), closes.zfill(5)) for opens, _to, closes in spans)


def _grouped(table: dict[_Cell, tuple[Times, ...]]) -> list[Opening]:
    """As few openings as say the same: months with the same weeks together, then days with the same months."""
    weeks: dict[tuple[Times, int, int], list[int]] = defaultdict(list)
    for (month, day, week), times in table.items():
        for span in times:
            weeks[span, day, month].append(week)
    months: dict[tuple[Times, int, tuple[int, ...]], list[int]] = defaultdict(list)
    for (span, day, month), found in weeks.items():
        months[span, day, tuple(sorted(found))].append(month)
    days: dict[tuple[Times, tuple[int, ...], tuple[int, ...]], list[int]] = defaultdict(list)
    for (span, day, of_month), in_months in months.items():
        days[span, of_month, tuple(sorted(in_months))].append(day)
    return sorted(
        Opening(tuple(sorted(on)), *span, months=in_months, weeks=of_month)
        for (span, of_month, in_months), on in days.items()
    )
