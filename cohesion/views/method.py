"""The page of the method: steps, live parameters, a worked example that the engine itself reckons."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cohesion.engine import DEFAULTS, METHOD, Parameters
from cohesion.engine.draws import SPREAD
from cohesion.models import Assessment
from cohesion.worked_example import worked_example
from places.models import BoundaryEdition


def method(request: HttpRequest) -> HttpResponse:
    """The method with the parameters of the newest assessment, or with the defaults before the first."""
    edition = BoundaryEdition.objects.current()
    assessment = Assessment.objects.of_edition(edition).newest() if edition else None
    parameters = assessment.parameters_used() if assessment else Parameters()
    return render(
        request,
        "cohesion/method.html",
        {
            "name": assessment.method if assessment else METHOD,
            "assessment": assessment,
            "parameters": parameters,
            "are_defaults": parameters == DEFAULTS,
            "weights": _weights(parameters),
            "spread": SPREAD,
            "example": worked_example(),
        },
    )


def _weights(parameters: Parameters) -> dict[str, float]:
    """The three weights as shares of their sum: they need not sum to 1."""
    weights = {
        "conditions": parameters.weight_conditions,
        "triad": parameters.weight_triad,
        "dynamics": parameters.weight_dynamics,
    }
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
