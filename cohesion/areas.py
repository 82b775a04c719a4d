"""Districts, states and planning regions as areas whose municipalities are looked at together. Figures: regional.py."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from cohesion.models import Assessment, Score
from cohesion.querysets import ScoreQuerySet
from places import keys
from places.models import BoundaryEdition, Municipality, PlanningRegion, Region
from places.querysets import MunicipalityQuerySet
from places.successors import heirs_of


class AreaKind(StrEnum):
    """What kind of an area; the value is the name of its page and of its endpoint."""

    DISTRICT = "district"
    STATE = "state"
    PLANNING_REGION = "planning_region"


@dataclass(frozen=True)
class Area:
    """Municipalities that lie in any of the ``keys``, in whatever edition."""

    kind: AreaKind
    key: str  # of a planning region the word in its address
    name: str
    designation: str
    keys: tuple[str, ...]
    source: str = ""

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse(self.kind, args=[self.key])

    @property
    def state_key(self) -> str:
        """The state that a district lies in; "" for all else."""
        return keys.state_key(self.key) if self.kind == AreaKind.DISTRICT else ""

    @property
    def is_one_key(self) -> bool:
        """Whether the map can show it by its key alone."""
        return self.kind != AreaKind.PLANNING_REGION

    def municipalities(self, edition: BoundaryEdition) -> MunicipalityQuerySet:
        """Those that can have a class: without unincorporated areas."""
        return Municipality.objects.of_edition(edition).incorporated().in_areas(self.keys)

    def scores(self, assessment: Assessment) -> ScoreQuerySet:
        """Of its municipalities, on the edition of the assessment."""
        return Score.objects.of(assessment).in_areas(self.keys)


def area_of_region(region: Region) -> Area:
    """A district or a state of an edition."""
    kind = AreaKind.STATE if len(region.key) == keys.STATE_DIGITS else AreaKind.DISTRICT
    return Area(kind, region.key, region.full_name(), region.designation, (region.key,))


def planning_regions(regions: Iterable[PlanningRegion]) -> Iterator[Area]:
    """Planning regions, whatever lies in them; who took over which of their municipalities is asked once for all."""
    rows = list(regions)
    heirs = heirs_of(key for region in rows for key in region.areas)
    yield from (_planning_region(region, heirs) for region in rows)


def _planning_region(region: PlanningRegion, heirs: Mapping[str, tuple[str, ...]]) -> Area:
    """Of municipalities that are gone those that took them over belong to it, too."""
    everything = tuple(dict.fromkeys([*region.areas, *(heir for key in region.areas for heir in heirs.get(key, ()))]))
    return Area(AreaKind.PLANNING_REGION, region.slug, region.name, "", everything, source=region.source)


def areas(kind: AreaKind, edition: BoundaryEdition) -> Iterator[Area]:
    """All of a kind: districts and states by key, planning regions by name."""
    if kind == AreaKind.PLANNING_REGION:
        yield from planning_regions(PlanningRegion.objects.all())
        return
    digits = keys.STATE_DIGITS if kind == AreaKind.STATE else keys.DISTRICT_DIGITS
    for region in Region.objects.filter(edition=edition).order_by("key"):
        if len(region.key) == digits:
            yield area_of_region(region)


def find_area(kind: AreaKind, key: str, edition: BoundaryEdition) -> Area | None:
    """The area of this key; None where there is no such."""
    if kind == AreaKind.PLANNING_REGION:
        return next(planning_regions(PlanningRegion.objects.filter(slug=key)), None)
    region = Region.objects.filter(edition=edition, key=key).first()
    return area_of_region(region) if region and area_of_region(region).kind == kind else None
