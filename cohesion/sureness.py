"""How sure a class is (method §7), as data that the templates word. The draws are made in engine/draws.py."""

from dataclasses import dataclass

from cohesion.models import Assessment, Score
from cohesion.vocabulary import CohesionClass

UNCERTAIN_BELOW = 0.7  # of the draws: a class that fewer agree with is shown as uncertain on the map
_LEAST_NAMED = 0.005  # of the draws: what would be rounded to 0 % is not named


@dataclass(frozen=True)
class Share:
    """A class and the share of the draws that it has."""

    cohesion_class: CohesionClass
    share: float


@dataclass(frozen=True)
class Sureness:
    """The share of the draws that agree with a class, and what the others say."""

    draws: int
    cohesion_class: CohesionClass
    share: float
    others: list[Share]  # the largest first, and those only that are worth naming

    @property
    def is_certain(self) -> bool:
        return self.share == 1

    @property
    def is_nearly_certain(self) -> bool:
        """It would be rounded to all, or is all that is worth naming."""
        return self.share > 1 - _LEAST_NAMED or not self.others

    @property
    def is_hardly_ever(self) -> bool:
        """It would be rounded to none."""
        return self.share < _LEAST_NAMED


def sureness(score: Score | None, assessment: Assessment | None) -> Sureness | None:
    """How sure the class of a score is; None where nothing was drawn, and where there is certainly no class."""
    if score is None or assessment is None or score.class_shares is None:
        return None
    cohesion_class = CohesionClass(score.cohesion_class)
    shares = {CohesionClass(name): share for name, share in score.class_shares.items()}
    if cohesion_class == CohesionClass.UNASSESSED and shares[cohesion_class] == 1:
        return None
    others = [Share(each, share) for each, share in shares.items() if each != cohesion_class and share >= _LEAST_NAMED]
    return Sureness(
        draws=assessment.draws,
        cohesion_class=cohesion_class,
        share=shares[cohesion_class],
        others=sorted(others, key=lambda other: -other.share),
    )
