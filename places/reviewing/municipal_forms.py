"""Forms of a review: they read and check what was typed; the verbs in municipal.py decide and write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from places.models import Municipality
from places.vocabulary import Condition, Rating

NOT_KNOWN = ("", _("nicht bekannt"))


class InventoryForm(forms.Form):
    """The day as of which the inventory is complete; empty takes the statement back."""

    completed_on = forms.DateField(
        label=_("Vollständig erfasst am"),
        required=False,
        help_text=_("Alle Sozialen Orte der Gemeinde, die es an diesem Tag gab, sind eingetragen. Leer: noch nicht."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(label=_("Bemerkung"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))


class ConditionsForm(forms.Form):
    """The five conditions of a municipality, each 0..4 or not known, and what the ratings rest on."""

    evidence = forms.CharField(
        label=_("Beleg"),
        max_length=2000,
        help_text=_("Worauf stützen Sie sich? Zum Beispiel ein Beschluss, ein Programm, eine Beobachtung."),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, municipality: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for condition, rating in municipality.condition_ratings().items():
            self.fields[condition.value] = forms.TypedChoiceField(
                label=condition.label,
                choices=[NOT_KNOWN, *((value, f"{value} – {label}") for value, label in Rating.choices)],
                coerce=int,
                empty_value=None,
                required=False,
                initial="" if rating is None else rating,
            )
        self.order_fields([*(condition.value for condition in Condition), "evidence"])

    def ratings(self) -> dict[Condition, int | None]:
        """What was chosen, per condition."""
        return {condition: self.cleaned_data[condition.value] for condition in Condition}
