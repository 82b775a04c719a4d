"""Opening hours as people say them: day by day, or in OSM syntax by whoever knows it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from places.entry_forms.base import SubjectForm, Typed
from places.entry_forms.words import DAY_NAMES
from places.facts import Facts
from places.hours_composed import DAYS, Interval, Week, compose, decompose

PARTS = ("from", "to", "from2", "to2")
MIDNIGHT = "24:00"


class HoursForm(SubjectForm):
    """Per day from when to when, twice if there is a break; by appointment; or the expert's text."""

    title = _("Wann ist geöffnet?")
    lead = _("Tage ohne Uhrzeit gelten als geschlossen. Lassen Sie alles leer, wenn es keine festen Zeiten gibt.")
    layout = "places/questions/hours.html"

    by_appointment = forms.BooleanField(label=_("auch nach Vereinbarung"), required=False)
    osm = forms.CharField(
        label=_("Öffnungszeiten in OSM-Schreibweise"),
        required=False,
        max_length=500,
        help_text=_("Für Sonderfälle, zum Beispiel „Apr-Oct Th 17:00-21:00“ oder „Sa[2] 10:00-13:00“."),
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def prepare(self) -> None:
        labels = {
            "from": pgettext_lazy("Uhrzeit", "von"),
            "to": pgettext_lazy("Uhrzeit", "bis"),
            "from2": pgettext_lazy("Uhrzeit", "und von"),
            "to2": pgettext_lazy("Uhrzeit", "bis"),
        }
        for day in DAYS:
            for part in PARTS:
                self.fields[f"{day.lower()}_{part}"] = forms.TimeField(
                    label=labels[part],
                    required=False,
                    widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
                    error_messages={"invalid": _("Bitte geben Sie eine Uhrzeit wie 17:30 an.")},
                )

    @classmethod
    def initial_of(cls, facts: Facts) -> Typed:
        text = facts.get("opening_hours") or ""
        week = decompose(text)
        if week is None:
            return {"osm": text}
        begin: Typed = {"by_appointment": week.by_appointment}
        for day, intervals in week.open_days().items():
            times = [time.replace(MIDNIGHT, "00:00") for interval in intervals for time in interval]
            begin |= {f"{day.lower()}_{part}": time for part, time in zip(PARTS, times, strict=False)}
        return begin

    def days(self) -> list[dict[str, Any]]:
        """The rows for the page."""
        rows = []
        for day in DAYS:
            fields = {part: self[f"{day.lower()}_{part}"] for part in PARTS}
            breaks = any(fields[part].value() or fields[part].errors for part in ("from2", "to2"))
            rows.append({"name": DAY_NAMES[day], "has_break": breaks, **fields})
        return rows

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        week: dict[str, tuple[Interval, ...]] = {}
        for day in DAYS:
            intervals = [self._interval(asked, day, *parts) for parts in (PARTS[:2], PARTS[2:])]
            week[day] = tuple(interval for interval in intervals if interval)
            if len(week[day]) == 2 and week[day][1][0] < week[day][0][1]:
                self.add_error(f"{day.lower()}_from2", _("Das liegt vor dem Ende der ersten Zeit."))
        text = compose(Week(week, bool(asked.get("by_appointment"))))
        if text and asked.get("osm"):
            self.add_error("osm", _("Bitte geben Sie die Zeiten entweder hier oder Tag für Tag an, nicht beides."))
        asked["opening_hours"] = text or asked.get("osm", "")
        if len(asked["opening_hours"]) > 500:
            self.add_error("osm", _("Das ist zu lang."))
        return asked

    def _interval(self, asked: dict[str, Any], day: str, first: str, last: str) -> Interval | None:
        names = f"{day.lower()}_{first}", f"{day.lower()}_{last}"
        start, end = (asked.get(name) for name in names)
        if start is None and end is None:
            return None
        if set(names) & self.errors.keys():
            return None
        if start is None or end is None:
            self.add_error(names[start is not None], _("Hier fehlt eine Uhrzeit."))
            return None
        if start == end:
            self.add_error(names[1], _("Anfang und Ende sind gleich."))
            return None
        closing = f"{end:%H:%M}"
        return f"{start:%H:%M}", MIDNIGHT if closing == "00:00" else closing

    def facts(self) -> Facts:
        return {"opening_hours": self.cleaned_data["opening_hours"].strip()}
