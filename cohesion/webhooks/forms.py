"""What the owner of a subscription types: where to, which events, which areas; and since when to send once more."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cohesion.events import Happening
from cohesion.models import Subscription
from cohesion.webhooks.subscriptions import fault_in_words
from cohesion.webhooks.upkeep import KEPT
from places import wording
from places.territory_search import areas_of, find_areas


class SubscriptionForm(forms.Form):
    """A new subscription, or one that is altered. ``search`` is the button that looks for areas and saves nothing."""

    SEARCH = "suchen"

    url = forms.CharField(
        label=gettext_lazy("Adresse Ihres Programms"),
        help_text=gettext_lazy("Sie beginnt mit https:// und nimmt Nachrichten per POST an."),
        max_length=500,
        widget=forms.URLInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
    )
    happenings = forms.MultipleChoiceField(
        label=gettext_lazy("Was soll gemeldet werden?"),
        help_text=gettext_lazy("Kreuzen Sie nichts an, wird alles gemeldet."),
        choices=Happening.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Nur aus diesen Gebieten"), widget=forms.CheckboxSelectMultiple, required=False
    )
    find_area = forms.CharField(
        label=gettext_lazy("Land, Kreis oder Gemeinde suchen"),
        help_text=gettext_lazy("Wählen Sie kein Gebiet, wird aus ganz Deutschland gemeldet."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, altered: Subscription | None = None) -> None:
        self.is_search = data is not None and self.SEARCH in data
        had = {name: getattr(altered, name) for name in ("url", "happenings", "areas")} if altered else {}
        super().__init__(data, initial=had)
        self.use_required_attribute = False  # looking for an area needs no address
        kept: list[str] = had.get("areas", [])  # they stay on offer, also where a key is gone by now
        chosen = list(data.getlist("areas")) if data is not None else []
        self.found = find_areas(data.get("find_area", "")) if data is not None else []
        offered = {key: wording.area(key) for key in kept}
        offered |= {area.key: str(area) for area in [*areas_of([*kept, *chosen]), *self.found]}
        self.fields["areas"].choices = list(offered.items())  # type: ignore[attr-defined]

    @property
    def found_nothing(self) -> bool:
        """Whether areas were looked for in vain."""
        return bool(self.is_bound and self.data.get("find_area", "").strip() and not self.found)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if words := fault_in_words(url):
            raise ValidationError(words)
        return url


class SinceForm(forms.Form):
    """From which day on to send once more what was not accepted."""

    since = forms.DateField(
        label=gettext_lazy("Seit wann?"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, data: Any, today: date) -> None:
        super().__init__(data, initial={"since": today - timedelta(days=7)})
        self._earliest = today - timedelta(days=KEPT)

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since < self._earliest:
            raise ValidationError(_("Nachrichten werden %(days)d Tage aufgehoben.") % {"days": KEPT})
        return since
