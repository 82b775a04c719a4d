"""The step from VG250 of about 2016 to the municipalities of 31 December 2022 by overlap alone, where the files are."""

import numpy as np
import pytest
import shapely

from places.geo import LAEA_EUROPE, WGS84, Geometries, project
from places.importers.rows import Rejected
from places.importers.vg250 import read_territory
from places.succession import Match, match
from tests.conftest import SHARED_DATA

OLDER, NEWER = SHARED_DATA / "vg250_2016.gpkg", SHARED_DATA / "vg250_gem_2022-12-31_simplified.gpkg"

if OLDER.exists() and NEWER.exists():

    class Step:
        """Both sides and what was found between them."""

        def __init__(self) -> None:
            self.old_keys, old = self.read(OLDER.name)
            self.new_keys, new = self.read(NEWER.name)
            self.found: Match = match(self.old_keys, old, self.new_keys, new)

        def read(self, name: str) -> tuple[list[str], Geometries]:
            territory = read_territory(SHARED_DATA / name, None, (), Rejected(name))
            return [area.ags for area in territory.areas], shapely.make_valid(
                project(territory.geometries, WGS84, LAEA_EUROPE)
            )

        def successors(self, key: str) -> dict[str, float]:
            at = np.flatnonzero(self.found.old == self.old_keys.index(key))
            return {self.new_keys[self.found.new[pair]]: float(self.found.share[pair]) for pair in at}

    @pytest.fixture(scope="module")
    def step() -> Step:
        return Step()

    def test_every_key_has_successors_whose_shares_are_the_whole(step: Step) -> None:
        assert (len(step.old_keys), len(step.new_keys)) == (11299, 10990)
        sums = np.bincount(step.found.old, step.found.share, len(step.old_keys))
        assert sums == pytest.approx(np.ones(len(step.old_keys)))

    def test_every_municipality_of_the_newer_edition_comes_from_somewhere(step: Step) -> None:
        assert set(step.found.new.tolist()) == set(range(len(step.new_keys)))

    def test_what_kept_its_key_is_not_told_to_have_been_divided_because_it_is_drawn_badly(step: Step) -> None:
        stayed = [key for key in step.old_keys if key in set(step.new_keys)]
        divided = [key for key in stayed if len(step.successors(key)) > 1]
        assert len(stayed) > 10_800
        assert len(divided) < 10

    def test_known_mergers_are_found(step: Step) -> None:
        known = {
            "03152012": "03159016",  # Göttingen: the districts Göttingen and Osterode became one
            "03156011": "03159026",  # Osterode am Harz
            "01059016": "01059189",  # Brodersby into Brodersby-Goltoft
            "13073091": "13073107",  # Thiessow into Mönchgut, though the newer file lost the spit that it lay on
            "16071039": "16071102",  # Kleinobringen into Am Ettersberg
            "16066043": "16066095",  # Melpers into Kaltennordheim, though it is drawn in Bavaria
        }
        for old, new in known.items():
            assert max(step.successors(old).items(), key=lambda part: part[1])[0] == new, old
