"""Who has to review in a municipality: the nearest level that has a reviewer. Who may: permissions.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from places import keys
from places.models import Mandate


@dataclass(frozen=True)
class Responsibility:
    """The area whose reviewers decide, and the nearer areas that have none."""

    ags: str
    area: str  # 8, 5 or 2 digits; "" where nobody reviews and an administrator has to give a mandate
    skipped: tuple[str, ...]

    @property
    def is_passed_on(self) -> bool:
        """Whether it went to a level above the district: no reviewer is bound to the municipality or its district."""
        return len(self.skipped) >= 2


def responsibilities(municipalities: Iterable[str], today: date) -> dict[str, Responsibility]:
    """For each AGS who has to review there, in one query."""
    areas = set(Mandate.objects.in_force(today).values_list("area", flat=True))
    found = {}
    for ags in set(municipalities):
        levels = (ags, keys.district_key(ags), keys.state_key(ags))
        reached = next((index for index, area in enumerate(levels) if area in areas), len(levels))
        area = levels[reached] if reached < len(levels) else ""
        found[ags] = Responsibility(ags, area, levels[:reached])
    return found


def responsibility(ags: str, today: date) -> Responsibility:
    """Who has to review in one municipality."""
    return responsibilities([ags], today)[ags]
