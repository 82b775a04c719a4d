"""Why a class and not the next better one: every case of figures has its reasons. Sentences: tests/web."""

import pytest

from cohesion.engine import Parameters
from cohesion.models import Score
from cohesion.verdict import Footing, Gap, Outlook, Unassessed, judge
from places.models import Municipality

PARAMETERS = Parameters()


def score(
    cohesion_class: str, supply: float | None, after: float | None, renewal: float | None, kind: str = ""
) -> Score:
    return Score(
        cohesion_class=cohesion_class, supply=supply, supply_after_loss=after, renewal=renewal, critical_kind=kind
    )


@pytest.mark.parametrize(
    ("given", "footing", "outlook"),
    [
        (score("robust", 1, 0.7, 0.2, "place"), Footing.SECURE, Outlook.WEAK),
        (score("robust", 0.6, 0.6, None), Footing.UNTOUCHED, Outlook.UNKNOWN),
        (score("resilient", 0.6, 0.3, 0.5, "place"), Footing.HANGS_ON_PLACE, Outlook.GOOD),
        (score("resilient", 0.6, 0.3, 0.5, "actor"), Footing.HANGS_ON_ACTOR, Outlook.GOOD),
        (score("resilient", 0.59, 0.3, 0.5, "actor"), Footing.TOO_LITTLE, Outlook.GOOD),
        (score("resilient", 0.2, 0.2, 0.5), Footing.TOO_LITTLE, Outlook.GOOD),
        (score("risky", 0.19, 0.1, 0.9, "place"), Footing.HARDLY_ANYTHING, Outlook.GOOD),
        (score("risky", 0, 0, 0.49), Footing.NOTHING, Outlook.WEAK),
    ],
)
def test_what_a_class_stands_on(given: Score, footing: Footing, outlook: Outlook) -> None:
    verdict = judge(Municipality(), given, PARAMETERS)
    assert (verdict.footing, verdict.outlook, verdict.unassessed) == (footing, outlook, None)


def test_the_figures_of_the_worked_example_miss_robust_by_the_loss_alone() -> None:
    verdict = judge(Municipality(), score("resilient", 1, 1 / 3, 0.75, "place"), PARAMETERS)
    assert verdict.supply_after_loss_gap == Gap(1 / 3, 0.6)
    assert verdict.supply_gap is None
    assert verdict.renewal_gap is None


def test_a_figure_within_rounding_of_its_threshold_reaches_it() -> None:
    verdict = judge(Municipality(), score("resilient", 0.2 - 1e-12, 0.1, 0.5 - 1e-12, "place"), PARAMETERS)
    assert verdict.supply_gap is None
    assert verdict.renewal_gap is None


@pytest.mark.parametrize(
    ("municipality", "given", "reason"),
    [
        (Municipality(), None, Unassessed.NO_ASSESSMENT),
        (Municipality(is_unincorporated=True), None, Unassessed.UNINCORPORATED),
        (
            Municipality(is_unincorporated=True),
            score("unassessed", None, None, None),
            Unassessed.UNINCORPORATED,
        ),
        (Municipality(), score("unassessed", None, None, 0.5), Unassessed.NO_RESIDENTS),
        (Municipality(), score("unassessed", 0.1, 0.1, None), Unassessed.INVENTORY_OPEN),
    ],
)
def test_each_reason_to_have_no_class(municipality: Municipality, given: Score | None, reason: Unassessed) -> None:
    assert judge(municipality, given, PARAMETERS).unassessed == reason


@pytest.mark.parametrize(("figure", "digits"), [(0.33, 0), (0.594, 0), (0.596, 1), (0.59997, 3), (0.5999, 2)])
def test_a_gap_is_shown_with_so_many_digits_that_it_is_seen(figure: float, digits: int) -> None:
    assert Gap(figure, 0.6).digits == digits
