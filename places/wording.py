"""Facts in words, as people read a difference: field by field, before and after. Which facts there are: facts.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from places import keys
from places.vocabulary import Circle, Rating, Role, Sector


@dataclass(frozen=True)
class Line:
    """One fact of a difference, in words."""

    name: str
    label: str
    before: str
    after: str


def lines(model: type[models.Model], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Line]:
    """What differs, in the order of ``after``; a fact that is missing before was not known."""
    return [
        Line(name, label(model, name), in_words(model, name, before.get(name)), in_words(model, name, value))
        for name, value in after.items()
    ]


def label(model: type[models.Model], name: str) -> str:
    """The fact's name in words."""
    if name == "actors":
        return _("Akteure")
    if name == "areas":
        return _("Wirkungsgebiete")
    return str(label_for_field(name, model))


def in_words(model: type[models.Model], name: str, value: Any) -> str:
    """The fact's value in words; ``value`` as facts.py writes it."""
    if value is None or value == "" or (value == [] and name != "areas"):
        return _("nicht bekannt") if name != "actors" else _("niemand")
    if name == "actors":
        return "; ".join(map(_actor, value))
    if name == "areas":
        return ", ".join(map(area, value)) or _("nicht bekannt")
    if name == "location":
        return ", ".join(number_format(degrees, 5) for degrees in reversed(value))
    return _of_field(model._meta.get_field(name), value)


def area(key: str) -> str:
    """An area by its key; states by name."""
    if not key:
        return _("ganz Deutschland")
    return keys.STATE_NAMES.get(key) or (_("Kreis %s") if len(key) == keys.DISTRICT_DIGITS else _("Gemeinde %s")) % key


def _actor(actor: Mapping[str, Any]) -> str:
    name = actor["name"] or _("eine Person, die nicht genannt werden möchte")
    held = [str(Role(role).label) for role in actor["roles"]] or [str(Circle(actor["circle"]).label)]
    return f"{name} ({Sector(actor['sector']).label}: {', '.join(held)})"


def _of_field(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("ja") if value else _("nein")
    if field.choices is Rating.choices or dict(field.flatchoices).keys() == set(Rating.values):
        return f"{value} ({Rating(value).label})"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(value))
    if isinstance(value, int | float):
        return number_format(value, use_l10n=True)
    return str(value)
