"""Why a score has its class and not the next better one, as data; the templates word it (method §6).

Asks no database. What the sentences name (places, actors) comes from the score and from explanation.py.
"""

from dataclasses import dataclass
from enum import StrEnum

from cohesion.engine import ROUNDING, Parameters
from cohesion.models import Score
from cohesion.vocabulary import CohesionClass, LossKind
from places.models import Municipality


class Footing(StrEnum):
    """What the supply of a municipality stands on."""

    SECURE = "secure"  # enough is left after the worst single loss
    UNTOUCHED = "untouched"  # … and no single loss lowers it at all
    HANGS_ON_PLACE = "hangs_on_place"  # enough stands, but not without one place
    HANGS_ON_ACTOR = "hangs_on_actor"  # enough stands, but not without one actor
    TOO_LITTLE = "too_little"  # something stands, not enough even before a loss
    HARDLY_ANYTHING = "hardly_anything"  # less than a foothold
    NOTHING = "nothing"  # no counted place supplies anybody


class Outlook(StrEnum):
    """What the conditions to build or to rebuild are."""

    GOOD = "good"
    WEAK = "weak"
    UNKNOWN = "unknown"


class Unassessed(StrEnum):
    """Why there is no class."""

    NO_ASSESSMENT = "no_assessment"  # nobody has run one on this edition yet
    UNINCORPORATED = "unincorporated"
    NO_RESIDENTS = "no_residents"
    INVENTORY_OPEN = "inventory_open"  # the class would rest on absence, and the inventory is not completed


@dataclass(frozen=True)
class Gap:
    """A figure that stays below what the next better class needs."""

    figure: float
    needed: float

    @property
    def digits(self) -> int:
        """So many digits that the two do not look the same in percent."""
        return next((n for n in range(3) if round(self.figure * 100, n) < round(self.needed * 100, n)), 3)


@dataclass(frozen=True)
class Verdict:
    """A class and its reasons. Gaps are None where the figure suffices or is not known."""

    cohesion_class: CohesionClass
    unassessed: Unassessed | None = None
    footing: Footing | None = None
    outlook: Outlook | None = None
    # What is missing for robust, and for resilient
    supply_after_loss_gap: Gap | None = None
    supply_gap: Gap | None = None
    renewal_gap: Gap | None = None


def judge(municipality: Municipality, score: Score | None, parameters: Parameters) -> Verdict:
    """The reasons for the class that ``score`` has already; nothing is classed here."""
    if municipality.is_unincorporated:
        return Verdict(CohesionClass.UNASSESSED, Unassessed.UNINCORPORATED)
    if score is None:
        return Verdict(CohesionClass.UNASSESSED, Unassessed.NO_ASSESSMENT)
    if score.supply is None or score.supply_after_loss is None:
        return Verdict(CohesionClass.UNASSESSED, Unassessed.NO_RESIDENTS)
    cohesion_class = CohesionClass(score.cohesion_class)
    return Verdict(
        cohesion_class,
        unassessed=Unassessed.INVENTORY_OPEN if cohesion_class == CohesionClass.UNASSESSED else None,
        footing=_footing(score.supply, score.supply_after_loss, score.critical_kind, parameters),
        outlook=_outlook(score.renewal, parameters),
        supply_after_loss_gap=_gap(score.supply_after_loss, parameters.adequate),
        supply_gap=_gap(score.supply, parameters.foothold),
        renewal_gap=_gap(score.renewal, parameters.renewing),
    )


def _footing(supply: float, supply_after_loss: float, critical_kind: str, parameters: Parameters) -> Footing:
    if _gap(supply_after_loss, parameters.adequate) is None:
        return Footing.SECURE if critical_kind else Footing.UNTOUCHED
    if supply == 0:
        return Footing.NOTHING
    if _gap(supply, parameters.foothold):
        return Footing.HARDLY_ANYTHING
    if _gap(supply, parameters.adequate):
        return Footing.TOO_LITTLE
    return Footing.HANGS_ON_ACTOR if critical_kind == LossKind.ACTOR else Footing.HANGS_ON_PLACE


def _outlook(renewal: float | None, parameters: Parameters) -> Outlook:
    if renewal is None:
        return Outlook.UNKNOWN
    return Outlook.WEAK if _gap(renewal, parameters.renewing) else Outlook.GOOD


def _gap(figure: float | None, needed: float) -> Gap | None:
    if figure is None or figure >= needed - ROUNDING:
        return None
    return Gap(figure, needed)
