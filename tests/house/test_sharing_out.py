"""A parallel run begins with what takes long: the list of it names files that are there."""

from pathlib import Path

import pytest

from tests.sharing_out import LONG, long_first

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_named_as_long_is_there() -> None:
    assert [name for name in LONG if not (ROOT / name).exists()] == []


def test_long_files_come_first_then_those_with_many_tests_and_each_stays_whole(request: pytest.FixtureRequest) -> None:
    class Item(pytest.Item):
        def runtest(self) -> None: ...

    def item(nodeid: str) -> pytest.Item:
        return Item.from_parent(request.session, name=nodeid, nodeid=nodeid)

    items = [
        item(nodeid)
        for nodeid in (
            "tests/web/test_few.py::test_a",
            "tests/web/test_many.py::test_b",
            "tests/unit/test_draws.py::test_c",
            "tests/browser/test_map.py::test_d",
            "tests/web/test_many.py::TestIt::test_a",
            "tests/browser/test_every_page.py::test_e",
        )
    ]
    long_first(items)
    assert [one.nodeid for one in items] == [
        "tests/browser/test_map.py::test_d",
        "tests/browser/test_every_page.py::test_e",
        "tests/unit/test_draws.py::test_c",
        "tests/web/test_many.py::test_b",
        "tests/web/test_many.py::TestIt::test_a",
        "tests/web/test_few.py::test_a",
    ]
