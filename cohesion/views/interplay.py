"""The interplay of cohesion and central places: twelve cells with counts and readings, and three examples."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cohesion import examples
from cohesion.explanation import Explanation, explain
from cohesion.models import Assessment, Score
from cohesion.verdict import Verdict, judge
from cohesion.vocabulary import CohesionClass
from places.models import BoundaryEdition
from places.vocabulary import ZokTier

CLASSES = (CohesionClass.RISKY, CohesionClass.RESILIENT, CohesionClass.ROBUST)
TIERS = (ZokTier.OBERZENTRUM, ZokTier.MITTELZENTRUM, ZokTier.GRUNDZENTRUM, ZokTier.NONE)
UNKNOWN_TIER = "unknown"  # in the address of the map; in the database it is empty

# What each of the twelve cells says to planners.
READINGS: dict[tuple[ZokTier, CohesionClass], Promise] = {
    (ZokTier.OBERZENTRUM, CohesionClass.RISKY): _(
        "Höchster Rang, und doch riskant: Rang ersetzt keine Begegnung. In den Stadtteilen ansetzen."
    ),
    (ZokTier.OBERZENTRUM, CohesionClass.RESILIENT): _(
        "Die Kräfte zur Erneuerung sind da, die Reserve fehlt. Träger und Räume auf mehr Schultern verteilen."
    ),
    (ZokTier.OBERZENTRUM, CohesionClass.ROBUST): _(
        "Rang und Zusammenhalt decken sich. Wissen und Mittel können von hier in die Region gehen."
    ),
    (ZokTier.MITTELZENTRUM, CohesionClass.RISKY): _(
        "Regionale Bedeutung ohne tragende Orte: Was hier ausfällt, trifft auch das Umland. Vorrangig handeln."
    ),
    (ZokTier.MITTELZENTRUM, CohesionClass.RESILIENT): _(
        "Gute Bedingungen, aber keine Reserve. Kritische Orte und Akteure absichern, bevor sie ausfallen."
    ),
    (ZokTier.MITTELZENTRUM, CohesionClass.ROBUST): _(
        "Beide Urteile stimmen überein. Der Blick kann auf einzelne Stadtteile und auf die Nachbarn gehen."
    ),
    (ZokTier.GRUNDZENTRUM, CohesionClass.RISKY): _(
        "Die Grundversorgung ist da, der Zusammenhalt nicht gesichert. Vorhandene Einrichtungen für Begegnung öffnen."
    ),
    (ZokTier.GRUNDZENTRUM, CohesionClass.RESILIENT): _(
        "Vieles hängt an wenigen. Einen zweiten Ort oder Träger aufbauen, solange die Bedingungen gut sind."
    ),
    (ZokTier.GRUNDZENTRUM, CohesionClass.ROBUST): _(
        "Versorgung und Zusammenhalt stützen einander. Das Zentrum kann Nachbarn ohne eigene Orte mittragen."
    ),
    (ZokTier.NONE, CohesionClass.RISKY): _(
        "Weder Rang noch tragende Orte. Prüfen, was in Reichweite entstehen kann und wer dafür zu gewinnen ist."
    ),
    (ZokTier.NONE, CohesionClass.RESILIENT): _(
        "Wenig Reserve, gute Bedingungen. Kleine, verlässliche Hilfe wirkt hier mehr als ein großes Projekt."
    ),
    (ZokTier.NONE, CohesionClass.ROBUST): _(
        "Trägt ohne zentralen Rang, eine Neuigkeit für die Planung. Erhalten, was steht, und davon lernen."
    ),
}


@dataclass(frozen=True)
class Cell:
    """One class and one tier: how many municipalities and residents, and where the map shows them."""

    cohesion_class: str
    tier: str
    municipalities: int
    residents: int
    url: str
    reading: Promise | None = None  # the twelve have one


@dataclass(frozen=True)
class Row:
    """One tier."""

    tier: str
    cells: list[Cell]  # in the order of CLASSES
    unassessed: Cell
    municipalities: int


@dataclass(frozen=True)
class Example:
    """One municipality with its reasons."""

    score: Score
    verdict: Verdict
    explanation: Explanation


def interplay(request: HttpRequest) -> HttpResponse:
    """The table and the examples of the newest assessment of the current edition."""
    edition = BoundaryEdition.objects.current()
    assessment = Assessment.objects.of_edition(edition).newest() if edition else None
    context: dict[str, object] = {"assessment": assessment, "map_url": reverse("map")}
    if assessment:
        rows = _rows(assessment)
        context |= {
            "rows": rows,
            "class_totals": [
                (name, sum(row.cells[index].municipalities for row in rows)) for index, name in enumerate(CLASSES)
            ],
            "unassessed_total": sum(row.unassessed.municipalities for row in rows),
            "parameters": assessment.parameters_used(),
            "centre_at_risk": _example(assessment, examples.centre_at_risk(assessment)),
            "robust_without_function": _example(assessment, examples.robust_without_function(assessment)),
            "robust_centre": _example(assessment, examples.robust_centre(assessment)),
        }
    return render(request, "cohesion/interplay.html", context)


def _rows(assessment: Assessment) -> list[Row]:
    """A row for each tier; for the unknown tier only where there is one."""
    found = {(row["cohesion_class"], row["zok_tier"]): row for row in Score.objects.of(assessment).interplay()}

    def cell(cohesion_class: CohesionClass, tier: str) -> Cell:
        row = found.get((cohesion_class.value, tier), {"municipalities": 0, "residents": 0})
        query = urlencode({"class": cohesion_class.value, "tier": tier or UNKNOWN_TIER})
        reading = READINGS.get((ZokTier(tier), cohesion_class)) if tier else None
        url = f"{reverse('map')}?{query}"
        return Cell(cohesion_class.value, tier, row["municipalities"], row["residents"] or 0, url, reading)

    rows = []
    for tier in (*(tier.value for tier in TIERS), ""):
        cells = [cell(name, tier) for name in CLASSES]
        unassessed = cell(CohesionClass.UNASSESSED, tier)
        municipalities = sum(each.municipalities for each in (*cells, unassessed))
        if tier or municipalities:
            rows.append(Row(tier, cells, unassessed, municipalities))
    return rows


def _example(assessment: Assessment, score: Score | None) -> Example | None:
    if score is None:
        return None
    return Example(score, judge(score.municipality, score, assessment.parameters_used()), explain(score))
