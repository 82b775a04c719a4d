"""Municipalities, districts and states by name, whatever way umlauts are typed. Where a point lies: locating.py."""

from dataclasses import dataclass

from places import keys
from places.models import Municipality, Region

MOST = 12


@dataclass(frozen=True)
class Area:
    """A municipality, a district or a state, and what tells it from others of the same name."""

    key: str
    name: str
    within: str

    def __str__(self) -> str:
        return f"{self.name}, {self.within}" if self.within else self.name


def find_municipalities(text: str) -> list[Area]:
    """Municipalities of the current edition: those of exactly this name, or else those whose name has a word that
    begins so."""
    return _best([area for area in _municipalities() if _rank(text, area) is not None], text)


def find_areas(text: str) -> list[Area]:
    """States, districts and municipalities, the larger ones first."""
    regions = [
        Area(region.key, region.full_name(), keys.STATE_NAMES.get(keys.state_key(region.key), ""))
        if len(region.key) == keys.DISTRICT_DIGITS
        else Area(region.key, str(region), "")
        for region in Region.objects.filter(edition__in=_current())
    ]
    known = {area.key for area in regions}
    states = [Area(key, name, "") for key, name in keys.STATE_NAMES.items() if key not in known]
    found = [area for area in [*regions, *states, *_municipalities()] if _rank(text, area) is not None]
    return sorted(found, key=lambda area: (_rank(text, area), len(area.key), area.name))[:MOST]


def areas_of(wanted: list[str]) -> list[Area]:
    """The areas of these keys, in their order; an unknown one is left out."""
    by_key = {area.key: area for area in _municipalities(keys_of=wanted)}
    for region in Region.objects.filter(edition__in=_current(), key__in=wanted):
        by_key[region.key] = Area(region.key, region.full_name(), "")
    for key in wanted:
        if key in keys.STATE_NAMES:
            by_key.setdefault(key, Area(key, keys.STATE_NAMES[key], ""))
    return [by_key[key] for key in wanted if key in by_key]


def _current() -> list[int]:
    return list(Municipality.objects.current().values_list("edition_id", flat=True)[:1])


def _municipalities(keys_of: list[str] | None = None) -> list[Area]:
    rows = Municipality.objects.current().order_by("name", "ags")
    if keys_of is not None:
        rows = rows.filter(ags__in=keys_of)
    names = rows.values_list("ags", "name", "district__name", "district__designation", "district__key")
    return [Area(ags, name, _district(*district)) for ags, name, *district in names]


def _district(name: str, designation: str, key: str) -> str:
    return Region(name=name, designation=designation, key=key).full_name()


def _rank(text: str, area: Area) -> int | None:
    """0 the whole name or key, 1 its beginning, 2 the beginning of a word in it; None not at all."""
    wanted, name = keys.slug(text), keys.slug(area.name)
    if not wanted:
        return None
    if wanted in (name, area.key):
        return 0
    if name.startswith(wanted):
        return 1
    return 2 if f"-{wanted}" in name else None


def _best(found: list[Area], text: str) -> list[Area]:
    ranked = sorted(found, key=lambda area: (_rank(text, area), area.name, area.key))
    exact = [area for area in ranked if _rank(text, area) == 0]
    return (exact or ranked)[:MOST]
