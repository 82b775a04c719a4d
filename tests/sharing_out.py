"""How a parallel run is shared out: a file of tests stays in one process, and so does all that looks at the demo in the
browser, so that it is loaded once; what takes long comes first, so that no process works alone at the end."""

from collections import Counter

import pytest
from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"
# Longer than the number of their tests lets one guess (5 s of CPU and more), the longest first. All others: the more
# tests, the earlier.
LONG = (
    "tests/browser/test_living_inventory.py",  # a site of its own
    BROWSER,
    "tests/web/test_schemathesis.py",
    "tests/unit/test_properties.py",
    "tests/unit/test_draws.py",
    "tests/house/test_installation.py",
    "tests/unit/test_succession_of_germany.py",
    "tests/web/test_permissions.py",
    "tests/unit/test_slow_twin.py",
    "tests/unit/test_tiles.py",
    "tests/unit/test_flips.py",
    "tests/unit/test_neighbourhood.py",
    "tests/database/test_import_population.py",
    "tests/database/test_import_commands.py",
    "tests/web/test_api_as_of.py",
    "tests/web/test_care_pages.py",
    "tests/web/test_openapi.py",
    "tests/web/test_static_atlas.py",
)


class LongFirst(LoadScopeScheduling):
    """Gives out units of tests in the order that ``long_first`` has made."""

    def _split_scope(self, nodeid: str) -> str:
        return _unit(nodeid)


def long_first(items: list[pytest.Item]) -> None:
    """Put units that take long before all others; within a unit everything stays as it is."""
    tests = Counter(_unit(item.nodeid) for item in items)
    rank = {unit: number for number, unit in enumerate(LONG)}
    order = {
        unit: number for number, unit in enumerate(sorted(tests, key=lambda u: (rank.get(u, len(LONG)), -tests[u])))
    }
    items.sort(key=lambda item: order[_unit(item.nodeid)])


def _unit(nodeid: str) -> str:
    file = nodeid.split("::", 1)[0]
    return BROWSER if file.startswith(BROWSER) and file not in LONG else file
