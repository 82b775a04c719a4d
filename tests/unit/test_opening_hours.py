"""Opening hours in OSM syntax become words where they are plain, and nothing where they are not."""

import csv

import pytest
from django.utils.translation import override

from places.opening_hours import Hours, read
from tests.conftest import FIXTURES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mo-Fr 09:00-18:00", [Hours("Mo–Fr", "9:00–18:00 Uhr")]),
        ("Mo,Th 06:30-13:00,15:00-18:30; Sa 10:00-12:00", [Hours("Mo, Do", "6:30–13:00, 15:00–18:30 Uhr"),
                                                           Hours("Sa", "10:00–12:00 Uhr")]),
        ("Mo,We-Su 17:00-24:00", [Hours("Mo, Mi–So", "17:00–24:00 Uhr")]),
        ("Mo-Su 08:00-22:00; PH off", [Hours("täglich", "8:00–22:00 Uhr"), Hours("an Feiertagen", "geschlossen")]),
        ("Apr-Oct Th 17:00-21:00", [Hours("April–Okt.: Do", "17:00–21:00 Uhr")]),
        ("May Th 17:00-21:00", [Hours("Mai: Do", "17:00–21:00 Uhr")]),
        ("Sa[2] 10:00-13:00", [Hours("2. Sa im Monat", "10:00–13:00 Uhr")]),
        ("24/7", [Hours("täglich", "rund um die Uhr")]),
    ],
)  # fmt: skip
def test_plain_hours_are_worded(text: str, words: list[Hours]) -> None:
    with override("de"):
        assert read(text) == words


@pytest.mark.parametrize(
    "text", ["", ";", "sunrise-sunset", "Mo-Fr 09:00-18:00; week 2-52/2 Sa 10:00-12:00", "Mo 25:00-26:00", "Xx 9-10"]
)
def test_hours_that_say_more_are_not_read(text: str) -> None:
    assert read(text) is None


def test_days_follow_the_language() -> None:
    with override("en"):
        lines = read("We 09:30-12:00")
    assert lines is not None
    assert lines[0].days == "Wed"
    assert lines[0].times.startswith("9:30–12:00")


def test_all_hours_of_the_demo_are_read() -> None:
    with (FIXTURES / "demo_places.csv").open(encoding="utf-8") as file:
        hours = {row["opening_hours"] for row in csv.DictReader(file)} - {""}
    assert [text for text in sorted(hours) if read(text) is None] == []
