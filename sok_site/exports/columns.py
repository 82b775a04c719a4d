"""What each layer's file has besides the properties at /ogc/: ids, who takes part, whom it serves, how sure it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import F
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cohesion.api.assessed import SHARE_DECIMALS, AssessedReading, CriticalSerializer
from cohesion.models import Score
from cohesion.vocabulary import CohesionClass, LossKind
from places.fields import COORDINATE_DECIMALS
from places.importers.entries import GERMANY
from places.models import Involvement, ServedArea
from places.vocabulary import Circle, Condition, Publication, Role
from sok_site.ogc.collections import Property, Rows

BATCH = 5000
LONGITUDE = Property("longitude", _("geografische Länge"), "number", decimals=COORDINATE_DECIMALS)
LATITUDE = Property("latitude", _("geografische Breite"), "number", decimals=COORDINATE_DECIMALS)


@dataclass(frozen=True)
class Derived:
    """A column that the rows themselves do not have: found by the key of a feature."""

    property: Property
    of: Callable[[Any], Any]


def _nothing(_rows: Rows) -> list[Derived]:
    return []


def _latest_update(_rows: Rows, table: pa.Table) -> datetime | None:
    found: datetime | None = pc.max(table["updated_at"]).as_py()
    return found


def _assessed_at(rows: Rows, _table: pa.Table) -> datetime | None:
    edition = rows.reading.edition
    assessment = getattr(rows.reading, "assessment", None)
    moments = (assessment.created_at if assessment else None, edition.imported_at if edition else None)
    return max(filter(None, moments), default=None)


@dataclass(frozen=True)
class Own:
    """What a layer's file has besides the properties at /ogc/."""

    key: Property | None = None
    stored: tuple[Property, ...] = ()
    derived: Callable[[Rows], list[Derived]] = _nothing
    changed_at: Callable[[Rows, pa.Table], datetime | None] = _latest_update


def _scores(rows: Rows) -> list[Derived]:
    """What belongs to a score: how sure it is, from what it was computed, the worst single loss."""
    assessment = rows.reading.assessment if isinstance(rows.reading, AssessedReading) else None
    found: Any = Score.objects.of(assessment).select_related("critical_place").defer("explanation")
    scores: dict[str, Score] = {score.ags: score for score in found.annotate(ags=F("municipality__ags"))}
    rule = CriticalSerializer()  # what may be told of it
    critical = {ags: told for ags, score in scores.items() if (told := rule.get_attribute(score))}

    def share(name: str) -> Callable[[Any], Any]:
        return lambda ags: ((scores[ags].class_shares or {}) if ags in scores else {}).get(name)

    def of_run(value: Any) -> Callable[[Any], Any]:
        return lambda ags: value if ags in scores else None

    def lost(part: str) -> Callable[[Any], Any]:
        return lambda ags: critical.get(ags, {}).get(part)

    shares = [
        Derived(
            Property(
                f"share_{name.value}",
                format_lazy(_("Anteil der Ziehungen: {name}"), name=name.label),
                "number",
                decimals=SHARE_DECIMALS,
            ),
            share(name.value),
        )
        for name in CohesionClass
    ]
    centres: dict[str, Any] = dict(rows.queryset.values_list("ags", "centre"))
    return [
        Derived(LONGITUDE, lambda ags: centres[ags].x),
        Derived(LATITUDE, lambda ags: centres[ags].y),
        *shares,
        Derived(Property("critical_kind", _("schwerster Verlust"), choices=LossKind), lost("kind")),
        Derived(Property("critical_id", _("Kennung des schwersten Verlusts")), lost("id")),
        Derived(Property("critical_name", _("Name des schwersten Verlusts")), lost("name")),
        Derived(Property("assessment", _("Bewertung")), of_run(assessment and assessment.pk)),
        Derived(Property("method", _("Methode")), of_run(assessment and assessment.method)),
        Derived(Property("draws", _("gezählte Ziehungen"), "integer"), of_run(assessment and assessment.draws)),
        Derived(Property("seed", _("Startwert der Ziehungen")), of_run(assessment and assessment.seed)),
    ]


def _actors(_rows: Rows) -> list[Derived]:
    """Who holds which role and stands how close, as import_places reads it: ``Dorfverein|civil_society; …``."""
    found: dict[str, dict[int, list[str]]] = {word.value: {} for word in (*Role, *Circle)}
    roles = [role.value for role in Role]
    rows = Involvement.objects.filter(place__publication=Publication.PUBLISHED).order_by(
        "actor__name", "actor__sector", "pk"
    )
    columns = rows.values_list("place_id", "actor__name", "actor__sector", "circle", *roles)
    for place, name, sector, circle, *held in columns.iterator(chunk_size=BATCH):
        for word in (circle, *(role for role, holds in zip(roles, held, strict=True) if holds)):
            found[word].setdefault(place, []).append(f"{name}|{sector}")

    def joined(word: str) -> Callable[[Any], Any]:
        return lambda place: "; ".join(found[word].get(place, ()))

    return [Derived(Property(word.value, word.label), joined(word.value)) for word in (*Role, *Circle)]


def _areas(_rows: Rows) -> list[Derived]:
    found: dict[int, list[str]] = {}
    for support, area in ServedArea.objects.order_by("area").values_list("support_id", "area"):
        found.setdefault(support, []).append(area or GERMANY)
    return [Derived(Property("areas", _("Wirkungsgebiete")), lambda support: "; ".join(found.get(support, ())))]


ID = Property("id", _("Kennung"))
OWN: dict[str, Own] = {
    "municipalities": Own(
        stored=(
            Property("population_source", _("Quelle der Einwohnerzahl")),
            Property("zok_source", _("Quelle der Einstufung")),
            *(Property(name.value, name.label, "integer") for name in Condition),
        ),
        derived=_scores,
        changed_at=_assessed_at,
    ),
    "places": Own(ID, derived=_actors),
    "support": Own(ID, derived=_areas),
    "spaces": Own(ID),
    "districts": Own(changed_at=_assessed_at),
}
