"""How rows of municipalities are read from columns (places/rows.py): their score in the assessment that is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from cohesion.api.assessed import SHARE_DECIMALS, ClassSharesSerializer, CohesionSerializer, CriticalSerializer
from cohesion.models import Assessment
from cohesion.vocabulary import LossKind
from places.rows import SOME_KEY, Columns, Page, Part, Readers, Row
from places.vocabulary import Publication


def cohesion(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    """The score, or what stands for none; the assessment is the same for every row."""
    head, tail = reverse(field.fields["assessment"].name, args=[SOME_KEY]).split(SOME_KEY)
    of_assessment: dict[str, Callable[[Assessment, Page], str]] = {
        "assessment": lambda assessment, page: f"{page.root}{head}{assessment.pk}{tail}",
        "assessed_on": lambda assessment, page: assessment.as_of.isoformat(),
        "method": lambda assessment, page: assessment.method,
    }
    cohesion_class = columns.take("cohesion_class")
    parts: list[tuple[str, Part]] = [("class", lambda row, page: row[cohesion_class])]
    for name, each in field.fields.items():
        if name in of_assessment:
            parts.append((name, _of_assessment(of_assessment[name])))
        elif name != "class":
            parts.append((name, columns.part(each, ("score",))))
    return lambda row, page: {name: part(row, page) for name, part in parts}


def _of_assessment(said: Callable[[Assessment, Page], str]) -> Part:
    return lambda row, page: None if page.view.assessment is None else said(page.view.assessment, page)


def class_shares(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    number = columns.take(*at, "class_shares")
    names = list(field.fields)

    def shown(row: Row, page: Page) -> dict[str, float] | None:
        shares = row[number]
        return None if shares is None else {name: round(shares[name], SHARE_DECIMALS) for name in names}

    return shown


def critical(field: Any, columns: Columns, at: tuple[str, ...]) -> Part:
    kind, actor, name = (columns.take(*at, f"critical_{word}") for word in ("kind", "actor", "name"))
    place = [columns.take(*at, "critical_place", word) for word in ("pk", "publication", "name")]

    def shown(row: Row, page: Page) -> dict[str, Any] | None:
        if not row[kind]:
            return None
        if row[kind] == LossKind.ACTOR:
            key = row[actor]
            return {"kind": LossKind.ACTOR.value, "id": None if key is None else str(key), "name": row[name] or None}
        pk, publication, its_name = (row[number] for number in place)
        if pk is None or publication != Publication.PUBLISHED:
            return {"kind": LossKind.PLACE.value, "id": None, "name": None}
        return {"kind": LossKind.PLACE.value, "id": str(pk), "name": its_name or None}

    return shown


# What sok_site/api.py makes known.
READERS: Readers = {
    CohesionSerializer: cohesion,
    ClassSharesSerializer: class_shares,
    CriticalSerializer: critical,
}
