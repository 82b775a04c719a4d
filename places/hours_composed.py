"""Opening hours typed day by day ↔ OSM syntax. How the syntax is read aloud: opening_hours.py. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
BY_APPOINTMENT = '"by appointment"'

Interval = tuple[str, str]  # "09:00", "18:00"; an end before the beginning is the next morning

_DAY = "|".join(DAYS)
_SPAN = rf"(?:{_DAY})(?:-(?:{_DAY}))?"
_TIME = r"(?:[01]\d|2[0-4]):[0-5]\d"
_TIMES = rf"{_TIME}-{_TIME}"
_RULE = re.compile(rf"(?P<days>{_SPAN}(?:,{_SPAN})*) (?P<times>{_TIMES}(?:,{_TIMES})?)")


@dataclass(frozen=True)
class Week:
    """Per day no, one or two intervals (a day that is not there is closed), and whether one may come by appointment."""

    days: Mapping[str, tuple[Interval, ...]] = field(default_factory=dict)
    by_appointment: bool = False

    def open_days(self) -> dict[str, tuple[Interval, ...]]:
        """The days that have hours, in their order."""
        return {day: tuple(self.days[day]) for day in DAYS if self.days.get(day)}


def compose(week: Week) -> str:
    """The week in OSM syntax: days with the same hours together, appointments last; "" where nothing is known."""
    by_times: dict[str, list[str]] = {}
    for day, intervals in week.open_days().items():
        by_times.setdefault(",".join(f"{start}-{end}" for start, end in intervals), []).append(day)
    rules = "; ".join(f"{_in_spans(days)} {times}" for times, days in by_times.items())
    return " || ".join(filter(None, (rules, BY_APPOINTMENT if week.by_appointment else "")))


def decompose(text: str) -> Week | None:
    """The week that ``compose`` would write so; None where the text says something else or more."""
    rules, _, appointment = text.strip().rpartition("||") if "||" in text else (text.strip(), "", "")
    if rules.strip() == BY_APPOINTMENT and not appointment:
        return Week(by_appointment=True)
    if appointment and appointment.strip() != BY_APPOINTMENT:
        return None
    days: dict[str, tuple[Interval, ...]] = {}
    for rule in filter(None, (part.strip() for part in rules.split(";"))):
        found = _RULE.fullmatch(rule)
        if found is None:
            return None
        intervals = tuple(_interval(times) for times in found["times"].split(","))
        for day in _spread(found["days"]):
            if day in days:  # a later rule overrides an earlier one: not ours
                return None
            days[day] = intervals
    return Week({day: days[day] for day in DAYS if day in days}, bool(appointment))


def _interval(times: str) -> Interval:
    start, _, end = times.partition("-")
    return start, end


def _in_spans(days: list[str]) -> str:
    """["Mo", "Tu", "We", "Fr"] → "Mo-We,Fr"; two neighbours are named, not spanned."""
    runs: list[list[str]] = []
    for day in days:
        if runs and DAYS.index(runs[-1][-1]) + 1 == DAYS.index(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in runs)


def _spread(text: str) -> list[str]:
    """ "Mo-We,Fr" → its days; a span may run over the weekend."""
    days: list[str] = []
    for span in text.split(","):
        ends = [DAYS.index(day) for day in span.split("-")]
        length = (ends[-1] - ends[0]) % len(DAYS) + 1
        days += [DAYS[(ends[0] + step) % len(DAYS)] for step in range(length)]
    return days
