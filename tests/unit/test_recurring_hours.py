"""Opening hours become openings that come again; of two rules for one day the later holds."""

import pytest

from places.recurring_hours import ALL_YEAR, Opening, on_holidays, recurring

WEEKDAYS = (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("text", "openings"),
    [
        ("Mo-Fr 09:00-18:00", [Opening(WEEKDAYS, "09:00", "18:00")]),
        ("Mo-Fr 9:00-18:00; We off", [Opening((0, 1, 3, 4), "09:00", "18:00")]),
        ("Sa-Mo 20:00-02:00", [Opening((0, 5, 6), "20:00", "02:00")]),
        ("Tu 08:00-12:00,14:00-16:00", [Opening((1,), "08:00", "12:00"), Opening((1,), "14:00", "16:00")]),
        ("Sa[2] 10:00-13:00", [Opening((5,), "10:00", "13:00", weeks=(2,))]),
        ("Sa 10:00-13:00; Sa[1] off", [Opening((5,), "10:00", "13:00", weeks=(2, 3, 4, 5))]),
        ("Nov-Feb Th 17:00-21:00", [Opening((3,), "17:00", "21:00", months=(1, 2, 11, 12))]),
        (
            "Th 17:00-21:00; Jul Th 17:00-19:00",
            [
                Opening((3,), "17:00", "19:00", months=(7,)),
                Opening((3,), "17:00", "21:00", months=tuple(month for month in ALL_YEAR if month != 7)),
            ],
        ),
        ("Mo-Fr 09:00-18:00; PH off", [Opening(WEEKDAYS, "09:00", "18:00")]),
        ('Mo 09:00-12:00 || "by appointment"', [Opening((0,), "09:00", "12:00")]),
        ("24/7", [Opening((0, 1, 2, 3, 4, 5, 6), "00:00", "24:00")]),
    ],
)
def test_plain_hours_come_again(text: str, openings: list[Opening]) -> None:
    assert recurring(text) == sorted(openings)


@pytest.mark.parametrize(
    "text", ["", "sunrise-sunset", '"by appointment"', "Mo off", "PH 10:00-12:00", "Mo-Fr 09:00-18:00; easter off"]
)
def test_what_has_no_fixed_times_or_says_more_does_not(text: str) -> None:
    assert recurring(text) is None


def test_holidays_stand_apart() -> None:
    assert on_holidays("Mo 09:00-12:00") is None
    assert on_holidays("Mo 09:00-12:00; PH off") == ()
    assert on_holidays("Mo 09:00-12:00; PH 10:00-11:00") == (("10:00", "11:00"),)
