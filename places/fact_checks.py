"""Whether facts could be stored as they are: for verbs, which may be handed anything. Forms say it more kindly."""

import re
from collections import Counter
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from places.facts import OF_PUBLICATION, Facts, facts_of
from places.geo import WGS84
from places.locating import municipality_of
from places.models import Entry, Space
from places.vocabulary import Circle, Role, Sector

# Confirming and publishing are acts of their own, with verbs of their own.
NOT_EDITED = OF_PUBLICATION | {"confirmed_on"}
LONGEST_NAME = 200
_AREA = re.compile(r"([0-9]{2}|[0-9]{5}|[0-9]{8})?")
_POSTCODE = re.compile(r"([0-9]{5})?")


def check_facts(entry: Entry, facts: Facts) -> None:
    """Raises ValidationError by the name of each fact that cannot be stored, PermissionDenied for facts that only
    publishing and confirming change."""
    if NOT_EDITED & facts.keys():
        raise PermissionDenied
    wrong: dict[str, list[str]] = {}
    for name, value in facts.items():
        try:
            _check(entry, name, value)
        except ValidationError as error:
            wrong[name] = error.messages
    if isinstance(entry, Space) and not wrong:
        spans = facts_of(entry) | facts
        if spans["available_from"] and spans["available_until"] and spans["available_until"] < spans["available_from"]:
            wrong["available_until"] = [_("Das Ende liegt vor dem Anfang.")]
    if wrong:
        raise ValidationError(wrong)


def _check(entry: Entry, name: str, value: Any) -> None:
    if name == "actors":
        _check_actors(value)
    elif name == "areas":
        if not all(_AREA.fullmatch(area) for area in value):
            raise ValidationError(_("Ein Gebiet hat einen Schlüssel aus 2, 5 oder 8 Ziffern."))
    elif name == "location":
        if value is None:
            raise ValidationError(_("Ohne Lage geht es nicht."))
        municipality_of(Point(value[0], value[1], srid=WGS84))
    elif name == "postcode" and not _POSTCODE.fullmatch(value):
        raise ValidationError(_("Eine Postleitzahl hat fünf Ziffern."))
    else:
        field: Any = entry._meta.get_field(name)
        field.clean(value, None)


def _check_actors(rows: list[Facts]) -> None:
    for row in rows:
        known = row["sector"] in Sector.values and row["circle"] in Circle.values and set(row["roles"]) <= {*Role}
        if not known or len(row["name"]) > LONGEST_NAME:
            raise ValidationError(_("So kann ein Akteur nicht eingetragen werden."))
        if not row["name"] and not row["is_person"]:
            raise ValidationError(_("Eine Organisation braucht einen Namen."))
    named = Counter((row["name"], row["sector"]) for row in rows if row["name"])
    for (name, _sector), times in named.items():
        if times > 1:
            raise ValidationError(_("„%(name)s“ steht zweimal da.") % {"name": name})
