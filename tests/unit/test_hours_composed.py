"""Hours typed day by day become OSM syntax that is read aloud, and come back as they were typed."""

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from places.hours_composed import DAYS, Week, compose, decompose
from places.opening_hours import Hours, read

NINE_TO_SIX = (("09:00", "18:00"),)
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
INTERVALS = st.lists(st.tuples(TIMES, TIMES), min_size=1, max_size=2).map(tuple)
WEEKS = st.builds(Week, st.dictionaries(st.sampled_from(DAYS), INTERVALS), st.booleans())


@pytest.mark.parametrize(
    ("week", "text"),
    [
        (Week(), ""),
        (Week(dict.fromkeys(DAYS, NINE_TO_SIX)), "Mo-Su 09:00-18:00"),
        (Week(dict.fromkeys(DAYS[:5], NINE_TO_SIX)), "Mo-Fr 09:00-18:00"),
        (Week({"Mo": NINE_TO_SIX, "Tu": NINE_TO_SIX, "Fr": NINE_TO_SIX}), "Mo,Tu,Fr 09:00-18:00"),
        (
            Week({"Sa": (("10:00", "12:00"),), "Mo": (("06:30", "13:00"), ("15:00", "18:30"))}),
            "Mo 06:30-13:00,15:00-18:30; Sa 10:00-12:00",
        ),
        (Week({"Fr": (("20:00", "02:00"),)}), "Fr 20:00-02:00"),
        (Week(by_appointment=True), '"by appointment"'),
        (Week({"Th": NINE_TO_SIX}, True), 'Th 09:00-18:00 || "by appointment"'),
        (Week({"Th": ()}), ""),
    ],
)
def test_a_week_in_osm_syntax(week: Week, text: str) -> None:
    assert compose(week) == text


@given(WEEKS)
def test_every_week_comes_back_and_is_read_aloud(week: Week) -> None:
    text = compose(week)
    assert decompose(text) == Week(week.open_days(), week.by_appointment)
    with override("de"):
        assert (read(text) is not None) == (text != "")


@pytest.mark.parametrize(
    "text",
    [
        "24/7",
        "Mo-Su 08:00-22:00; PH off",
        "Apr-Oct Th 17:00-21:00",
        "Sa[2] 10:00-13:00",
        "Mo 09:00-12:00; Mo 14:00-18:00",
        'Mo 09:00-12:00 || "call us"',
        "Mo 9:00-12:00",
        "closed on Mondays",
    ],
)
def test_what_days_and_times_cannot_say_is_not_taken_apart(text: str) -> None:
    assert decompose(text) is None


def test_a_span_over_the_weekend_is_understood() -> None:
    assert decompose("Sa-Mo 09:00-18:00") == Week(dict.fromkeys(("Mo", "Sa", "Su"), NINE_TO_SIX))


def test_appointments_are_read_aloud() -> None:
    with override("de"):
        assert read('"by appointment"') == [Hours("Besuch", "nach Vereinbarung")]
        assert read('Th 09:00-18:00 || "by appointment"') == [
            Hours("Do", "9:00–18:00 Uhr"),
            Hours("sonst", "nach Vereinbarung"),
        ]
        assert read('Th 09:00-18:00 || "call us"') is None
