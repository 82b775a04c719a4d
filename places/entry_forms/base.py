"""What every form about one subject of an entry can: begin with facts or with what was typed, and give facts back."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise

from places.facts import Facts, as_json

Typed = dict[str, Any]  # field name → text, or list of texts where several may be chosen
Words = str | Promise


def as_posted(typed: Mapping[str, Any]) -> "MultiValueDict[str, Any]":
    """What was typed as a form reads it from a request."""
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in typed.items()})


class SubjectForm(forms.Form):
    """One question, or a very small group of them, about an entry.

    Unbound it begins with ``facts`` (as facts.py words them) or with what was ``typed`` before, checked or not. Bound
    and valid, ``facts()`` gives back the facts it is about, and no others. Field names are unique over all forms of a
    kind, so that several can stand in one page.
    """

    title: ClassVar[Words] = ""
    lead: ClassVar[Words] = ""
    layout: ClassVar[str] = "places/questions/fields.html"
    search: ClassVar[str] = ""  # what its search button says, if it has one

    def __init__(
        self,
        data: "QueryDict | MultiValueDict[str, Any] | None" = None,
        *,
        facts: Facts | None = None,
        typed: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        begin = self.initial_of(facts) if facts is not None else {}
        begin |= dict(typed or {})
        options.setdefault("label_suffix", "")
        super().__init__(data, initial=begin, **options)
        self.prepare()

    @classmethod
    def initial_of(cls, facts: Facts) -> Typed:
        """What the fields begin with where these facts are known."""
        return dict(facts)

    def prepare(self) -> None:
        """Add the fields and choices that depend on what is known."""

    def facts(self) -> Facts:
        """The facts of a valid form."""
        return {name: as_json(value) for name, value in self.cleaned_data.items()}

    def typed(self) -> Typed:
        """What a bound form was sent, right or wrong, to go on with later. Nothing that must not be kept."""
        data = self.data
        found: Typed = {}
        for name, field in self.fields.items():
            if isinstance(field, forms.MultipleChoiceField):
                found[name] = data.getlist(name) if isinstance(data, MultiValueDict) else list(data.get(name, []))
            else:
                found[name] = data.get(name, "")
        return found

    def searched(self) -> Typed:
        """What was typed when the form's own search was pressed."""
        return self.typed()

    def value(self, name: str) -> Any:
        """What a field holds now, typed or from the beginning."""
        return self[name].value()
