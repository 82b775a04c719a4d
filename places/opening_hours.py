"""Opening hours in OSM syntax, read aloud: "Mo-Fr 09:00-18:00" → "Mo–Fr", "9:00–18:00 Uhr" in the reader's language.

Only the plain forms are read; whatever says more stays as it was written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dates import MONTHS_AP, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_DAYS = dict(zip(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), WEEKDAYS_ABBR.values(), strict=True))
_MONTHS = dict(
    zip(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        MONTHS_AP.values(),
        strict=True,
    )
)
_NTH_OF_MONTH = {
    "1": gettext_lazy("1. %(day)s im Monat"),
    "2": gettext_lazy("2. %(day)s im Monat"),
    "3": gettext_lazy("3. %(day)s im Monat"),
    "4": gettext_lazy("4. %(day)s im Monat"),
    "5": gettext_lazy("5. %(day)s im Monat"),
}
_DAY = "|".join(_DAYS)
_MONTH = "|".join(_MONTHS)
_SPAN = rf"(?:{_DAY})(?:-(?:{_DAY}))?"
_TIME = r"(?:[01]?\d|2[0-4]):[0-5]\d"
_TIMES = rf"{_TIME}-{_TIME}"
_RULE = re.compile(
    rf"(?:(?P<first>{_MONTH})(?:-(?P<last>{_MONTH}))? )?"
    rf"(?:(?P<days>{_SPAN}(?:,{_SPAN})*)|(?P<nth_day>{_DAY})\[(?P<nth>[1-5])\]|(?P<holidays>PH))"
    rf" (?P<times>{_TIMES}(?:,{_TIMES})*|off|closed)"
)
BY_APPOINTMENT = '"by appointment"'


@dataclass(frozen=True)
class Hours:
    """One line of opening hours, worded."""

    days: str
    times: str


def read(text: str) -> list[Hours] | None:
    """The lines of ``text`` in the active language; None where it says more than is read here."""
    if text.strip() == "24/7":
        return [Hours(_("täglich"), _("rund um die Uhr"))]
    if text.strip() == BY_APPOINTMENT:
        return [Hours(_("Besuch"), _("nach Vereinbarung"))]
    found = rules(text)
    if found is None:
        return None
    appointment = [Hours(_("sonst"), _("nach Vereinbarung"))] if "||" in text else []
    return [Hours(_days(rule), _times(rule["times"])) for rule in found] + appointment


def rules(text: str) -> list[re.Match[str]] | None:
    """The rules of ``text`` in their order, with the groups of _RULE; None where it says more than is read here."""
    fixed, _or, otherwise = text.partition("||")
    if otherwise and otherwise.strip() != BY_APPOINTMENT:
        return None
    found = [_RULE.fullmatch(rule.strip()) for rule in fixed.split(";") if rule.strip()]
    read_all = [rule for rule in found if rule is not None]
    return read_all if read_all and len(read_all) == len(found) else None


def _days(rule: re.Match[str]) -> str:
    if rule["holidays"]:
        days = _("an Feiertagen")
    elif rule["nth_day"]:
        days = _NTH_OF_MONTH[rule["nth"]] % {"day": _DAYS[rule["nth_day"]]}
    elif rule["days"] == "Mo-Su":
        days = _("täglich")
    else:
        days = ", ".join(_span(span.split("-"), _DAYS) for span in rule["days"].split(","))
    if not rule["first"]:
        return days
    months = _span([name for name in (rule["first"], rule["last"]) if name], _MONTHS)
    return _("%(months)s: %(days)s") % {"months": months, "days": days}


def _span(names: list[str], words: Mapping[str, Any]) -> str:
    return "–".join(str(words[name]) for name in names)


def _times(times: str) -> str:
    if times in ("off", "closed"):
        return _("geschlossen")
    spans = ("–".join(time.removeprefix("0") for time in span.split("-")) for span in times.split(","))
    return _("%(times)s Uhr") % {"times": ", ".join(spans)}
