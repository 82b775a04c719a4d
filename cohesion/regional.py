"""What an area looks like in one assessment: how many by class and tier, who is weakest, who is nearly there.

What changed between two assessments: trend.py.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.urls import reverse

from cohesion.areas import Area
from cohesion.engine import Parameters
from cohesion.models import Assessment
from cohesion.querysets import with_scores
from cohesion.vocabulary import CohesionClass
from places import keys
from places.models import BoundaryEdition, Municipality
from places.vocabulary import ZokTier

MOST_NAMED = 10
TIERS = (*ZokTier.values, "")  # "": not known


@dataclass(frozen=True)
class Rated:
    """A municipality with its figures. Field names are the columns of /api/v1/scores/."""

    ags: str
    name: str
    zok_tier: str
    population: int | None
    cohesion_class: str
    supply: float | None
    supply_after_loss: float | None
    renewal: float | None

    def get_absolute_url(self) -> str:
        return reverse("municipality", args=[self.ags, keys.slug(self.name)])


@dataclass(frozen=True)
class Near:
    """A municipality that lacks little to a better class."""

    municipality: Rated
    next_class: CohesionClass
    gap: float  # by so much a figure, or two together, would have to rise


@dataclass(frozen=True)
class Tally:
    """So many municipalities, and residents as far as known."""

    municipalities: int = 0
    residents: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.municipalities + other.municipalities, self.residents + other.residents)


@dataclass(frozen=True)
class Counts:
    """Municipalities and residents of an area by class and tier."""

    cells: dict[tuple[str, str], Tally]  # (class, tier)

    @property
    def total(self) -> Tally:
        return sum(self.cells.values(), Tally())

    def of_class(self, cohesion_class: str) -> Tally:
        return sum((tally for (found, _), tally in self.cells.items() if found == cohesion_class), Tally())

    def of_tier(self, tier: str) -> Tally:
        return sum((tally for (_, found), tally in self.cells.items() if found == tier), Tally())


def rated(area: Area, edition: BoundaryEdition, assessment: Assessment | None) -> list[Rated]:
    """All its municipalities, by name."""
    own = ("supply", "supply_after_loss", "renewal")
    columns = ["ags", "name", "zok_tier", "population", "cohesion_class", *(f"score__{name}" for name in own)]
    rows = with_scores(area.municipalities(edition), assessment).order_by("name", "ags").values_list(*columns)
    return [Rated(*row) for row in rows]


def counted(municipalities: Iterable[Rated]) -> Counts:
    """How many of them, by class and tier."""
    numbers: Counter[tuple[str, str]] = Counter()
    residents: Counter[tuple[str, str]] = Counter()
    for each in municipalities:
        cell = (each.cohesion_class, each.zok_tier)
        numbers[cell] += 1
        residents[cell] += each.population or 0
    return Counts({cell: Tally(number, residents[cell]) for cell, number in numbers.items()})


def counts_of_regions(edition: BoundaryEdition, assessment: Assessment | None, region: str) -> dict[str, Counts]:
    """Counts of all districts or all states at once, by key; ``region`` is "district" or "state"."""
    municipalities = Municipality.objects.of_edition(edition).incorporated()
    rows = (
        with_scores(municipalities, assessment)
        .order_by()
        .values(f"{region}__key", "cohesion_class", "zok_tier")
        .annotate(municipalities=Count("pk"), residents=Sum("population"))
    )
    found: dict[str, dict[tuple[str, str], Tally]] = {}
    for row in rows:
        cells = found.setdefault(row[f"{region}__key"], {})
        cells[row["cohesion_class"], row["zok_tier"]] = Tally(row["municipalities"], row["residents"] or 0)
    return {key: Counts(cells) for key, cells in found.items()}


def counts_of_areas(
    areas: Iterable[Area], edition: BoundaryEdition, assessment: Assessment | None
) -> dict[str, Counts]:
    """Counts of areas that are defined by several keys, by the key of the area: all municipalities are read once."""
    of_key: dict[str, list[str]] = {}
    found: dict[str, dict[tuple[str, str], Tally]] = {}
    for area in areas:
        found[area.key] = {}
        for key in area.keys:
            of_key.setdefault(key, []).append(area.key)
    municipalities = with_scores(Municipality.objects.of_edition(edition).incorporated(), assessment).order_by()
    for ags, cohesion_class, tier, population in municipalities.values_list(
        "ags", "cohesion_class", "zok_tier", "population"
    ):
        own = (keys.state_key(ags), keys.district_key(ags), ags)
        for name in {name for key in own for name in of_key.get(key, ())}:
            cells = found[name]
            cells[cohesion_class, tier] = cells.get((cohesion_class, tier), Tally()) + Tally(1, population or 0)
    return {name: Counts(cells) for name, cells in found.items()}


def weakest(municipalities: Iterable[Rated]) -> list[Rated]:
    """The risky ones, the least supplied first; of those the one with more residents."""
    risky = [each for each in municipalities if each.cohesion_class == CohesionClass.RISKY]
    return sorted(risky, key=lambda each: (each.supply or 0.0, -(each.population or 0), each.ags))[:MOST_NAMED]


def promising(municipalities: Iterable[Rated], parameters: Parameters) -> list[Near]:
    """Those that lack least to a better class; of those the one with more residents first."""
    found = [near for each in municipalities if (near := _near(each, parameters)) is not None]
    found.sort(key=lambda near: (round(near.gap, 4), -(near.municipality.population or 0), near.municipality.ags))
    return found[:MOST_NAMED]


def _near(each: Rated, parameters: Parameters) -> Near | None:
    if each.cohesion_class not in (CohesionClass.RISKY, CohesionClass.RESILIENT) or each.supply_after_loss is None:
        return None
    robust = Near(each, CohesionClass.ROBUST, parameters.adequate - each.supply_after_loss)
    if each.cohesion_class == CohesionClass.RESILIENT:
        return robust
    supply = max(parameters.foothold - (each.supply or 0.0), 0.0)
    renewal = max(parameters.renewing - (each.renewal or 0.0), 0.0)
    return min(robust, Near(each, CohesionClass.RESILIENT, supply + renewal), key=lambda near: near.gap)


@dataclass(frozen=True)
class Part:
    """A class as a part of a bar that is 1 long."""

    cohesion_class: str
    tally: Tally
    start: float
    share: float


def parts(counts: Counts) -> list[Part]:
    """Shares of all residents by the class of their municipality; of municipalities where no residents are known."""
    total, found, start = counts.total, [], 0.0
    for name in CohesionClass.values:
        tally = counts.of_class(name)
        whole, own = (
            (total.residents, tally.residents) if total.residents else (total.municipalities, tally.municipalities)
        )
        share = own / whole if whole else 0.0
        found.append(Part(name, tally, start, share))
        start += share
    return found
