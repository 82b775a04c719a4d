"""Where an entry is: pin or coordinates, municipality by name, address; and which areas a support structure serves."""

import re
from typing import Any

from django import forms
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from places.entry_forms.base import SubjectForm, Typed
from places.facts import COORDINATE_DECIMALS, Facts
from places.geo import WGS84
from places.locating import municipality_at
from places.models import Municipality
from places.successors import current_keys
from places.territory_search import Area, areas_of, find_areas, find_municipalities

PAIR = re.compile(r"\s*(-?\d{1,3}\.\d+)\s*[,;\s]\s*(-?\d{1,3}\.\d+)\s*")  # "51.28, 9.42", as maps copy it


class Degrees(forms.CharField):
    """Degrees typed with a point or a comma."""

    def __init__(self, *, most: int, **options: Any) -> None:
        self.most = most
        super().__init__(
            required=False, widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}), **options
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip().removesuffix("°").strip().replace(",", ".")
        if not text:
            return None
        try:
            degrees = float(text)
        except ValueError:
            raise ValidationError(gettext("Bitte geben Sie Grad als Zahl an, zum Beispiel 51,2831.")) from None
        if not -self.most <= degrees <= self.most:
            raise ValidationError(gettext("So viele Grad gibt es nicht."))
        return degrees


class LocationForm(SubjectForm):
    """A pin, or coordinates; failing that the middle of a municipality, named in the search or in the address."""

    title = _("Wo ist es?")
    lead = _(
        "Suchen Sie Ihre Gemeinde und setzen Sie dann die Nadel. Ohne Nadel nehmen wir die Mitte der Gemeinde; "
        "Sie können die Lage später genauer angeben."
    )
    layout = "places/questions/where.html"
    search = "gemeinde"

    find = forms.CharField(label=_("Gemeinde suchen"), max_length=200, required=False)
    municipality = forms.ChoiceField(label=_("Gemeinde"), widget=forms.RadioSelect, required=False)
    latitude = Degrees(label=_("Breite (Nord)"), most=90, help_text=_("zum Beispiel 51,2831"))
    longitude = Degrees(label=_("Länge (Ost)"), most=180, help_text=_("zum Beispiel 9,4217"))
    street = forms.CharField(
        label=pgettext_lazy("Frage", "Straße und Hausnummer"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )
    postcode = forms.RegexField(
        r"^[0-9]{5}$",
        label=pgettext_lazy("Frage", "Postleitzahl"),
        required=False,
        error_messages={"invalid": _("Eine Postleitzahl hat fünf Ziffern.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    city = forms.CharField(
        label=pgettext_lazy("Frage", "Ort"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "address-level2"}),
    )

    is_approximate = False

    def __init__(self, data: Any = None, **options: Any) -> None:
        if data is not None and (pair := PAIR.fullmatch(data.get("latitude") or "")) and not data.get("longitude"):
            data = data.copy()
            data["latitude"], data["longitude"] = pair.groups()
        super().__init__(data, **options)

    @classmethod
    def initial_of(cls, facts: Facts) -> Typed:
        begin = {name: facts.get(name, "") for name in ("street", "postcode", "city")}
        if facts.get("location"):
            longitude, latitude = facts["location"]
            begin |= {
                "longitude": f"{longitude:.{COORDINATE_DECIMALS}f}",
                "latitude": f"{latitude:.{COORDINATE_DECIMALS}f}",
            }
        return begin

    def prepare(self) -> None:
        self.matches = find_municipalities(self.value("find") or "")
        chosen = (self.data if self.is_bound else self.initial).get("municipality") or ""
        offered = list(self.matches)
        if chosen and chosen not in {area.key for area in offered}:
            offered += areas_of([chosen])
        self._offer(offered)
        if not self.is_bound and not chosen and len(self.matches) == 1:
            self.initial["municipality"] = self.matches[0].key

    def _offer(self, areas: list[Area]) -> None:
        self.fields["municipality"].choices = [(area.key, str(area)) for area in areas]  # type: ignore[attr-defined]

    def searched(self) -> Typed:
        """What was typed when a municipality was searched: an earlier choice, or a pin elsewhere, no longer holds."""
        kept = self.typed()
        if found := {area.key for area in self.matches}:
            pinned = self.municipality_at_pin()
            if pinned is not None and pinned.ags not in found:
                kept |= {"longitude": "", "latitude": ""}
            if kept["municipality"] not in found:
                kept["municipality"] = ""
        return kept

    def municipality_at_pin(self) -> Municipality | None:
        """The municipality that the pin lies in, if there is one."""
        try:
            longitude, latitude = (self.fields[name].clean(self.value(name)) for name in ("longitude", "latitude"))
        except ValidationError:
            return None
        return None if longitude is None or latitude is None else municipality_at(longitude, latitude)

    def known_municipality(self) -> Municipality | None:
        """The municipality as far as it is known, for the map: of the pin, or chosen. With its outline."""
        found = self.municipality_at_pin()
        ags = found.ags if found else self.value("municipality")
        return Municipality.objects.current().filter(ags=ags or None).select_related("district", "state").first()

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if {"longitude", "latitude", "municipality"} & self.errors.keys():
            return asked
        longitude, latitude = asked.get("longitude"), asked.get("latitude")
        if (longitude is None) != (latitude is None):
            missing = "longitude" if longitude is None else "latitude"
            self.add_error(missing, _("Zu Koordinaten gehören zwei Zahlen: Breite und Länge."))
        elif longitude is not None and latitude is not None:
            asked["location"] = self._at_pin(longitude, latitude, asked.get("municipality") or "")
        else:
            asked["location"] = self._in_the_middle(asked)
        return asked

    def _at_pin(self, longitude: float, latitude: float, chosen: str) -> Point | None:
        found = municipality_at(longitude, latitude)
        if found is None:
            self.add_error("latitude", _("Dieser Punkt liegt in keiner Gemeinde. Stimmen Breite und Länge?"))
            return None
        if chosen and chosen != found.ags:
            named = areas_of([found.ags, chosen])
            self._offer(list({area.key: area for area in [*self.matches, *named]}.values()))
            message = gettext("Die Nadel liegt in %(pin)s, ausgewählt ist %(chosen)s. Welche Gemeinde stimmt?")
            names = [area.name for area in named]
            self.add_error("municipality", message % {"pin": names[0], "chosen": names[-1]})
            return None
        return Point(longitude, latitude, srid=WGS84)

    def _in_the_middle(self, asked: dict[str, Any]) -> Point | None:
        chosen = asked.get("municipality")
        if not chosen:
            wanted = asked.get("find") or asked.get("city") or ""
            matches = self.matches if asked.get("find") else find_municipalities(wanted)
            self._offer(matches)
            if len(matches) != 1:
                self._ask_for_municipality(wanted, matches)
                return None
            chosen = matches[0].key
        self.is_approximate = True
        return Municipality.objects.current().only("centre").get(ags=chosen).centre

    def _ask_for_municipality(self, wanted: str, matches: list[Area]) -> None:
        if not wanted:
            message = gettext("Bitte setzen Sie die Nadel, oder suchen Sie Ihre Gemeinde.")
        elif matches:
            message = gettext("So heißen mehrere. Bitte wählen Sie Ihre Gemeinde aus.")
        else:
            message = gettext(
                "Eine Gemeinde „%(name)s“ finden wir nicht. Ist es ein Ortsteil? Dann suchen Sie bitte die Gemeinde, "
                "zu der er gehört."
            )
        self.add_error("municipality" if matches else "find", message % {"name": wanted} if wanted else message)

    def facts(self) -> Facts:
        asked = self.cleaned_data
        location = asked["location"]
        return {
            "location": [round(location.x, COORDINATE_DECIMALS), round(location.y, COORDINATE_DECIMALS)],
            **{name: asked[name] for name in ("street", "postcode", "city")},
        }


class AreasForm(SubjectForm):
    """Whom a support structure serves: all of Germany, or states, districts, municipalities found by name."""

    title = _("Für welches Gebiet?")
    lead = _("Wen kann das Angebot unterstützen? Suchen Sie Länder, Kreise oder Gemeinden und kreuzen Sie sie an.")
    layout = "places/questions/areas.html"
    search = "gebiet"

    germany = forms.BooleanField(label=_("ganz Deutschland"), required=False)
    areas = forms.MultipleChoiceField(label=_("Gebiete"), widget=forms.CheckboxSelectMultiple, required=False)
    find_area = forms.CharField(label=_("Land, Kreis oder Gemeinde suchen"), max_length=200, required=False)

    @classmethod
    def initial_of(cls, facts: Facts) -> Typed:
        served = current_keys(facts.get("areas") or [])  # those that are gone by their successors
        return {"germany": "" in served, "areas": [area for area in served if area]}

    def prepare(self) -> None:
        data = self.data
        if self.is_bound:
            chosen = data.getlist("areas") if hasattr(data, "getlist") else data.get("areas", [])
        else:
            chosen = self.initial.get("areas") or []
        self.found = find_areas(self.value("find_area") or "")
        chosen, current = list(chosen), current_keys(chosen)
        offered = {area.key: str(area) for area in [*areas_of(current), *self.found]}
        # A page that was opened before the boundaries changed still sends what is gone
        offered |= {key: key for key in chosen if key not in current}
        self.fields["areas"].choices = list(offered.items())  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        asked = self.cleaned_data
        return {"areas": [""] if asked["germany"] else sorted(current_keys(asked["areas"]))}
